import AgentClient
import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Foundation
import TLSCredentials
import Testing

@Suite("Certificates and keys")
struct CertificateFilesTests {
    private let certificates: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.certificates = try TestAuthority()
        self.folder = try TemporaryFolder()
    }

    private func message(
        crt: String? = nil,
        key: String? = nil,
        clientCAs: String? = nil
    ) throws -> String {
        let pair = try self.certificates.leaf("app.example.com")
        var settings = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        settings.terminateAt = .agent
        settings.certificate = .file(try crt ?? self.folder.write(pair.certificatePEM, to: "good.pem"))
        settings.key = .file(try key ?? self.folder.write(pair.keyPEM, to: "good.key"))
        settings.mutualTLSCAs = clientCAs.map { [.file($0)] } ?? []
        let error = try #require(throws: ConfigurationError.self) { try Tunnel(settings) }
        #expect(error.hint != nil)
        return error.message.replacing(self.folder.url.path + "/", with: "")
    }

    @Test("that are missing are named")
    func missing() throws {
        #expect(
            try self.message(crt: self.folder.path("no.pem"))
                == "cannot read the certificate no.pem: no such file or directory"
        )
        #expect(
            try self.message(key: self.folder.path("no.key")) == "cannot read the key no.key: no such file or directory"
        )
    }

    @Test("that are something else are refused")
    func other() throws {
        let noise = try self.folder.write("hello", to: "noise.pem")
        #expect(try self.message(crt: noise).hasPrefix("the "))
        #expect(try self.message(key: noise) == "the key noise.pem is no private key in PEM form")
    }

    @Test("that do not belong together are refused")
    func mismatch() throws {
        let other = try self.folder.write(try self.certificates.leaf("app.example.com").keyPEM, to: "other.key")
        #expect(try self.message(key: other) == "the key other.key does not belong to the certificate good.pem")
    }

    @Test("that are not valid now are refused")
    func dates() throws {
        let expired = try self.certificates.leaf("app.example.com", days: -10...(-1))
        let path = try self.folder.write(expired.certificatePEM, to: "expired.pem")
        let key = try self.folder.write(expired.keyPEM, to: "expired.keyPEM")
        #expect(try self.message(crt: path, key: key).hasPrefix("the certificate expired.pem expired on 2"))
        let early = try self.certificates.leaf("app.example.com", days: 1...10)
        let earlyPath = try self.folder.write(early.certificatePEM, to: "early.pem")
        let earlyKey = try self.folder.write(early.keyPEM, to: "early.keyPEM")
        #expect(
            try self.message(crt: earlyPath, key: earlyKey).hasPrefix("the certificate early.pem is not valid before 2")
        )
    }

    @Test("for clients must be CAs")
    func clientCAs() throws {
        let leaf = try self.folder.write(try self.certificates.leaf("client").certificatePEM, to: "leaf.pem")
        #expect(try self.message(clientCAs: leaf).contains("ERR_NGROK_1696"))
        let noise = try self.folder.write("hello", to: "noise.pem")
        #expect(try self.message(clientCAs: noise).contains("ERR_NGROK_1695"))
        let broken = try self.folder.write(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            to: "broken.pem"
        )
        #expect(try self.message(clientCAs: broken).contains("ERR_NGROK_14002"))
    }

    @Test("for clients leave the agent as certificates alone, and not at all from a file with a key")
    func onlyCertificatesLeave() throws {
        let ca = self.certificates
        let both = try self.folder.write(ca.certificatePEM + ca.keyPEM, to: "both.pem")
        #expect(try self.message(clientCAs: both).contains("both.pem hold a private key"))
        var settings = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        settings.terminateAt = .edge
        settings.mutualTLSCAs = [
            .file(try self.folder.write("a remark\n\(ca.certificatePEM)\nanother\n", to: "ca.pem"))
        ]
        let sent = try #require(try Tunnel(settings).bind?.options.mutualTLSAtEdge)
        #expect(String(decoding: sent, as: UTF8.self) == ca.certificatePEM)
    }
}
