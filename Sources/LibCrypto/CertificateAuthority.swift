import CLibCrypto

/// A CA of our own making, whose certificates are right: for those that are wrong on purpose the harness has recipes.
package struct CertificateAuthority: Sendable {
    /// In DER.
    package let certificate: [UInt8]
    package let key: PrivateKey

    /// Makes a CA for nothing but these domains and what is below them, because its key will lie on somebody's disk while their
    /// browser trusts it: it vouches for no other DNS name (RFC 5280 section 4.2.1.10), and for no CA below itself.
    ///
    /// Addresses are not limited: BoringSSL refuses every certificate with an address below a CA that limits them.
    ///
    /// - Parameters:
    ///   - name: The common name.
    ///   - validity: Seconds since 1970.
    package init(name: String, domains: [String], validity: ClosedRange<Int64>) throws(CryptoError) {
        let key = try PrivateKey(.ecdsaP256)
        let permitted = try CertificateDraft.list(domains.map { ("permitted;DNS", $0) })
        let draft = try CertificateDraft()
        try draft.begin(subject: name, key: key, validity: validity)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_name_constraints, "critical,\(permitted)")
        self.certificate = try draft.signed(with: key)
        self.key = key
    }

    /// One that was made before.
    ///
    /// - Throws: `badCertificate` where the certificate is no CA's, or another key's.
    package init(certificate: [UInt8], key: PrivateKey) throws(CryptoError) {
        guard try CertificateFacts(der: certificate).isAuthority, try key.isKey(of: certificate) else {
            throw CryptoError(.badCertificate)
        }
        self.certificate = certificate
        self.key = key
    }

    /// A server's certificate, in DER, for these DNS names, of which the first is its subject, and these IP addresses.
    ///
    /// - Parameters:
    ///   - dnsNames: At least one; `*.example.com` is a wildcard.
    ///   - addresses: As text, such as `127.0.0.1` or `::1`.
    ///   - validity: Seconds since 1970.
    package func issue(
        for dnsNames: [String],
        addresses: [String] = [],
        key: PrivateKey,
        validity: ClosedRange<Int64>
    ) throws(CryptoError) -> [UInt8] {
        let names = try CertificateDraft.list(dnsNames.map { ("DNS", $0) } + addresses.map { ("IP", $0) })
        let issuer = try ParsedCertificate(self.certificate)
        let draft = try CertificateDraft()
        try draft.begin(subject: dnsNames.first ?? "", key: key, validity: validity)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE")
        try draft.add(NID_key_usage, "critical,digitalSignature")
        try draft.add(NID_ext_key_usage, "serverAuth")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        try draft.add(NID_subject_alt_name, names)
        return try draft.signed(with: self.key, issuer: issuer)
    }

    /// Whether this CA's key signed a certificate, given in DER.
    package func hasIssued(_ certificate: [UInt8]) throws(CryptoError) -> Bool {
        ERR_clear_error()
        return try ParsedCertificate(certificate).isSigned(by: self.key)
    }
}
