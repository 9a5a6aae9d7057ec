internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import SwiftASN1
internal import X509

/// A certificate as the library holds it, so that others can be issued with its key.
struct IssuedCertificate: Sendable {
    let certificate: Certificate
    let key: Certificate.PrivateKey
    /// From the nearest issuer to the root; empty where it is self-signed.
    let issuers: [Certificate]

    init(_ recipe: CertificateRecipe, issuer: IssuedCertificate?, domain: String, now: Date) throws {
        let key = try Certificate.PrivateKey(recipe.key)
        let subject = try DistinguishedName {
            OrganizationName("Shakedown")
            CommonName(recipe.subject.replacing("${domain}", with: domain))
        }
        let signingKey = issuer?.key ?? key
        self.certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(TimeInterval(recipe.validity.from)),
            notValidAfter: now.addingTimeInterval(TimeInterval(recipe.validity.to)),
            issuer: issuer?.certificate.subject ?? subject,
            subject: subject,
            signatureAlgorithm: issuer?.signatureAlgorithm ?? recipe.key.signatureAlgorithm,
            extensions: Certificate.Extensions(
                Self.extensions(recipe, publicKey: key.publicKey, issuer: issuer, domain: domain)
            ),
            issuerPrivateKey: signingKey
        )
        self.key = key
        self.signatureAlgorithm = recipe.key.signatureAlgorithm
        self.issuers = issuer.map { [$0.certificate] + $0.issuers } ?? []
    }

    /// What this certificate's key signs with.
    private let signatureAlgorithm: Certificate.SignatureAlgorithm

    private static func extensions(
        _ recipe: CertificateRecipe,
        publicKey: Certificate.PublicKey,
        issuer: IssuedCertificate?,
        domain: String
    ) throws -> [Certificate.Extension] {
        let isCA = recipe.basicConstraints.isCA
        let keyIdentifier = SubjectKeyIdentifier(hash: publicKey)
        var extensions = [
            try Certificate.Extension(
                isCA
                    ? BasicConstraints.isCertificateAuthority(maxPathLength: recipe.basicConstraints.pathLength)
                    : .notCertificateAuthority,
                critical: true
            ),
            try Certificate.Extension(
                KeyUsage(
                    digitalSignature: !isCA,
                    keyEncipherment: !isCA && recipe.key.isRSA,
                    keyCertSign: isCA,
                    cRLSign: isCA
                ),
                critical: true
            ),
            try Certificate.Extension(keyIdentifier, critical: false),
        ]
        if let issuer, let identifier = try issuer.certificate.extensions.subjectKeyIdentifier {
            let authority = AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
            extensions.append(try Certificate.Extension(authority, critical: false))
        }
        let names = recipe.subjectAlternativeNames(domain: domain)
        if !names.isEmpty {
            extensions.append(try Certificate.Extension(SubjectAlternativeNames(names), critical: false))
        }
        if !recipe.usage.isEmpty {
            let usage = try ExtendedKeyUsage(recipe.usage.map { $0 == .server ? .serverAuth : .clientAuth })
            extensions.append(try Certificate.Extension(usage, critical: false))
        }
        return extensions
    }
}

extension CertificateRecipe {
    func subjectAlternativeNames(domain: String) -> [GeneralName] {
        let generated = self.generatedNames.map { names in
            (0..<names.count).map { names.pattern.replacing("${index}", with: String($0)) }
        }
        let dnsNames = (self.dnsNames + (generated ?? [])).map {
            GeneralName.dnsName($0.replacing("${domain}", with: domain))
        }
        return dnsNames + self.addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) }
    }
}

extension CertificateRecipe.Key {
    var isRSA: Bool {
        switch self {
        case .rsa1024, .rsa2048, .rsa3072, .rsa4096: true
        case .ecdsaP256, .ecdsaP384, .ed25519: false
        }
    }

    var signatureAlgorithm: Certificate.SignatureAlgorithm {
        switch self {
        case .ecdsaP256: .ecdsaWithSHA256
        case .ecdsaP384: .ecdsaWithSHA384
        case .ed25519: .ed25519
        case .rsa1024, .rsa2048, .rsa3072, .rsa4096: .sha256WithRSAEncryption
        }
    }
}

extension Certificate.PrivateKey {
    /// A new key of this sort.
    init(_ key: CertificateRecipe.Key) throws {
        switch key {
        case .ecdsaP256: self.init(P256.Signing.PrivateKey())
        case .ecdsaP384: self.init(P384.Signing.PrivateKey())
        case .ed25519: self.init(Curve25519.Signing.PrivateKey())
        case .rsa1024: self.init(try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1_024)))
        case .rsa2048: self.init(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        case .rsa3072: self.init(try _RSA.Signing.PrivateKey(keySize: .bits3072))
        case .rsa4096: self.init(try _RSA.Signing.PrivateKey(keySize: .bits4096))
        }
    }
}

extension Certificate {
    func derBytes() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(self)
        return serializer.serializedBytes
    }
}
