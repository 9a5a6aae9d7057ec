internal import Mustache

/// The content types that templates may declare, besides Mustache's `TEXT`, which escapes nothing.
enum ContentTypes {
    static func register() {
        MustacheContentTypes.register(QuotedText(), named: "QUOTED")
        // One form of strings that all three read alike.
        for name in ["JSON", "TOML", "YAML"] { MustacheContentTypes.register(StringText(), named: name) }
        MustacheContentTypes.register(PlainWord(), named: "WORD")
    }
}

/// `QUOTED`: values stand between double quotes, in which HAProxy's and nginx's configuration and others read a backslash
/// before a quote or a backslash, and nothing else.
struct QuotedText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

/// `JSON`, `YAML` and `TOML`: values stand between double quotes, in which control characters are escaped as well.
struct StringText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\", "\"": result += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

/// `WORD`: for files without quotes. A value that is no plain word cannot be written in them, so it is marked, and the
/// template is refused.
struct PlainWord: MustacheContentType {
    /// Two scalars that no text has.
    private static let marks: (Character, Character) = ("\u{FFFE}", "\u{FFFF}")

    func escapeText(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !Self.special.contains($0) }
        return isPlain ? text : "\(Self.marks.0)\(text)\(Self.marks.1)"
    }

    /// Quotes, comments, ends of statements and what shells expand.
    private static let special = Set("\"'`\\#;{}()<>|&$,".utf8)

    /// The first value of a rendered text that is no plain word.
    static func firstFault(in text: String) -> String? {
        guard let start = text.firstIndex(of: self.marks.0) else { return nil }
        return String(text[text.index(after: start)...].prefix { $0 != self.marks.1 })
    }
}
