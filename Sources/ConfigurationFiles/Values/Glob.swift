/// A shell-like pattern: `*` is any run of characters, `?` is one. Brackets are themselves, because case ids have them.
package struct Glob: Hashable, Sendable, Codable {
    package let pattern: String

    package init(_ pattern: String) {
        self.pattern = pattern
    }

    package func matches(_ text: String) -> Bool {
        let pattern = Array(self.pattern.utf8)
        let text = Array(text.utf8)
        var (inPattern, inText) = (0, 0)
        // Where to go on when the rest does not match: the last star, taking one character more.
        var retry: (star: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                retry = (star: inPattern, text: inText)
                inPattern += 1
            } else if inPattern < pattern.count,
                pattern[inPattern] == UInt8(ascii: "?") || pattern[inPattern] == text[inText]
            {
                inPattern += 1
                inText += 1
            } else if let (star, start) = retry {
                inPattern = star + 1
                inText = start + 1
                retry = (star: star, text: start + 1)
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
