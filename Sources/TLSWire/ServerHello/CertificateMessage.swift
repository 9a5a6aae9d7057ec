/// The Certificate message of TLS 1.2 and before (RFC 5246 section 7.4.2), which travels in the clear.
struct CertificateMessage {
    static let handshakeType: UInt8 = 11

    /// In DER, the server's own first.
    let chain: [[UInt8]]

    /// Reads a whole handshake message, header included. Offsets in errors count from its first byte.
    init(message: [UInt8]) throws(WireError) {
        var reader = ByteReader(message.span, range: 0..<message.count)
        _ = try reader.readBytes(4, "header")
        let length = try Self.readLength(&reader, "certificate_list")
        guard length == reader.remaining else {
            throw WireError(
                .badLength,
                field: "certificate_list",
                offset: 4,
                detail: "says \(length) bytes and \(reader.remaining) follow"
            )
        }
        var chain: [[UInt8]] = []
        while reader.remaining > 0 {
            let length = try Self.readLength(&reader, "certificate")
            chain.append(Array(message[try reader.readBytes(length, "certificate")]))
        }
        self.chain = chain
    }

    private static func readLength(_ reader: inout ByteReader, _ field: StaticString) throws(WireError) -> Int {
        Int(try reader.readUInt8(field)) << 16 | Int(try reader.readUInt16(field))
    }
}
