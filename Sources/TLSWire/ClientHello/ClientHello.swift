/// A ClientHello that was read whole, and whose every vector fits exactly.
///
/// It keeps the message as it came and says where things are in it, so reading one costs two allocations and
/// ``encoded()`` cannot differ from what the client sent. To change one, make a ``ClientHelloTemplate`` of it.
package struct ClientHello: Sendable {
    /// The legacy_record_version of the first record: no decision may depend on it (RFC 9846 section 5.1).
    package let recordVersion: UInt16
    /// The handshake message with its four-byte header.
    let message: [UInt8]
    let layout: ClientHelloLayout

    /// Reads a whole handshake message, header included. Offsets in errors count from its first byte.
    ///
    /// - Parameter recordVersion: the version of the record it came in.
    package init(message: [UInt8], recordVersion: UInt16 = 0x0301) throws(WireError) {
        self.recordVersion = recordVersion
        self.layout = try ClientHelloLayout(message.span)
        self.message = message
    }

    /// The handshake message again, byte for byte, without any record header.
    package func encoded() -> [UInt8] { self.message }

    /// What the handshake header announced: the bytes of the message after its header.
    package var handshakeLength: Int { self.message.count - ClientHelloLayout.handshakeHeaderLength }
    package var legacyVersion: UInt16 { self.message.span.uint16(at: ClientHelloLayout.handshakeHeaderLength) }
    /// 32 bytes.
    package var random: [UInt8] { Array(self.message[self.layout.random]) }
    /// At most 32 bytes.
    package var legacySessionID: [UInt8] { Array(self.message[self.layout.sessionID]) }
    package var cipherSuites: [CipherSuite] {
        self.message.uint16s(in: self.layout.cipherSuites).map(CipherSuite.init(rawValue:))
    }
    package var legacyCompressionMethods: [UInt8] { Array(self.message[self.layout.compressionMethods]) }
    /// Whether there is an extension block at all; clients before RFC 3546 sent none.
    package var hasExtensionBlock: Bool { self.layout.hasExtensionBlock }
    /// In the order they were sent.
    package var extensions: [Extension] {
        self.layout.extensions.map {
            Extension(type: ExtensionType(rawValue: $0.type), data: Array(self.message[$0.range]))
        }
    }

    /// The body of the one extension of this type; `nil` when there is none.
    package func data(of type: ExtensionType) -> [UInt8]? {
        self.layout.range(of: type).map { Array(self.message[$0]) }
    }
}

extension ClientHello: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.recordVersion == rhs.recordVersion && lhs.message == rhs.message
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.recordVersion)
        hasher.combine(self.message)
    }
}

extension ClientHello {
    /// The host_name, in the letters that the client used: compare it without case. `nil` when there is no server_name.
    ///
    /// It satisfies ``HostNameSyntax``, or the hello would not have been read.
    package var serverName: String? {
        self.layout.hostName.map { String(decoding: self.message[$0], as: UTF8.self) }
    }

    /// The versions of supported_versions in the client's order, GREASE included; `nil` without the extension.
    package var supportedVersions: [UInt16]? { self.numbers(of: .supportedVersions, from: 1) }

    package var offersTLS13: Bool { self.supportedVersions?.contains(0x0304) ?? false }

    /// The highest version offered: of supported_versions (GREASE aside), or else legacy_version.
    package var highestVersion: UInt16 {
        self.supportedVersions?.filter { !isGREASE($0) }.max() ?? self.legacyVersion
    }

    /// ALPN's protocol names in the client's order; empty without the extension.
    package var alpnProtocols: [[UInt8]] {
        guard let range = self.layout.range(of: .applicationLayerProtocolNegotiation) else { return [] }
        var names: [[UInt8]] = []
        var offset = range.lowerBound + 2
        while offset < range.upperBound {
            let end = offset + 1 + Int(self.message[offset])
            names.append(Array(self.message[offset + 1..<end]))
            offset = end
        }
        return names
    }

    /// Empty without the extension.
    package var supportedGroups: [NamedGroup] {
        (self.numbers(of: .supportedGroups, from: 2) ?? []).map(NamedGroup.init(rawValue:))
    }

    /// What the client verifies (RFC 9846 section 4.3.3), in its order. Empty without the extension, and where it is malformed,
    /// which is for whoever ends TLS to say.
    package var signatureSchemes: [SignatureScheme] {
        guard let range = self.layout.range(of: .signatureAlgorithms), range.count >= 2, range.count.isMultiple(of: 2),
            Int(self.message.span.uint16(at: range.lowerBound)) == range.count - 2
        else { return [] }
        return (self.numbers(of: .signatureAlgorithms, from: 2) ?? []).map(SignatureScheme.init(rawValue:))
    }

    /// The groups that a key share came with; `nil` without the extension, empty when the client asks for a
    /// HelloRetryRequest.
    package var keyShareGroups: [NamedGroup]? {
        guard let range = self.layout.range(of: .keyShare) else { return nil }
        var groups: [NamedGroup] = []
        var offset = range.lowerBound + 2
        while offset < range.upperBound {
            groups.append(NamedGroup(rawValue: self.message.span.uint16(at: offset)))
            offset += 4 + Int(self.message.span.uint16(at: offset + 2))
        }
        return groups
    }

    /// An encrypted_client_hello extension, real or GREASE: no one without its keys can tell (RFC 9849 section 6.2).
    package var hasEncryptedClientHello: Bool { self.layout.range(of: .encryptedClientHello) != nil }

    private func numbers(of type: ExtensionType, from skipped: Int) -> [UInt16]? {
        self.layout.range(of: type).map { self.message.uint16s(in: $0.lowerBound + skipped..<$0.upperBound) }
    }
}
