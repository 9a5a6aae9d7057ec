/// What a peer sent ends up in reports, so every writer makes it harmless for its own reader first.
enum SafeText {
    /// Text for a terminal: control characters, which could move the cursor or rename the window, are spelled out.
    static func terminal(_ text: String) -> String {
        Self.replacingScalars(in: text) { scalar in
            switch scalar.value {
            case 0x0A: "\\n"
            case 0x09: "\\t"
            case 0x0D: "\\r"
            case 0x00...0x1F, 0x7F...0x9F: "\\x" + Self.hexadecimal(scalar.value, width: 2)
            case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                "\\u{" + Self.hexadecimal(scalar.value, width: 4) + "}"
            default: nil
            }
        }
    }

    /// Text and attribute values of XML 1.0 (section 2.2): characters it has no way to carry are spelled out, and
    /// `>` is escaped so that `]]>` cannot appear.
    static func xml(_ text: String, inAttribute: Bool = false) -> String {
        Self.replacingScalars(in: text) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\r": "&#13;"
            case "\n": inAttribute ? "&#10;" : nil
            case "\t": inAttribute ? "&#9;" : nil
            default:
                switch scalar.value {
                case 0x00...0x1F, 0x7F...0x9F: "\\x" + Self.hexadecimal(scalar.value, width: 2)
                case 0xFFFE, 0xFFFF: "\\u{" + Self.hexadecimal(scalar.value, width: 4) + "}"
                default: nil
                }
            }
        }
    }

    static func html(_ text: String) -> String {
        Self.replacingScalars(in: text) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            case "\0": "\u{FFFD}"
            default: nil
            }
        }
    }

    /// One line of GitHub's Markdown, where HTML works too: anything that could start markup is escaped.
    static func markdown(_ text: String) -> String {
        Self.replacingScalars(in: Self.terminal(text)) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "@": "\\" + String(scalar)
            default: nil
            }
        }
    }

    /// A code span of Markdown that holds any line, in a table too.
    ///
    /// Markdown is read inside of `<code>` as well, but a character reference never starts any (CommonMark 2.5).
    static func markdownCode(_ text: String) -> String {
        let code = Self.replacingScalars(in: Self.html(Self.terminal(text))) { scalar in
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "|", "~", "@": "&#\(scalar.value);"
            default: nil
            }
        }
        return "<code>\(code)</code>"
    }

    /// Cuts a text that is longer than `limit` characters, and says so.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        let kept = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
        return kept + "… (\(text.unicodeScalars.count - limit) characters left out)"
    }

    private static func replacingScalars(in text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let other = replacement(scalar) {
                result += other
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
