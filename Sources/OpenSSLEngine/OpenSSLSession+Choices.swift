import COpenSSL
import ScenarioModel

extension OpenSSLSession {
    /// The cipher suites and signature algorithms that the offer names.
    func choose(_ offer: OpenSSLOffer) throws {
        guard !offer.ciphers.isEmpty || !offer.signatureAlgorithms.isEmpty else { return }
        // OpenSSL holds back what is below the security level of its build, and what is asked for may be weak on purpose.
        unsafe SSL_set_security_level(self.ssl, 0)
        if !offer.ciphers.isEmpty {
            let modern = offer.ciphers.filter { OfferedNames.ciphersOfTLS13.contains($0) }
            let older = offer.ciphers.filter { !modern.contains($0) }
            // unsafe: constant strings of the library; "(NONE)" for a suite that it does not have.
            let names = older.map { unsafe String(cString: OPENSSL_cipher_name($0)) }
            guard unsafe SSL_set_ciphersuites(self.ssl, modern.joined(separator: ":")) == 1,
                unsafe names.isEmpty || SSL_set_cipher_list(self.ssl, names.joined(separator: ":")) == 1,
                !names.contains("(NONE)")
            else { throw OpenSSLError(.badCiphers, offer.ciphers.joined(separator: ", ")) }
        }
        // The one that OpenSSL 3.0 has no name for.
        let algorithms = offer.signatureAlgorithms.map { $0 == "ecdsa_sha1" ? "ECDSA+SHA1" : $0 }
            .joined(separator: ":")
        if !algorithms.isEmpty, unsafe shim_SSL_set1_sigalgs_list(self.ssl, algorithms) != 1 {
            throw OpenSSLError(.badSignatureAlgorithms, algorithms)
        }
    }
}
