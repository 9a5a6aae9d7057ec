import ConfigurationFiles

/// Few globs that match all of some case ids, and none of others.
///
/// An id is a scenario and what was chosen for the case, `framing.records.split[role=edge,engine=openssl,cut=middle]`: a glob keeps some of
/// the choices and has a star for the rest, as a person would write it.
package enum GlobCover {
    /// More choices than this are not tried in every combination: an id stands for itself then.
    private static let mostChoices = 10

    /// The globs, in the order of what they cover; those of one scenario stand together.
    package static func globs(for ids: Set<String>, avoiding others: Set<String>) -> [String] {
        var globs: [String] = []
        for (scenario, own) in Dictionary(grouping: ids, by: Self.scenario).sorted(by: { $0.key < $1.key }) {
            let neighbours = others.filter { Self.scenario(of: $0) == scenario }
            globs += Self.globs(of: scenario, for: Set(own), avoiding: neighbours)
        }
        return globs
    }

    private static func scenario(of id: String) -> String { String(id.prefix { $0 != "[" }) }

    private static func globs(of scenario: String, for ids: Set<String>, avoiding others: Set<String>) -> [String] {
        // What a glob of this scenario could match besides: those of a longer name do not end before the bracket.
        var candidates: Set<String> = []
        for id in ids { candidates.formUnion(Self.candidates(for: id, of: scenario)) }
        var covers: [(glob: String, ids: Set<String>)] = []
        for candidate in candidates {
            let glob = Glob(candidate)
            if others.contains(where: glob.matches) { continue }
            covers.append((candidate, ids.filter(glob.matches)))
        }
        // The shorter of two that cover as much says less that need not be said.
        covers.sort { ($0.glob.count, $0.glob) < ($1.glob.count, $1.glob) }
        var rest = ids
        var chosen: [String] = []
        while !rest.isEmpty {
            var best: (glob: String, count: Int)?
            for cover in covers {
                let count = cover.ids.intersection(rest).count
                if count > best?.count ?? 0 { best = (cover.glob, count) }
            }
            // An id matches itself, and so is never without a glob.
            guard let best else { return chosen + rest.sorted() }
            chosen.append(best.glob)
            let glob = Glob(best.glob)
            rest = rest.filter { !glob.matches($0) }
        }
        return chosen
    }

    private static func candidates(for id: String, of scenario: String) -> [String] {
        guard id.hasPrefix("\(scenario)["), id.hasSuffix("]") else { return [id] }
        let choices = id.dropFirst(scenario.count + 1).dropLast().split(separator: ",").map(String.init)
        guard choices.count <= Self.mostChoices else { return [id] }
        return (0..<(1 << choices.count)).map { kept in
            var pattern = "\(scenario)["
            var isBehindStar = false
            for (index, choice) in choices.enumerated() {
                if kept & (1 << index) != 0 {
                    if index > 0, !isBehindStar { pattern += "," }
                    pattern += choice
                    isBehindStar = false
                } else if !isBehindStar {
                    pattern += index > 0 ? ",*" : "*"
                    isBehindStar = true
                }
            }
            return pattern + "]"
        }
    }
}
