import Crypto
import Foundation
import SwiftASN1
import X509

/// A CA and what it signs, made for one test.
struct TestCertificates {
    /// A certificate and its key, as PEM texts.
    struct Pair {
        let certificate: String
        let key: String
    }

    let ca: Pair
    private let caKey = P256.Signing.PrivateKey()
    private let caName: DistinguishedName

    init(name: String = "Test CA") throws {
        self.caName = try DistinguishedName { CommonName(name) }
        self.ca = try Self.make(
            subject: self.caName,
            issuer: self.caName,
            key: self.caKey,
            signer: self.caKey,
            isCA: true,
            names: [],
            days: -1...30
        )
    }

    /// - Parameter days: When it is valid, counted from today.
    func leaf(_ name: String, days: ClosedRange<Int> = -1...30) throws -> Pair {
        try Self.make(
            subject: try DistinguishedName { CommonName(name) },
            issuer: self.caName,
            key: P256.Signing.PrivateKey(),
            signer: self.caKey,
            isCA: false,
            names: [name],
            days: days
        )
    }

    private static func make(
        subject: DistinguishedName,
        issuer: DistinguishedName,
        key: P256.Signing.PrivateKey,
        signer: P256.Signing.PrivateKey,
        isCA: Bool,
        names: [String],
        days: ClosedRange<Int>
    ) throws -> Pair {
        let day: TimeInterval = 86_400
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date().addingTimeInterval(day * Double(days.lowerBound)),
            notValidAfter: Date().addingTimeInterval(day * Double(days.upperBound)),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                if isCA {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                } else {
                    Critical(BasicConstraints.notCertificateAuthority)
                    try ExtendedKeyUsage([.serverAuth, .clientAuth])
                    SubjectAlternativeNames(names.map { .dnsName($0) })
                }
            },
            issuerPrivateKey: Certificate.PrivateKey(signer)
        )
        return Pair(certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
    }
}

/// A folder that is removed with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "shakedown-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.url)
    }

    func path(_ name: String) -> String { self.url.appending(path: name).path }

    func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: self.url.appending(path: name))
        return self.path(name)
    }
}
