/// Finds what somebody meant who wrote something else.
enum Spelling {
    /// ` did you mean 'segments'?` with a leading semicolon, or nothing when no known word is near.
    static func hint(for word: String, among known: [String]) -> String {
        let limit = max(1, word.utf8.count / 3)
        let nearest = known.map { (word: $0, distance: Self.distance(word, $0)) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let nearest, nearest.distance <= limit else { return "" }
        return "; did you mean '\(nearest.word)'?"
    }

    /// Levenshtein's distance over bytes.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, leftByte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, rightByte) in right.enumerated() {
                let substituted = diagonal + (leftByte == rightByte ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
