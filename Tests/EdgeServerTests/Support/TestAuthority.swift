import Crypto
import Foundation
import SwiftASN1
import X509

/// A CA of one test, and the certificates it issues. Nothing lives longer than the test.
struct TestAuthority {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    struct Issued {
        let certificatePEM: String
        let keyPEM: String
    }

    init(name: String, isAuthority: Bool = true) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName(name) }
        self.key = key
        self.certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSinceNow: -3600),
            notValidAfter: Date(timeIntervalSinceNow: 86_400),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(
                    isAuthority
                        ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                        : BasicConstraints.notCertificateAuthority
                )
            },
            issuerPrivateKey: key
        )
    }

    func pem() throws -> String { try self.certificate.serializeAsPEM().pemString }

    func issue(
        _ names: [String],
        usage: ExtendedKeyUsage.Usage = .serverAuth,
        from: TimeInterval = -3600,
        to: TimeInterval = 86_400
    ) throws -> Issued {
        let signing = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PrivateKey(signing).publicKey,
            notValidBefore: Date(timeIntervalSinceNow: from),
            notValidAfter: Date(timeIntervalSinceNow: to),
            issuer: self.certificate.subject,
            subject: try DistinguishedName { CommonName(names.first ?? "test") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([usage])
                SubjectAlternativeNames(names.map { .dnsName($0) })
            },
            issuerPrivateKey: self.key
        )
        return Issued(
            certificatePEM: try certificate.serializeAsPEM().pemString,
            keyPEM: signing.pemRepresentation
        )
    }
}
