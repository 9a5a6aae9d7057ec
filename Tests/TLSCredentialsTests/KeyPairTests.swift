import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Foundation
import LibCrypto
import NIOSSL
import TLSCredentials
import Testing

@Suite("A certificate chain and its key")
struct KeyPairTests {
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.authority = try TestAuthority()
        self.folder = try TemporaryFolder()
    }

    private func error(_ certificate: String, _ key: String) throws -> String {
        let error = try #require(throws: ConfigurationError.self) {
            try KeyPair.read(certificate: certificate, key: key)
        }
        return error.message.replacing(self.folder.url.path + "/", with: "")
    }

    @Test("is read with its names, and gives the chain without what else is in its file")
    func good() throws {
        let issued = try self.authority.issue(["a.example", "*.b.example"])
        let file = "a remark\n\(issued.certificatePEM)\(issued.keyPEM)\(self.authority.certificatePEM)"
        let path = try self.folder.write(file, to: "both.pem")
        let pair = try KeyPair.read(certificate: path, key: path)
        #expect(pair.dnsNames == ["a.example", "*.b.example"])
        #expect(pair.chain.count == 2)
        #expect("\(pair)" == "KeyPair([\"a.example\", \"*.b.example\"])" && "\(pair)" == String(reflecting: pair))
        #expect(String(decoding: pair.chainPEM, as: UTF8.self) == issued.certificatePEM + self.authority.certificatePEM)
    }

    @Test("asks clients for certificates where there are CAs, and says of which")
    func asks() throws {
        let issued = try self.authority.issue(["a.example"])
        let pair = try KeyPair(certificatePEM: Array(issued.certificatePEM.utf8), keyPEM: Array(issued.keyPEM.utf8))
        let clients = try ClientAuthorities(pem: Array(self.authority.certificatePEM.utf8))
        #expect(pair.serverConfiguration().certificateVerification == .none)
        let asking = pair.serverConfiguration(verifying: clients)
        #expect(asking.certificateVerification == .noHostnameVerification)
        #expect(asking.sendCANameList)
    }

    @Test("of files that cannot be used is refused, each in its own words")
    func refusals() throws {
        let issued = try self.authority.issue(["a.example"])
        let certificate = try self.folder.write(issued.certificatePEM, to: "a.pem")
        let key = try self.folder.write(issued.keyPEM, to: "a.key")
        let missing = self.folder.path("missing")
        let noise = try self.folder.write("hello", to: "noise")
        let broken = try self.folder.write(issued.certificatePEM.replacing("-----END", with: "----END"), to: "broken")
        let other = try self.folder.write(try self.authority.issue(["a.example"]).keyPEM, to: "other.key")
        #expect(try self.error(missing, key) == "cannot read the certificate missing: no such file or directory")
        #expect(try self.error(certificate, missing) == "cannot read the key missing: no such file or directory")
        #expect(try self.error(noise, key) == "the file noise has no certificate in PEM form")
        #expect(try self.error(broken, key) == "the certificate broken cannot be parsed")
        #expect(try self.error(certificate, noise) == "the key noise is no private key in PEM form")
        #expect(try self.error(certificate, other) == "the key other.key does not belong to the certificate a.pem")
    }

    /// An ECPrivateKey (RFC 5915) of the smallest number on a curve that TLS 1.3 has no signatures for, and browsers none at all.
    private static let keyOfP224: [UInt8] =
        [0x30, 0x2a, 2, 1, 1, 4, 28] + Array(repeating: 0, count: 27) + [1, 0xa0, 7, 6, 5, 0x2b, 0x81, 4, 0, 33]

    @Test("must have a key that TLS is signed with here")
    func algorithm() throws {
        let issued = try self.authority.issue(["a.example"], key: PrivateKey(.ecdsaP256, der: Self.keyOfP224))
        let certificate = try self.folder.write(issued.certificatePEM, to: "a.pem")
        let key = try self.folder.write(issued.keyPEM, to: "a.key")
        let complaint = "its key is neither RSA, ECDSA over P-256, P-384 or P-521, nor Ed25519"
        #expect(try self.error(certificate, key) == "the certificate a.pem cannot be used: \(complaint)")
        #expect(throws: ConfigurationError.self) {
            try KeyPair(certificatePEM: Array(issued.certificatePEM.utf8), keyPEM: Array(issued.keyPEM.utf8))
        }
    }

    @Test("must be valid now", arguments: [(-7200.0, -3600.0, "expired on"), (3600, 7200, "is not valid before")])
    func dates(from: Double, to: Double, complaint: String) throws {
        let issued = try self.authority.issue(["a.example"], from: from, to: to)
        let certificate = try self.folder.write(issued.certificatePEM, to: "a.pem")
        let key = try self.folder.write(issued.keyPEM, to: "a.key")
        #expect(try self.error(certificate, key).hasPrefix("the certificate a.pem \(complaint) 2"))
    }
}
