/// JSON that is safe inside a `<script>` element: nothing in it can end the element or open another.
indirect enum JSONText {
    case string(String)
    case integer(Int)
    /// Milliseconds and the like, with two digits after the dot.
    case number(Double)
    case array([JSONText])
    case object([(key: String, value: JSONText)])

    static func integers(_ values: [Int]) -> JSONText { .array(values.map { .integer($0) }) }

    var rendered: String {
        var text = ""
        self.append(to: &text)
        return text
    }

    private func append(to text: inout String) {
        switch self {
        case .integer(let value): text += String(value)
        case .number(let value): text += NumberText.fixed(value, digits: 2)
        case .string(let value): Self.append(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.append(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.append(member.key, to: &text)
                text += ":"
                member.value.append(to: &text)
            }
            text += "}"
        }
    }

    /// `<` would start `</script` or `<!--`; U+2028 and U+2029 end lines in older JavaScript.
    private static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{00}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
