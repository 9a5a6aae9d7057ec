package import LibCrypto

/// What a CA asks a name's server for, to see that the name is ours: TLS-ALPN-01 (RFC 8737).
package struct TLSALPNChallenge: Hashable, Sendable {
    /// The only protocol of a client that wants the answer.
    package static let applicationProtocol = "acme-tls/1"
    /// id-pe-acmeIdentifier (section 6.1).
    private static let identifier = "1.3.6.1.5.5.7.1.31"

    package let name: String
    package let authorization: String

    package init(name: String, authorization: String) {
        self.name = name
        self.authorization = authorization
    }

    /// What is presented, in DER (section 3): an OCTET STRING with the SHA-256 of the authorization, in a certificate for the name.
    ///
    /// - Parameter validity: Seconds since 1970. Nobody looks at them but the TLS stack.
    package func certificate(for key: PrivateKey, validity: ClosedRange<Int64>) throws -> [UInt8] {
        try SelfSignedCertificate.issue(
            for: self.name,
            subject: "ACME challenge",
            key: key,
            validity: validity,
            criticalExtension: Self.identifier,
            contents: [0x04, 0x20] + SHA256.digest(of: Array(self.authorization.utf8))
        )
    }
}

/// What answers challenges.
package protocol ChallengeResponder: Sendable {
    /// Answers from now on.
    func answer(_ challenge: TLSALPNChallenge) throws
    /// Answers no more.
    func withdraw(_ challenge: TLSALPNChallenge)
}
