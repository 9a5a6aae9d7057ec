/// A command as one text, which is what an SSH client sends of it, taken apart as a shell would: by spaces, quotes and backslashes.
///
/// Nothing else of a shell: no variables, no patterns, and nothing is run.
enum SSHCommandWords {
    /// `nil` where a quote is not closed, or a backslash is the last character.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""):
                guard let next = characters.next() else { return nil }
                word = (word ?? "") + String(next)
            case (let character, let open?) where character == open: quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case (let character, nil) where character.isWhitespace:
                if let complete = word { words.append(complete) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        return words + (word.map { [$0] } ?? [])
    }
}
