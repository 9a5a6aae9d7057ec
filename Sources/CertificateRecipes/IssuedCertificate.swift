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

    init(_ recipe: CertificateRecipe, issuer: IssuedCertificate?, domain: String, now: Date) throws(CryptoError) {
        let key = try PrivateKey(recipe.key.kind)
        let publicKey = try key.publicKey
        let subject = DistinguishedName(
            .organization("Shakedown"),
            .commonName(recipe.subject.replacing("${domain}", with: domain))
        )
        let keyIdentifier = KeyIdentifier(publicKey: publicKey)
        let contents = CertificateContents(
            issuer: issuer?.subject ?? subject,
            subject: subject,
            notBefore: now.addingTimeInterval(TimeInterval(recipe.validity.from)),
            notAfter: now.addingTimeInterval(TimeInterval(recipe.validity.to)),
            publicKey: publicKey,
            extensions: Self.extensions(recipe, keyIdentifier: keyIdentifier, issuer: issuer, domain: domain)
        )
        self.der = try contents.signed(with: issuer?.key ?? key)
        self.key = key
        self.subject = subject
        self.keyIdentifier = keyIdentifier
        self.issuers = issuer.map { [$0.der] + $0.issuers } ?? []
    }

    private static func extensions(
        _ recipe: CertificateRecipe,
        keyIdentifier: KeyIdentifier,
        issuer: IssuedCertificate?,
        domain: String
    ) -> [CertificateExtension] {
        let leafUsage: KeyUsage = recipe.key.isRSA ? [.digitalSignature, .keyEncipherment] : [.digitalSignature]
        var extensions: [CertificateExtension] = [
            .basicConstraints(recipe.basicConstraints),
            .keyUsage(recipe.basicConstraints.isCA ? [.keyCertSign, .crlSign] : leafUsage),
            .subjectKeyIdentifier(keyIdentifier),
        ]
        if let issuer { extensions.append(.authorityKeyIdentifier(issuer.keyIdentifier)) }
        let dnsNames = recipe.allDNSNames(domain: domain)
        if !dnsNames.isEmpty || !recipe.addresses.isEmpty {
            extensions.append(.subjectAlternativeName(dnsNames: dnsNames, addresses: recipe.addresses))
        }
        if !recipe.usage.isEmpty { extensions.append(.extendedKeyUsage(recipe.usage)) }
        return extensions
    }
}

extension CertificateRecipe {
    fileprivate func allDNSNames(domain: String) -> [String] {
        let generated = self.generatedNames.map { names in
            (0..<names.count).map { names.pattern.replacing("${index}", with: String($0)) }
        }
        return (self.dnsNames + (generated ?? [])).map { $0.replacing("${domain}", with: domain) }
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
        case .ed25519: .ed25519
        case .rsa1024: .rsa(bits: 1024)
        case .rsa2048: .rsa(bits: 2048)
        case .rsa3072: .rsa(bits: 3072)
        case .rsa4096: .rsa(bits: 4096)
        }
    }
}
