package import LibCrypto

/// What an uploaded certificate says, as its owner is shown it.
package struct ReadCertificate: Hashable, Codable, Sendable {
    package let details: CertificateDetails
    package let dnsNames: [String]
    /// Each as its 4 or 16 bytes.
    package let addresses: [[UInt8]]
    package let isAuthority: Bool
    /// Seconds since 1970; `nil` where no calendar has them.
    package let notBefore: Int64?
    package let notAfter: Int64?

    init(_ der: [UInt8], field: String) throws(ControlError) {
        do throws(CryptoError) {
            self.details = try CertificateDetails(der: der)
            let facts = try CertificateFacts(der: der)
            self.dnsNames = facts.dnsNames
            self.addresses = facts.addresses
            self.isAuthority = facts.isAuthority
            self.notBefore = facts.notBefore
            self.notAfter = facts.notAfter
        } catch {
            throw .certificateUnreadable(error.description, field)
        }
    }
}
