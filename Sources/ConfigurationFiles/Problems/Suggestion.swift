/// The word a person most likely meant.
package enum Suggestion {
    /// The nearest candidate; of several as near, the first in alphabetical order. `nil` when none is near: a third of the
    /// letters may be wrong, so that `listn` finds `listen` and `x` finds nothing.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let nearest = candidates.map { (distance: self.distance(word, $0), candidate: $0) }.min { $0 < $1 }
        guard let nearest, nearest.distance <= max(1, word.count / 3), nearest.distance < word.count else { return nil }
        return nearest.candidate
    }

    /// `; did you mean 'issuer'?`, or nothing when no candidate is near.
    package static func clause(for word: String, among candidates: some Sequence<String>) -> String {
        self.nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// How many insertions, removals, replacements and swaps of neighbours lead from one word to the other (optimal
    /// string alignment), whatever the case of their letters.
    static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.lowercased())
        let second = Array(second.lowercased())
        var rows = [Array(0...second.count)]
        for line in first.indices {
            var row = [line + 1]
            for column in second.indices {
                let isSame = first[line] == second[column]
                var best = min(rows[line][column] + (isSame ? 0 : 1), rows[line][column + 1] + 1, row[column] + 1)
                if line > 0, column > 0, first[line] == second[column - 1], first[line - 1] == second[column] {
                    best = min(best, rows[line - 1][column - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[first.count][second.count]
    }
}
