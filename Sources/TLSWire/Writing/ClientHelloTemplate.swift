/// A ClientHello to be written, field by field, right or wrong on purpose.
package struct ClientHelloTemplate: Hashable, Sendable {
    package var handshakeType: UInt8 = 1
    package var legacyVersion: UInt16
    package var random: [UInt8]
    package var sessionID: [UInt8]
    package var cipherSuites: [CipherSuite]
    package var compressionMethods: [UInt8] = [0]
    /// `nil` writes no extension block at all.
    package var extensions: [Extension]?

    package init(
        legacyVersion: UInt16 = 0x0303,
        random: [UInt8],
        sessionID: [UInt8] = [],
        cipherSuites: [CipherSuite],
        extensions: [Extension]? = []
    ) {
        self.legacyVersion = legacyVersion
        self.random = random
        self.sessionID = sessionID
        self.cipherSuites = cipherSuites
        self.extensions = extensions
    }

    /// Writes the same message again.
    package init(_ hello: ClientHello) {
        self.init(
            legacyVersion: hello.legacyVersion,
            random: hello.random,
            sessionID: hello.legacySessionID,
            cipherSuites: hello.cipherSuites,
            extensions: hello.hasExtensionBlock ? hello.extensions : nil
        )
        self.compressionMethods = hello.legacyCompressionMethods
    }
}

extension Extension {
    /// server_name with one host_name, whatever its bytes are (RFC 6066 section 3).
    package static func serverName(_ name: [UInt8]) -> Extension {
        Self.serverNames([(type: UInt8(0), name: name)])
    }

    package static func serverNames(_ entries: [(type: UInt8, name: [UInt8])]) -> Extension {
        var list: [UInt8] = []
        for entry in entries {
            list.append(entry.type)
            list.append(uint16: entry.name.count)
            list += entry.name
        }
        return Extension(type: .serverName, data: Self.vector16(list))
    }

    /// RFC 9846 section 4.3.1.
    package static func supportedVersions(_ versions: [UInt16]) -> Extension {
        let list = Self.bytes(of: versions)
        return Extension(type: .supportedVersions, data: [UInt8(truncatingIfNeeded: list.count)] + list)
    }

    /// RFC 7301 section 3.1.
    package static func alpn(_ names: [[UInt8]]) -> Extension {
        let list = names.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
        return Extension(type: .applicationLayerProtocolNegotiation, data: Self.vector16(list))
    }

    package static func supportedGroups(_ groups: [NamedGroup]) -> Extension {
        Extension(type: .supportedGroups, data: Self.vector16(Self.bytes(of: groups.map(\.rawValue))))
    }

    /// RFC 9846 section 4.3.8.
    package static func keyShare(_ shares: [(group: NamedGroup, key: [UInt8])]) -> Extension {
        var list: [UInt8] = []
        for share in shares {
            list.append(uint16: Int(share.group.rawValue))
            list.append(uint16: share.key.count)
            list += share.key
        }
        return Extension(type: .keyShare, data: Self.vector16(list))
    }

    package static func signatureAlgorithms(_ schemes: [UInt16]) -> Extension {
        Extension(type: .signatureAlgorithms, data: Self.vector16(Self.bytes(of: schemes)))
    }

    private static func bytes(of numbers: [UInt16]) -> [UInt8] {
        numbers.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }

    private static func vector16(_ bytes: [UInt8]) -> [UInt8] {
        var vector: [UInt8] = []
        vector.append(uint16: bytes.count)
        return vector + bytes
    }
}
