/// Text of agents and clients inside a page.
package enum HTMLText {
    /// By Unicode's scalars and not by characters: a quote with an accent over it is one character, and ends an attribute all
    /// the same. Control characters and those that turn the direction of writing are spelled out.
    package static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;".unicodeScalars
            case "<": result += "&lt;".unicodeScalars
            case ">": result += "&gt;".unicodeScalars
            case "\"": result += "&quot;".unicodeScalars
            case "'": result += "&#39;".unicodeScalars
            default:
                if VisibleText.isHidden(scalar) {
                    result += VisibleText.spelled(scalar).unicodeScalars
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }
}

/// Text of agents and clients in a terminal, whose cursor and title it must leave alone.
package enum VisibleText {
    package static func line(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if Self.isHidden(scalar) {
                result += Self.spelled(scalar).unicodeScalars
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    static func spelled(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }
}
