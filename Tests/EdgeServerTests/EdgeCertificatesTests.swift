import ConfigurationFiles
import CredentialTesting
import EdgeCore
import EdgeServer
import FolderTesting
import Foundation
import TLSCredentials
import Testing

@Suite("The edge's own certificates")
struct EdgeCertificatesTests {
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.authority = try TestAuthority()
        self.folder = try TemporaryFolder()
    }

    /// A certificate for some names, presented for others where those are given.
    private func files(
        _ file: String,
        _ certified: [String],
        names: [String] = []
    ) throws -> EdgeConfiguration.CertificateFiles {
        let issued = try self.authority.issue(certified)
        return EdgeConfiguration.CertificateFiles(
            certificate: try self.folder.write(issued.certificatePEM, to: "\(file).pem"),
            key: try self.folder.write(issued.keyPEM, to: "\(file).key"),
            names: try names.map { try DomainName($0) }
        )
    }

    /// The first name of the certificate that a client gets.
    private func presented(by certificates: EdgeCertificates, for name: String) -> String? {
        certificates.entry(forServerName: name)?.dnsNames.first
    }

    @Test("a wildcard of a certificate is for one label, and one of the configuration for every depth")
    func depth() throws {
        let own = try EdgeCertificates(reading: [try self.files("own", ["*.example.com"])])
        #expect(self.presented(by: own, for: "a.example.com") == "*.example.com")
        for name in ["a.b.example.com", "example.com", "com", "*.example.com.org"] {
            #expect(self.presented(by: own, for: name) == nil, "\(name)")
        }
        let said = try EdgeCertificates(reading: [try self.files("said", ["said"], names: ["*.example.com"])])
        for name in ["a.example.com", "a.b.example.com"] {
            #expect(self.presented(by: said, for: name) == "said", "\(name)")
        }
        #expect(self.presented(by: said, for: "example.com") == nil)
    }

    @Test("the most specific name decides, whoever says it")
    func specific() throws {
        let certificates = try EdgeCertificates(reading: [
            try self.files("wide", ["wide"], names: ["*.example.com"]),
            try self.files("narrow", ["*.b.example.com", "x.a.example.com"]),
            try self.files("exact", ["exact"], names: ["one.b.example.com", "*.a.example.com"]),
        ])
        for (name, presented) in [
            ("z.example.com", "wide"), ("z.b.example.com", "*.b.example.com"), ("y.z.b.example.com", "wide"),
            ("one.b.example.com", "exact"), ("x.a.example.com", "*.b.example.com"), ("y.a.example.com", "exact"),
            ("Z.B.EXAMPLE.com", "*.b.example.com"),
        ] {
            #expect(self.presented(by: certificates, for: name) == presented, "\(name)")
        }
    }

    @Test("an endpoint has one where its clients do, a wildcard endpoint where those one label below it do")
    func covers() throws {
        let certificates = try EdgeCertificates(reading: [
            try self.files("own", ["*.example.com"]), try self.files("said", ["said"], names: ["*.example.org"]),
        ])
        for (name, isCovered) in [
            ("a.example.com", true), ("b.a.example.com", false), ("*.example.com", true), ("*.a.example.com", false),
            ("b.a.example.org", true), ("*.a.example.org", true), ("a.example.net", false),
        ] {
            #expect(certificates.covers(try DomainName(name)) == isCovered, "\(name)")
        }
    }

    @Test("two for one name are refused, and both are named")
    func twice() throws {
        let first = try self.files("first", ["a.example.com", "*.example.com"])
        for (name, second) in [
            ("their", try self.files("their", ["b.example.com", "*.EXAMPLE.com"])),
            ("other", try self.files("other", ["c.example.com"], names: ["*.example.com"])),
        ] {
            let error = try #require(throws: ConfigurationError.self) {
                _ = try EdgeCertificates(reading: [first, second])
            }
            #expect(
                error.message.replacing(self.folder.url.path + "/", with: "")
                    == "the certificates first.pem and \(name).pem are both for '*.example.com'"
            )
            #expect(error.hint != nil)
        }
        let apart = try self.files("second", ["*.example.com"], names: ["b.example.com"])
        #expect(try EdgeCertificates(reading: [first, apart]).entry(forServerName: "b.example.com") != nil)
    }

    @Test("one may say a name twice")
    func same() throws {
        let file = try self.files("twice", ["a.example.com", "A.example.com"])
        #expect(try EdgeCertificates(reading: [file]).entry(forServerName: "a.example.com") != nil)
    }
}
