/// A certificate chain and its private key, in PEM: what a TLS engine is given to present.
package struct Credential: Hashable, Sendable {
    /// Leaf first.
    package var certificateChainPEM: String
    package var privateKeyPEM: String
    package init(certificateChainPEM: String, privateKeyPEM: String) {
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}
