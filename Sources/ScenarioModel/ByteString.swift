/// Bytes that print and encode as lower-case hexadecimal.
package struct ByteString: Hashable, Sendable, Codable, CustomStringConvertible {
    package var bytes: [UInt8]
    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    package init() { self.bytes = [] }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = ByteString(hex: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal: \(text)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }

    /// Reads hexadecimal digits; white space between bytes is skipped. `nil` when anything else is found.
    package init?(hex: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in hex.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                if high != nil { return nil }
                continue
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self.bytes = bytes
    }

    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(self.bytes.count * 2)
        for byte in self.bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension ByteString {
    /// The first bytes in hexadecimal with their text beside it, as dumps have it: `48 54 54 50 0d |HTTP.|`.
    package func dump(limit: Int) -> String {
        guard !self.bytes.isEmpty else { return "no bytes" }
        let shown = self.bytes.prefix(limit)
        let digits = shown.map { ByteString([$0]).description }.joined(separator: " ")
        let text = shown.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }
        let rest = self.bytes.count > limit ? " … (\(self.bytes.count) bytes)" : ""
        return "\(digits) |\(String(decoding: text, as: UTF8.self))|\(rest)"
    }
}
