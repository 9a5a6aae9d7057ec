package import Addresses

/// How one certificate is made: what a file below `Certs/` says under one name.
///
/// Names and the subject may hold `${domain}`, which the ``Mint`` replaces; a name may be `${names}`, in whose place come
/// those that the certificate is for.
package struct CertificateRecipe: Hashable, Sendable {
    package var name: String
    package var kind: Kind
    package var issuer: Issuer
    /// The recipe whose subject and key identifier it claims, with a key of its own.
    package var impersonates: String?
    package var key: Key
    /// The common name.
    package var subject: String
    /// DNS names in the subject alternative name, in order.
    package var dnsNames: [String]
    /// More DNS names, made by counting.
    package var generatedNames: GeneratedNames?
    /// IP addresses in the subject alternative name, in order.
    package var addresses: [IPAddress]
    /// Extended key usage; empty writes no such extension, which allows every use.
    package var usage: [Usage]
    package var validity: Validity
    /// What basicConstraints says; the kind decides where the recipe is silent.
    package var basicConstraints: BasicConstraints
    /// Where the recipe stands, for messages: `Certs/clients.yaml:12`.
    package var location: String

    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Issues others, and is trusted by those who trust it: self-signed.
        case ca
        /// Issues others and is issued by another.
        case intermediate
        case leaf
    }

    package enum Issuer: Hashable, Sendable {
        /// Signed with its own key.
        case itself
        case recipe(String)
    }

    package enum Key: String, CaseIterable, Hashable, Sendable {
        case ecdsaP256 = "ecdsa-p256"
        case ecdsaP384 = "ecdsa-p384"
        case ecdsaP521 = "ecdsa-p521"
        case ed25519
        /// Too short for every current stack's defaults; the shortest that can be made here.
        case rsa1024 = "rsa-1024"
        case rsa2048 = "rsa-2048"
        case rsa3072 = "rsa-3072"
        case rsa4096 = "rsa-4096"
    }

    package enum Usage: String, CaseIterable, Hashable, Sendable {
        case server, client
    }

    /// Seconds relative to the moment of minting; negative is the past.
    package struct Validity: Hashable, Sendable {
        package var from: Int
        package var to: Int
        package init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }

    package struct BasicConstraints: Hashable, Sendable {
        package var isCA: Bool
        package var pathLength: Int?
        package init(isCA: Bool, pathLength: Int? = nil) {
            self.isCA = isCA
            self.pathLength = pathLength
        }
    }

    package struct GeneratedNames: Hashable, Sendable {
        package var count: Int
        /// Holds `${index}`, which counts from 0.
        package var pattern: String
        package init(count: Int, pattern: String) {
            self.count = count
            self.pattern = pattern
        }
    }

    static let namesPlaceholder = "${names}"

    /// Whether each endpoint that presents it has one of its own.
    package var takesNames: Bool { self.dnsNames.contains(Self.namesPlaceholder) }
}
