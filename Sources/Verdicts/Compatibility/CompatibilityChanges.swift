internal import ScenarioModel

/// How the targets differ from what they came to before, case by case.
package struct CompatibilityChanges: Hashable, Sendable, Codable {
    /// When the earlier one was made. RFC 3339, UTC.
    package var earlierMadeAt: String
    package var columns: [Column]

    /// One target that is in both.
    package struct Column: Hashable, Sendable, Codable {
        /// Of the later one.
        package var id: String
        package var earlierVersion: String
        /// Only what differs: the worst kind first, then in the order of the ids.
        package var changes: [Change]
        package var unchangedCount: Int

        package func count(_ kind: Kind) -> Int { self.changes.count { $0.kind == kind } }
    }

    package struct Change: Hashable, Sendable, Codable {
        package var caseID: String
        package var kind: Kind
        /// `nil` where the case was not asked then.
        package var before: CompatibilityGrade?
        package var after: CompatibilityGrade?
    }

    /// By grades and not by outcomes: a failure that has got a waiver meanwhile is as bad as before.
    package enum Kind: String, CaseIterable, CodingKeyRepresentable, Codable, Hashable, Sendable {
        case nowFails = "now-fails"
        case nowSound = "now-sound"
        /// Another grade that is as good or as bad, or one that says nothing.
        case otherwise
        /// Only the later one has the case.
        case new
        /// Only the earlier one has the case.
        case gone

        /// `nil` where nothing changed.
        package init?(from before: CompatibilityGrade?, to after: CompatibilityGrade?) {
            switch (before, after) {
            case (nil, nil): return nil
            case (nil, _): self = .new
            case (_, nil): self = .gone
            case (let before?, let after?):
                if before == after { return nil }
                if after.isFailure, before.isSound {
                    self = .nowFails
                } else if after.isSound, before.isFailure {
                    self = .nowSound
                } else {
                    self = .otherwise
                }
            }
        }
    }

    /// A target is compared with itself by its name: in the same version where the earlier one has that, or else in the last
    /// that it has. Targets that are in one of the two alone are left out.
    package init(of later: Compatibility, since earlier: Compatibility) {
        self.earlierMadeAt = earlier.madeAt
        self.columns = later.columns.indices.compactMap { number in
            let target = later.columns[number].target
            let candidates = earlier.columns.indices.filter { earlier.columns[$0].target.name == target.name }
            let same = candidates.first { earlier.columns[$0].target.version == target.version }
            guard let match = same ?? candidates.last else { return nil }
            return Column(
                id: later.columns[number].id,
                earlierVersion: earlier.columns[match].target.version,
                from: Self.grades(of: earlier, column: match),
                to: Self.grades(of: later, column: number)
            )
        }
    }

    /// By the ids of cases.
    private static func grades(of compatibility: Compatibility, column: Int) -> [String: CompatibilityGrade] {
        var grades: [String: CompatibilityGrade] = [:]
        for row in compatibility.rows {
            guard let cell = row.cells[column] else { continue }
            for (rest, mark) in zip(row.cases, cell.marks) {
                guard let mark else { continue }
                grades[row.scenario + rest] = CompatibilityGrade(mark, level: row.rule?.level)
            }
        }
        return grades
    }
}

extension CompatibilityChanges.Column {
    fileprivate init(
        id: String,
        earlierVersion: String,
        from before: [String: CompatibilityGrade],
        to after: [String: CompatibilityGrade]
    ) {
        self.id = id
        self.earlierVersion = earlierVersion
        let order = CompatibilityChanges.Kind.allCases
        self.changes = Set(before.keys).union(after.keys).compactMap { id in
            CompatibilityChanges.Kind(from: before[id], to: after[id]).map {
                .init(caseID: id, kind: $0, before: before[id], after: after[id])
            }
        }
        .sorted { (order.firstIndex(of: $0.kind)!, $0.caseID) < (order.firstIndex(of: $1.kind)!, $1.caseID) }
        self.unchangedCount = after.count - self.changes.count { $0.kind != .gone }
    }
}
