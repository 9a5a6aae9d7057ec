internal import Foundation
internal import LibCrypto

/// A certificate with its key, so that others can be issued with it.
struct IssuedCertificate: Sendable {
    let der: [UInt8]
    let key: PrivateKey
    let subject: DistinguishedName
    let keyIdentifier: KeyIdentifier
    /// From the nearest issuer to the root, in DER; empty where it is self-signed.
    let issuers: [[UInt8]]

    /// What a recipe does not say itself.
    struct Circumstances {
        /// `nil` signs with its own key.
        var issuer: IssuedCertificate?
        /// Whose subject and key identifier it claims.
        var impersonated: IssuedCertificate?
        /// `nil` makes a new one.
        var key: PrivateKey?
        var domain: String
        /// What `${names}` stands for; without any, all of the domain's.
        var names: [String] = []
        var now: Date
    }

    init(_ recipe: CertificateRecipe, _ circumstances: Circumstances) throws(CryptoError) {
        let (issuer, domain) = (circumstances.issuer, circumstances.domain)
        let key = if let key = circumstances.key { key } else { try PrivateKey(recipe.key.kind) }
        let publicKey = try key.publicKey
        let subject =
            circumstances.impersonated?.subject ?? Self.subject(of: recipe, domain: domain)
        let keyIdentifier = circumstances.impersonated?.keyIdentifier ?? KeyIdentifier(publicKey: publicKey)
        let names = recipe.allDNSNames(domain: domain, names: circumstances.names)
        let contents = CertificateContents(
            issuer: issuer?.subject ?? subject,
            subject: subject,
            notBefore: circumstances.now.addingTimeInterval(TimeInterval(recipe.validity.from)),
            notAfter: circumstances.now.addingTimeInterval(TimeInterval(recipe.validity.to)),
            publicKey: publicKey,
            extensions: Self.extensions(recipe, keyIdentifier: keyIdentifier, issuer: issuer, dnsNames: names)
        )
        self.der = try contents.signed(with: issuer?.key ?? key)
        self.key = key
        self.subject = subject
        self.keyIdentifier = keyIdentifier
        self.issuers = issuer.map { [$0.der] + $0.issuers } ?? []
    }

    /// A certificate that signs itself and was made from this recipe by an earlier mint.
    ///
    /// - Throws: ``RecipeError`` where the subject or the key is another: what it issued would lead to nobody.
    init(adopting der: [UInt8], key: [UInt8], of recipe: CertificateRecipe, domain: String) throws {
        let key = try PrivateKey(recipe.key.kind, der: key)
        let publicKey = try key.publicKey
        let subject = Self.subject(of: recipe, domain: domain)
        guard der.firstRange(of: publicKey) != nil else {
            throw RecipeError(.notAdopted, "the certificate is of another key than the one beside it")
        }
        guard der.firstRange(of: subject.der) != nil else {
            throw RecipeError(.notAdopted, "the certificate's subject is not the recipe's, '\(recipe.subject)'")
        }
        self.der = der
        self.key = key
        self.subject = subject
        self.keyIdentifier = KeyIdentifier(publicKey: publicKey)
        self.issuers = []
    }

    private static func subject(of recipe: CertificateRecipe, domain: String) -> DistinguishedName {
        DistinguishedName(
            .organization("Shakedown"),
            .commonName(recipe.subject.replacing("${domain}", with: domain))
        )
    }

    private static func extensions(
        _ recipe: CertificateRecipe,
        keyIdentifier: KeyIdentifier,
        issuer: IssuedCertificate?,
        dnsNames: [String]
    ) -> [CertificateExtension] {
        let leafUsage: KeyUsage = recipe.key.isRSA ? [.digitalSignature, .keyEncipherment] : [.digitalSignature]
        var extensions: [CertificateExtension] = [
            .basicConstraints(recipe.basicConstraints),
            .keyUsage(recipe.basicConstraints.isCA ? [.keyCertSign, .crlSign] : leafUsage),
            .subjectKeyIdentifier(keyIdentifier),
        ]
        if let issuer { extensions.append(.authorityKeyIdentifier(issuer.keyIdentifier)) }
        if !dnsNames.isEmpty || !recipe.addresses.isEmpty {
            extensions.append(.subjectAlternativeName(dnsNames: dnsNames, addresses: recipe.addresses))
        }
        if !recipe.usage.isEmpty { extensions.append(.extendedKeyUsage(recipe.usage)) }
        return extensions
    }
}

extension CertificateRecipe {
    fileprivate func allDNSNames(domain: String, names: [String]) -> [String] {
        let generated = self.generatedNames.map { names in
            (0..<names.count).map { names.pattern.replacing("${index}", with: String($0)) }
        }
        let taken = names.isEmpty ? ["*.\(domain)", domain] : names
        return (self.dnsNames.flatMap { $0 == Self.namesPlaceholder ? taken : [$0] } + (generated ?? []))
            .map { $0.replacing("${domain}", with: domain) }
    }
}

extension CertificateRecipe.Key {
    fileprivate var isRSA: Bool {
        if case .rsa = self.kind { true } else { false }
    }

    fileprivate var kind: PrivateKey.Kind {
        switch self {
        case .ecdsaP256: .ecdsaP256
        case .ecdsaP384: .ecdsaP384
        case .ecdsaP521: .ecdsaP521
        case .ed25519: .ed25519
        case .rsa1024: .rsa(bits: 1024)
        case .rsa2048: .rsa(bits: 2048)
        case .rsa3072: .rsa(bits: 3072)
        case .rsa4096: .rsa(bits: 4096)
        }
    }
}
