import CLibCrypto

/// Whether certificates follow one another as TLS sends them.
package enum CertificateChain {
    /// The first certificate whose key did not sign the one before it; `nil` where each did.
    ///
    /// - Parameter chain: In DER, the server's own certificate first.
    package static func firstThatDidNotSign(_ chain: [[UInt8]]) throws(CryptoError) -> Int? {
        guard var signed = chain.first else { return nil }
        for (index, issuer) in chain.enumerated().dropFirst() {
            ERR_clear_error()
            let certificate = try ParsedCertificate(signed)
            guard try certificate.isSigned(byKeyOf: ParsedCertificate(issuer)) else { return index }
            signed = issuer
        }
        return nil
    }
}
