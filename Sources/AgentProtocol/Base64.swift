/// RFC 4648 section 4, with padding: how Go writes byte slices in JSON.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8: UInt32] = Dictionary(
        uniqueKeysWithValues: Base64.alphabet.enumerated().map { ($1, UInt32($0)) }
    )

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                text.append(
                    position <= group.count
                        ? Self.alphabet[Int(bits >> (18 - 6 * position) & 0x3f)] : UInt8(ascii: "=")
                )
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` for anything but whole groups of the alphabet; line breaks are skipped, as in Go's decoder.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = text.utf8.filter { $0 != 0x0a && $0 != 0x0d }
        guard characters.count % 4 == 0 else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            var bits: UInt32 = 0
            for index in start..<(start + 4) {
                if index >= characters.count - padding {
                    bits <<= 6
                } else if let value = Self.values[characters[index]] {
                    bits = bits << 6 | value
                } else {
                    return nil
                }
            }
            bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
        }
        return bytes.dropLast(padding)
    }
}
