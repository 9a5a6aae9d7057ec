/// What a certificate's key signs with, of those that TLS is spoken with here.
package enum KeyAlgorithm: CaseIterable, Hashable, Sendable {
    case ecdsaP256, ecdsaP384, ecdsaP521, ed25519, rsa

    /// The kinds in the order of what a signature takes, the least first.
    package enum Family: String, CaseIterable, Hashable, Sendable {
        case ecdsa = "ECDSA"
        case ed25519 = "Ed25519"
        case rsa = "RSA"
    }

    package var family: Family {
        switch self {
        case .ecdsaP256, .ecdsaP384, .ecdsaP521: .ecdsa
        case .ed25519: .ed25519
        case .rsa: .rsa
        }
    }
}
