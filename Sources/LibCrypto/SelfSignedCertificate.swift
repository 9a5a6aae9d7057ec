import CLibCrypto

/// A certificate that vouches for itself, for peers who look at what it says and not at who signed it.
package enum SelfSignedCertificate {
    /// In DER, for one DNS name and with one critical extension.
    ///
    /// - Parameters:
    ///   - subject: The common name, of 64 characters at most (RFC 5280 appendix A): a DNS name may have more.
    ///   - validity: Seconds since 1970.
    ///   - identifier: The extension's, such as `1.3.6.1.5.5.7.1.31`.
    ///   - contents: Of the extension, in DER.
    package static func issue(
        for dnsName: String,
        subject: String,
        key: PrivateKey,
        validity: ClosedRange<Int64>,
        criticalExtension identifier: String,
        contents: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let names = try CertificateDraft.list([("DNS", dnsName)])
        let draft = try CertificateDraft()
        try draft.begin(subject: subject, key: key, validity: validity)
        try draft.add(NID_subject_alt_name, names)
        try draft.add(critical: identifier, der: contents)
        return try draft.signed(with: key)
    }
}
