import LibCrypto

/// The SHA-256 of an authtoken or API key: all that is kept of it. It does not print.
package struct TokenDigest: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    package init(of token: String) {
        self.bytes = SHA256.digest(of: Array(token.utf8))
    }

    /// `nil` unless the text is 64 hexadecimal digits.
    package init?(hexadecimal: String) {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        guard digits.count == 64, hexadecimal.count == 64 else { return nil }
        self.bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// For the file or the store that it is kept in.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: self.bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Compares in a time that does not depend on where the digests differ.
    package func matches(_ other: TokenDigest) -> Bool {
        zip(self.bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    package var description: String { "TokenDigest(redacted)" }
}

extension TokenDigest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = TokenDigest(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 64 hexadecimal digits")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.hexadecimal)
    }
}
