/// A ServerHello or HelloRetryRequest, read as it passes by: enough to say what was negotiated, and no judgement.
package struct ServerHello: Hashable, Sendable {
    package let legacyVersion: UInt16
    /// 32 bytes.
    package let random: [UInt8]
    /// In TLS 1.3 an echo of the client's legacy_session_id; in TLS 1.2 the session's own id.
    package let sessionID: [UInt8]
    package let cipherSuite: CipherSuite
    package let compressionMethod: UInt8
    package let extensions: [Extension]

    /// Reads a whole handshake message, header included. Offsets in errors count from its first byte.
    package init(message: [UInt8]) throws(WireError) {
        let bytes = message.span
        var reader = ByteReader(bytes, range: 0..<message.count)
        let type = try reader.readUInt8("msg_type")
        guard type == 2 else {
            throw WireError(
                .unexpectedHandshakeType,
                field: "msg_type",
                offset: 0,
                detail: "type \(type) is no server_hello"
            )
        }
        let length = Int(try reader.readUInt8("length")) << 16 | Int(try reader.readUInt16("length"))
        guard length == reader.remaining else {
            throw WireError(
                .badLength,
                field: "length",
                offset: 1,
                detail: "says \(length) bytes and \(reader.remaining) follow"
            )
        }
        self.legacyVersion = try reader.readUInt16("legacy_version")
        self.random = Array(message[try reader.readBytes(32, "random")])
        self.sessionID = Array(message[try reader.readVector8("legacy_session_id_echo", lengths: 0...32)])
        self.cipherSuite = CipherSuite(rawValue: try reader.readUInt16("cipher_suite"))
        self.compressionMethod = try reader.readUInt8("legacy_compression_method")
        var extensions: [Extension] = []
        if reader.remaining > 0 {
            let block = try reader.readVector16("extensions", lengths: 0...65_535)
            try reader.finish("ServerHello")
            var entries = ByteReader(bytes, range: block)
            while entries.remaining > 0 {
                let type = ExtensionType(rawValue: try entries.readUInt16("extension_type"))
                let body = try entries.readVector16("extension_data", lengths: 0...65_535)
                extensions.append(Extension(type: type, data: Array(message[body])))
            }
        }
        self.extensions = extensions
    }
}

extension ServerHello {
    /// SHA-256 of "HelloRetryRequest": the random that makes a ServerHello one (RFC 9846 section 4.2.3).
    package static let helloRetryRequestRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]

    package var isHelloRetryRequest: Bool { self.random == Self.helloRetryRequestRandom }

    /// The version in force: of supported_versions, or else legacy_version.
    package var selectedVersion: UInt16 {
        guard let data = self.data(of: .supportedVersions), data.count == 2 else { return self.legacyVersion }
        return data.span.uint16(at: 0)
    }

    /// TLS 1.3's key_share group (in a HelloRetryRequest, the group asked for); `nil` in TLS 1.2, where it travels in
    /// ServerKeyExchange, and in a resumption without key exchange.
    package var selectedGroup: NamedGroup? {
        guard let data = self.data(of: .keyShare), data.count >= 2 else { return nil }
        return NamedGroup(rawValue: data.span.uint16(at: 0))
    }

    /// TLS 1.2's ALPN choice; TLS 1.3 encrypts it.
    package var alpnProtocol: [UInt8]? {
        guard let data = self.data(of: .applicationLayerProtocolNegotiation), data.count > 3,
            Int(data[2]) == data.count - 3
        else { return nil }
        return Array(data[3...])
    }

    /// TLS 1.3: the handshake goes on with a pre-shared key, so the session is resumed.
    package var acceptsPreSharedKey: Bool { self.data(of: .preSharedKey) != nil }

    package func data(of type: ExtensionType) -> [UInt8]? { self.extensions.first { $0.type == type }?.data }
}
