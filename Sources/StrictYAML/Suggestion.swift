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

    /// How many insertions, removals and replacements lead from one word to the other (Levenshtein).
    package static func distance(_ first: String, _ second: String) -> Int {
        let columns = Array(second.lowercased())
        var row = Array(0...columns.count)
        for (line, character) in first.lowercased().enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in columns.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[columns.count]
    }
}
