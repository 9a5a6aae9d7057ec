import JSONText

/// Every string of the page once: cases of one scenario repeat nearly all of theirs.
struct StringTable {
    private(set) var strings: [String] = []
    private var indices: [String: Int] = [:]
    /// What the strings so far take in the page, about.
    private(set) var size = 0

    mutating func index(of text: String) -> Int {
        if let index = self.indices[text] { return index }
        self.indices[text] = self.strings.count
        self.strings.append(text)
        self.size += text.utf8.count + 3
        return self.strings.count - 1
    }

    mutating func reference(_ text: String) -> JSONValue { .integer(of: self.index(of: text)) }
}
