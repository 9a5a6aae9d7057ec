import ScenarioModel
import TLSWire

/// What a good hello offers, after the plan's changes to single fields.
struct Offer {
    let plan: HelloPlan
    let serverName: String?
    let alpn: [String]
    let minimumVersion: TLSVersion
    let maximumVersion: TLSVersion
    let random: [UInt8]

    /// Whether it speaks as a client of TLS 1.3. An empty version list makes a TLS 1.2 client of it.
    private var offersTLS13: Bool { self.maximumVersion == .tls13 && self.plan.supportedVersions != [] }

    /// supported_versions, the highest first; a client of TLS 1.2 and below has none (RFC 9846 section 4.3.1).
    private var versions: [UInt16] {
        if let versions = self.plan.supportedVersions { return versions }
        guard self.offersTLS13 else { return [] }
        return TLSVersion.allCases.filter { $0 >= self.minimumVersion && $0 <= self.maximumVersion }
            .map(\.wireValue).sorted(by: >)
    }

    var template: ClientHelloTemplate {
        var template = ClientHelloTemplate(
            legacyVersion: self.plan.legacyVersion ?? min(self.maximumVersion, .tls12).wireValue,
            random: Array(self.random[..<32]),
            sessionID: self.sessionID,
            cipherSuites: self.cipherSuites,
            extensions: self.plan.omitsExtensions ? nil : self.extensions
        )
        if let type = self.plan.handshakeType { template.handshakeType = type }
        if let methods = self.plan.compressionMethods { template.compressionMethods = methods }
        return template
    }

    /// Middlebox compatibility mode sends 32 bytes in TLS 1.3 (RFC 9846 appendix D.4).
    private var sessionID: [UInt8] {
        let length = self.plan.sessionIDLength ?? (self.offersTLS13 ? 32 : 0)
        return (0..<max(0, length)).map { self.random[$0 % 32] ^ self.random[32 + ($0 + 7) % 32] ^ UInt8($0 & 0xff) }
    }

    private var cipherSuites: [CipherSuite] {
        if let suites = self.plan.cipherSuites { return suites.map(CipherSuite.init(rawValue:)) }
        var suites: [CipherSuite] = []
        if self.offersTLS13 { suites += [.aes128GCMSHA256, .aes256GCMSHA384, .chacha20Poly1305SHA256] }
        guard self.minimumVersion < .tls13 || !self.offersTLS13 else { return suites }
        suites += [
            .ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384,
            .ecdheRSAWithAES256GCMSHA384, .ecdheECDSAWithChacha20Poly1305SHA256, .ecdheRSAWithChacha20Poly1305SHA256,
            .ecdheECDSAWithAES128CBCSHA, .ecdheRSAWithAES128CBCSHA, .rsaWithAES128GCMSHA256, .rsaWithAES128CBCSHA,
        ]
        return suites
    }

    private var extensions: [Extension] {
        var extensions: [Extension] = []
        if let serverName = self.serverNameExtension { extensions.append(serverName) }
        extensions += [
            Extension(type: .extendedMasterSecret, data: []),
            Extension(type: .renegotiationInfo, data: [0]),
            .supportedGroups([.x25519, .secp256r1, .secp384r1]),
            // Uncompressed points.
            Extension(type: .ecPointFormats, data: [1, 0]),
            Extension(type: .sessionTicket, data: []),
        ]
        if !self.alpn.isEmpty { extensions.append(.alpn(self.alpn.map { Array($0.utf8) })) }
        extensions.append(.signatureAlgorithms(Self.signatureSchemes))
        if !self.versions.isEmpty { extensions.append(.supportedVersions(self.versions)) }
        if self.offersTLS13 {
            // psk_dhe_ke
            extensions.append(Extension(type: .pskKeyExchangeModes, data: [1, 1]))
            // Any 32 bytes are a public key of X25519 (RFC 7748 section 5).
            extensions.append(.keyShare([(group: .x25519, key: Array(self.random[32..<64]))]))
        }
        return extensions
    }

    private var serverNameExtension: Extension? {
        if let data = self.plan.serverNameData { return Extension(type: .serverName, data: data.bytes) }
        if let names = self.plan.serverNames {
            return .serverNames(names.map { (type: $0.type, name: $0.name.bytes) })
        }
        return self.serverName.map { .serverName(Array($0.utf8)) }
    }

    /// ECDSA, RSA-PSS, RSA PKCS #1 with SHA-256 to SHA-512, Ed25519, and SHA-1 for the oldest servers of TLS 1.2.
    private static let signatureSchemes: [UInt16] = [
        0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0603, 0x0806, 0x0601, 0x0807, 0x0203, 0x0201,
    ]
}
