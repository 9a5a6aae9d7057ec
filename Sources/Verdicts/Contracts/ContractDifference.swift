/// One thing that an edge does otherwise than its contract says.
package struct ContractDifference: Hashable, Sendable, Codable {
    package var id: String
    /// `nil` where the contract has no such line.
    package var before: String?
    /// `nil` where it was not observed now.
    package var after: String?
    package var kind: Kind
    /// What asks it again.
    package var replay: String

    package init(id: String, before: String?, after: String?, kind: Kind, replay: String) {
        self.id = id
        self.before = before
        self.after = after
        self.kind = kind
        self.replay = replay
    }

    package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// It does something else, each time that it is asked.
        case changed
        /// It did something else once, and when it was asked again what the contract says.
        case unsteady
        /// The contract has it, and it was not observed: the catalogue or the target's file has no such case any more.
        case gone
        /// The contract says nothing about it.
        case new
        /// The harness could not tell.
        case untold

        /// Whether the edge does not keep the contract, or nobody knows that it does.
        package var isBreach: Bool {
            switch self {
            case .changed, .gone, .untold: true
            case .unsteady, .new: false
            }
        }
    }

    /// The words of the two that only one of them has: `end=fin` and `end=reset`.
    package var words: (before: String, after: String) {
        let before = (self.before ?? "").split(separator: " ")
        let after = (self.after ?? "").split(separator: " ")
        func only(_ some: [Substring], _ others: [Substring]) -> String {
            let words = some.filter { !others.contains($0) }
            return words.isEmpty ? "–" : words.joined(separator: " ")
        }
        return (only(before, after), only(after, before))
    }
}

extension Contract {
    private static let alternative = " | "

    /// What an edge did now one way and now another, as a line has it.
    package static func line(of seen: Set<String>) -> String { seen.sorted().joined(separator: Self.alternative) }

    package static func alternatives(in line: String) -> Set<String> {
        Set(line.split(separator: Self.alternative, omittingEmptySubsequences: false).map(String.init))
    }

    /// What is seen now beside what was.
    ///
    /// - Parameters:
    ///   - now: what was seen, by id, each time that it was asked; the first time first.
    ///   - untold: what the harness could not tell.
    package func differences(
        from now: [String: [String]],
        untold: Set<String>,
        replay: (String) -> String
    ) -> [ContractDifference] {
        var differences: [ContractDifference] = []
        for (id, before) in self.observations {
            let seen = now[id] ?? []
            func add(_ kind: ContractDifference.Kind, _ after: String?) {
                differences.append(.init(id: id, before: before, after: after, kind: kind, replay: replay(id)))
            }
            guard let first = seen.first else {
                add(untold.contains(id) ? .untold : .gone, nil)
                continue
            }
            let known = Self.alternatives(in: before)
            if known.contains(first) { continue }
            add(seen.contains(where: known.contains) ? .unsteady : .changed, first)
        }
        for (id, seen) in now where self.observations[id] == nil {
            differences.append(.init(id: id, before: nil, after: seen.first, kind: .new, replay: replay(id)))
        }
        let order = ContractDifference.Kind.allCases
        return differences.sorted {
            (order.firstIndex(of: $0.kind)!, $0.id) < (order.firstIndex(of: $1.kind)!, $1.id)
        }
    }
}
