package import LibCrypto
package import TLSCredentials
package import TLSWire

/// The pairs that are for one name, at most one of each kind of key: a client is shown the first of ECDSA, Ed25519 and RSA whose
/// signatures it verifies.
package struct NamedPairs: Sendable {
    private var pairs: [KeyAlgorithm.Family: KeyPair] = [:]

    init() {}

    mutating func add(_ pair: KeyPair) { self.pairs[pair.algorithm.family] = pair }

    func union(_ others: NamedPairs) -> NamedPairs {
        var all = self
        all.pairs.merge(others.pairs) { own, _ in own }
        return all
    }

    /// `nil` where there is none at all. Who can verify none of them is shown the last one: what is wrong the handshake says.
    package func pair(for client: ClientHello) -> KeyPair? {
        let inOrder = KeyAlgorithm.Family.allCases.compactMap { self.pairs[$0] }
        return inOrder.dropLast().first { client.permits($0.algorithm) } ?? inOrder.last
    }
}

extension ClientHello {
    /// Whether a server with such a key can sign for this client, in the version of TLS that they come to speak.
    package func permits(_ algorithm: KeyAlgorithm) -> Bool {
        self.offersTLS13 ? self.permitsInTLS13(algorithm) : self.permitsInTLS12(algorithm)
    }

    /// A scheme of TLS 1.3 names the curve too (RFC 9846 section 4.3.3).
    private func permitsInTLS13(_ algorithm: KeyAlgorithm) -> Bool {
        let schemes = self.signatureSchemes
        return switch algorithm {
        case .ecdsaP256: schemes.contains(.ecdsaSECP256R1SHA256)
        case .ecdsaP384: schemes.contains(.ecdsaSECP384R1SHA384)
        case .ecdsaP521: schemes.contains(.ecdsaSECP521R1SHA512)
        case .ed25519: schemes.contains(.ed25519)
        case .rsa: true
        }
    }

    /// In TLS 1.2 the suite says which kind of key signs (RFC 8422 section 2), any hash goes with any curve, and the curve must be
    /// among the groups (section 5.1).
    private func permitsInTLS12(_ algorithm: KeyAlgorithm) -> Bool {
        switch algorithm {
        case .ecdsaP256: self.permitsECDSA(over: .secp256r1)
        case .ecdsaP384: self.permitsECDSA(over: .secp384r1)
        case .ecdsaP521: self.permitsECDSA(over: .secp521r1)
        case .ed25519: self.hasSuiteOfECDSA && self.signatureSchemes.contains(.ed25519)
        case .rsa: true
        }
    }

    private func permitsECDSA(over curve: NamedGroup) -> Bool {
        self.hasSuiteOfECDSA && self.supportedGroups.contains(curve)
            && !Self.schemesOfECDSA.isDisjoint(with: self.signatureSchemes)
    }

    private static let schemesOfECDSA: Set<SignatureScheme> = [
        .ecdsaSECP256R1SHA256, .ecdsaSECP384R1SHA384, .ecdsaSECP521R1SHA512,
    ]

    /// Those of the edge's suites of TLS 1.2 that an ECDSA or Ed25519 key signs for.
    private static let suitesOfECDSA: Set<CipherSuite> = [
        .ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384, .ecdheECDSAWithChacha20Poly1305SHA256,
        .ecdheECDSAWithAES128CBCSHA, .ecdheECDSAWithAES256CBCSHA,
    ]

    private var hasSuiteOfECDSA: Bool { !Self.suitesOfECDSA.isDisjoint(with: self.cipherSuites) }
}
