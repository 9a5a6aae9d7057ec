import CLibCrypto

/// What is asked of a certificate, as OpenSSL reads it.
package struct CertificateFacts: Hashable, Sendable {
    /// As RFC 4514 writes it, such as `CN=app.example.com,O=Example`.
    package let subject: String
    /// Likewise.
    package let issuer: String
    /// The subject's common name, the first where it has several; `nil` where it has none.
    package let commonName: String?
    /// What its key signs with; `nil` for what is none of those that TLS is spoken with here.
    package let keyAlgorithm: KeyAlgorithm?
    /// The DNS names of the subject alternative name, in its order.
    package let dnsNames: [String]
    /// The IP addresses of it likewise, each as its 4 or 16 bytes.
    package let addresses: [[UInt8]]
    /// What basicConstraints says; `false` where there are none.
    package let isAuthority: Bool
    /// Whether it is its own issuer, by name and by key identifier where it has one.
    package let isSelfIssued: Bool
    /// Whether this moment is within its validity.
    package let isCurrent: Bool
    /// The first and the last second of its validity, counted from 1970; `nil` where no calendar has them.
    package let notBefore: Int64?
    package let notAfter: Int64?

    /// - Throws: `badCertificate` for anything but exactly one certificate whose extensions can be parsed.
    package init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let certificate = try ParsedCertificate(der)
        self.subject = try certificate.subject()
        self.issuer = try certificate.issuer()
        self.commonName = try certificate.commonName()
        self.keyAlgorithm = certificate.keyAlgorithm
        (self.dnsNames, self.addresses) = try certificate.names()
        self.isAuthority = try certificate.isAuthority()
        self.isSelfIssued = certificate.isSelfIssued
        self.isCurrent = certificate.isCurrent
        (self.notBefore, self.notAfter) = certificate.validity
    }
}
