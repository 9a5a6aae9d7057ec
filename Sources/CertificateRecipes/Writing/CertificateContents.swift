package import Foundation
package import LibCrypto

/// What a certificate says (RFC 5280 section 4.1.2), to be signed. It is written as it stands, sensible or not.
package struct CertificateContents: Hashable, Sendable {
    /// Big-endian.
    package var serialNumber: [UInt8] = Self.randomSerialNumber()
    package var issuer: DistinguishedName
    package var subject: DistinguishedName
    package var notBefore: Date
    package var notAfter: Date
    /// A SubjectPublicKeyInfo.
    package var publicKey: [UInt8]
    package var extensions: [CertificateExtension]

    package init(
        issuer: DistinguishedName,
        subject: DistinguishedName,
        notBefore: Date,
        notAfter: Date,
        publicKey: [UInt8],
        extensions: [CertificateExtension]
    ) {
        self.issuer = issuer
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.publicKey = publicKey
        self.extensions = extensions
    }

    /// The certificate in DER, signed with its issuer's key.
    package func signed(with key: PrivateKey) throws(CryptoError) -> [UInt8] {
        let algorithm = key.kind.signatureAlgorithm
        let contents = DER.sequence(
            // Version 3 has the number 2.
            DER.element(0xa0, DER.integer(2)),
            DER.integer(self.serialNumber),
            algorithm,
            self.issuer.der,
            DER.sequence(DER.time(self.notBefore), DER.time(self.notAfter)),
            self.subject.der,
            self.publicKey,
            DER.element(0xa3, DER.sequence(self.extensions.map(\.der)))
        )
        return DER.sequence(contents, algorithm, DER.bitString(try key.signature(of: contents)))
    }

    /// As many bytes as a serial number may have, and positive (RFC 5280 section 4.1.2.2).
    private static func randomSerialNumber() -> [UInt8] {
        [UInt8.random(in: 1...0x7f)] + (1..<20).map { _ in UInt8.random(in: 0...0xff) }
    }
}

extension PrivateKey.Kind {
    /// What ``PrivateKey/signature(of:)`` signs with, as an AlgorithmIdentifier.
    fileprivate var signatureAlgorithm: [UInt8] {
        switch self {
        case .ecdsaP256: DER.sequence(DER.objectIdentifier([1, 2, 840, 10045, 4, 3, 2]))
        case .ecdsaP384: DER.sequence(DER.objectIdentifier([1, 2, 840, 10045, 4, 3, 3]))
        case .ecdsaP521: DER.sequence(DER.objectIdentifier([1, 2, 840, 10045, 4, 3, 4]))
        case .ed25519: DER.sequence(DER.objectIdentifier([1, 3, 101, 112]))
        // The parameters are NULL and not left out (RFC 4055 section 5).
        case .rsa: DER.sequence(DER.objectIdentifier([1, 2, 840, 113549, 1, 1, 11]), DER.null)
        }
    }
}
