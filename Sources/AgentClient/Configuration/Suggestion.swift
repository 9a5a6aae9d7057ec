/// Finds what somebody meant to type.
enum Suggestion {
    /// The nearest candidate within two edits, or a third of the word where that is more.
    static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        candidates
            .map { (candidate: $0, distance: Self.distance(word, $0)) }
            .filter { $0.distance <= max(2, word.count / 3) && $0.distance < word.count }
            .min { $0.distance < $1.distance }?
            .candidate
    }

    /// Insertions, removals and replacements between two words.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (character == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
