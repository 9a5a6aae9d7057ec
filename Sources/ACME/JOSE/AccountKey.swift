import JSONText
import LibCrypto

/// The key that a CA knows an account by: ECDSA over P-256, which every CA must take (RFC 8555 section 6.2).
package struct AccountKey: Sendable {
    private let key: PrivateKey
    /// Both of 32 bytes.
    private let x: [UInt8]
    private let y: [UInt8]

    /// A new one.
    package init() throws {
        try self.init(try PrivateKey(.ecdsaP256))
    }

    /// One that was made before.
    ///
    /// - Throws: `badAccountKey` for what is no such key.
    package init(pem: String) throws {
        let block = try PEMBlock.blocks(of: Array(pem.utf8)).first { $0.isPrivateKey }
        guard let block else { throw ACMEError(.badAccountKey) }
        try self.init(try PrivateKey(der: block.contents))
    }

    private init(_ key: PrivateKey) throws {
        // Its last 65 bytes are the point, uncompressed: 4, x and y (RFC 5480 section 2.2).
        let point = try key.publicKey.suffix(65)
        guard key.kind == .ecdsaP256, point.count == 65, point.first == 4 else { throw ACMEError(.badAccountKey) }
        self.key = key
        self.x = Array(point.dropFirst().prefix(32))
        self.y = Array(point.suffix(32))
    }

    package var pem: String { get throws(CryptoError) { try self.key.pem } }

    /// The public half (RFC 7518 section 6.2.1), its members in the order of RFC 7638.
    var webKey: JSONValue {
        .object([
            .init("crv", .string("P-256")), .init("kty", .string("EC")),
            .init("x", .string(Base64URL.encoded(self.x))), .init("y", .string(Base64URL.encoded(self.y))),
        ])
    }

    /// RFC 7638 section 3, in base64url.
    var thumbprint: String { Base64URL.encoded(SHA256.digest(of: self.webKey.encoded)) }

    /// What proves that this account answers a challenge (RFC 8555 section 8.1).
    func authorization(of token: String) -> String { "\(token).\(self.thumbprint)" }

    /// ES256 (RFC 7518 section 3.4): the two numbers side by side, each of 32 bytes.
    func signature(of message: [UInt8]) throws -> [UInt8] {
        var reader = DERReader(try self.key.signature(of: message))
        guard reader.open(), let r = reader.number(of: 32), let s = reader.number(of: 32) else {
            throw ACMEError(.badAccountKey)
        }
        return r + s
    }
}

extension AccountKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the key.
    package var description: String { "AccountKey(\(self.thumbprint))" }
    package var debugDescription: String { self.description }
}

/// As much of DER as an ECDSA signature has: a SEQUENCE of two INTEGERs (RFC 3279 section 2.2.3).
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.rest = bytes[...]
    }

    /// Goes into the sequence. Of two numbers of 33 bytes its length has one byte.
    mutating func open() -> Bool {
        guard self.rest.popFirst() == 0x30, let length = self.rest.popFirst() else { return false }
        return Int(length) == self.rest.count
    }

    /// The next number, positive, with zeros in front up to so many bytes.
    mutating func number(of count: Int) -> [UInt8]? {
        guard self.rest.popFirst() == 0x02, let length = self.rest.popFirst(), Int(length) <= self.rest.count else {
            return nil
        }
        let digits = self.rest.prefix(Int(length)).drop { $0 == 0 }
        self.rest = self.rest.dropFirst(Int(length))
        guard digits.count <= count else { return nil }
        return [UInt8](repeating: 0, count: count - digits.count) + digits
    }
}
