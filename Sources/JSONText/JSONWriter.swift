/// What a written string escapes beyond what RFC 8259 section 7 demands.
package enum JSONEscaping: Sendable {
    /// Control characters, U+007F included: one value never becomes two lines.
    case controls
    /// Also what a terminal or an editor would act on without showing it: format characters, such as those that turn the
    /// direction of writing, and the line and paragraph separators.
    case invisibles
    /// Also what would end a `<script>` element, or open another: `<`, `>` and `&`, and the separators that end lines in
    /// older JavaScript.
    case script

    fileprivate func escapes(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7f: return true
        case 0x20..<0x80: return self == .script && (scalar == "<" || scalar == ">" || scalar == "&")
        case 0x2028, 0x2029: return self != .controls
        default: break
        }
        guard self == .invisibles else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format: return true
        default: return false
        }
    }
}

extension JSONValue {
    /// Compact UTF-8 text.
    package var encoded: [UInt8] { self.encoded(escaping: .controls) }

    package func encoded(escaping: JSONEscaping) -> [UInt8] {
        var bytes: [UInt8] = []
        self.write(to: &bytes, escaping)
        return bytes
    }

    /// A JSON string, with its quotes.
    package static func quoted(_ text: some StringProtocol, escaping: JSONEscaping = .controls) -> String {
        var bytes: [UInt8] = []
        Self.write(text, to: &bytes, escaping)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], _ escaping: JSONEscaping) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += (value.isFinite ? value.description : "null").utf8
        case .decimal(let units, let places): bytes += Self.decimal(units, places: places).utf8
        case .string(let value): Self.write(value, to: &bytes, escaping)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes, escaping)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes, escaping)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes, escaping)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func decimal(_ units: Int64, places: Int) -> String {
        let digits = String(units.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        let sign = units < 0 ? "-" : ""
        return places > 0 ? "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))" : sign + padded
    }

    private static func write(_ text: some StringProtocol, to bytes: inout [UInt8], _ escaping: JSONEscaping) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case _ where escaping.escapes(scalar):
                for unit in scalar.utf16 { Self.escape(unit, to: &bytes) }
            default: bytes += scalar.utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ unit: UInt16, to bytes: inout [UInt8]) {
        let digits = String(unit, radix: 16)
        bytes += "\\u".utf8
        bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
        bytes += digits.utf8
    }
}
