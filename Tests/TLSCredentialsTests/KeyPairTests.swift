import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Foundation
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

    @Test("must be valid now", arguments: [(-7200.0, -3600.0, "expired on"), (3600, 7200, "is not valid before")])
    func dates(from: Double, to: Double, complaint: String) throws {
        let issued = try self.authority.issue(["a.example"], from: from, to: to)
        let certificate = try self.folder.write(issued.certificatePEM, to: "a.pem")
        let key = try self.folder.write(issued.keyPEM, to: "a.key")
        #expect(try self.error(certificate, key).hasPrefix("the certificate a.pem \(complaint) 2"))
    }
}
