/// The word a person most likely meant.
package enum Suggestion {
    /// `; did you mean 'issuer'?`, or nothing when no candidate is near.
    package static func clause(for word: String, among candidates: some Sequence<String>) -> String {
        // A third of the letters may be wrong: 'listn' finds 'listen', 'x' finds nothing.
        let limit = max(1, word.count / 3)
        let nearest = candidates.map { (candidate: $0, distance: self.distance(word, $0)) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= limit else { return "" }
        return "; did you mean '\(nearest.candidate)'?"
    }

    /// How many insertions, removals, replacements and swaps of neighbours lead from one word to the other (optimal
    /// string alignment).
    package static func distance(_ first: String, _ second: String) -> Int {
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
