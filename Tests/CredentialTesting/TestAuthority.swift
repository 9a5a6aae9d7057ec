package import Addresses
import CertificateRecipes
package import Foundation
package import LibCrypto

/// A CA of one test, and the certificates it issues. Nothing is valid for much longer than the test.
package struct TestAuthority: Sendable {
    package enum Usage: Sendable { case server, client }

    /// A certificate and its key, as PEM texts.
    package struct Issued: Sendable {
        package let certificatePEM: String
        package let keyPEM: String
    }

    package let certificatePEM: String
    package let keyPEM: String
    let name: DistinguishedName
    let key: PrivateKey

    /// - Parameters:
    ///   - isAuthority: What its basicConstraints say.
    ///   - names: For a self-signed certificate that a server presents.
    package init(name: String = "Test CA", isAuthority: Bool = true, names: [String] = []) throws {
        self.key = try PrivateKey(.ecdsaP256)
        self.name = DistinguishedName(.commonName(name))
        var extensions = [CertificateExtension.basicConstraints(.init(isCA: isAuthority))]
        if !names.isEmpty { extensions.append(.subjectAlternativeName(dnsNames: names)) }
        let contents = CertificateContents(
            issuer: self.name,
            subject: self.name,
            notBefore: Date(timeIntervalSinceNow: -3600),
            notAfter: Date(timeIntervalSinceNow: 86_400),
            publicKey: try self.key.publicKey,
            extensions: extensions
        )
        self.certificatePEM = try Self.pem(contents, key: self.key)
        self.keyPEM = try self.key.pem
    }

    private init(key: PrivateKey, name: DistinguishedName, contents: CertificateContents, issuer: PrivateKey) throws {
        self.key = key
        self.name = name
        self.certificatePEM = try Self.pem(contents, key: issuer)
        self.keyPEM = try key.pem
    }

    /// A CA below this one.
    ///
    /// - Parameters:
    ///   - from: Seconds from now, as `to`.
    package func authority(
        _ name: String,
        from: TimeInterval = -3600,
        to: TimeInterval = 86_400
    ) throws -> TestAuthority {
        let key = try PrivateKey(.ecdsaP256)
        let name = DistinguishedName(.commonName(name))
        let contents = CertificateContents(
            issuer: self.name,
            subject: name,
            notBefore: Date(timeIntervalSinceNow: from),
            notAfter: Date(timeIntervalSinceNow: to),
            publicKey: try key.publicKey,
            extensions: [.basicConstraints(.init(isCA: true))]
        )
        return try TestAuthority(key: key, name: name, contents: contents, issuer: self.key)
    }

    /// - Parameters:
    ///   - key: A new one unless said.
    ///   - from: Seconds from now, as `to`.
    package func issue(
        _ names: [String],
        addresses: [IPAddress] = [],
        usage: [Usage] = [.server],
        key given: PrivateKey? = nil,
        from: TimeInterval = -3600,
        to: TimeInterval = 86_400
    ) throws -> Issued {
        let key = try given ?? PrivateKey(.ecdsaP256)
        let contents = CertificateContents(
            issuer: self.name,
            subject: DistinguishedName(.commonName(names.first ?? "test")),
            notBefore: Date(timeIntervalSinceNow: from),
            notAfter: Date(timeIntervalSinceNow: to),
            publicKey: try key.publicKey,
            extensions: [
                .basicConstraints(.init(isCA: false)),
                .extendedKeyUsage(usage.map { $0 == .server ? .server : .client }),
                .subjectAlternativeName(dnsNames: names, addresses: addresses),
            ]
        )
        return Issued(certificatePEM: try Self.pem(contents, key: self.key), keyPEM: try key.pem)
    }

    private static func pem(_ contents: CertificateContents, key: PrivateKey) throws -> String {
        try PEMBlock(label: "CERTIFICATE", contents: try contents.signed(with: key)).text
    }
}
