import ConfigurationFiles
import CredentialTesting
import EdgeCore
import EdgeServer
import FolderTesting
import Foundation
import LibCrypto
import TLSCredentials
import TLSWire
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
        names: [String] = [],
        key: PrivateKey.Kind = .ecdsaP256
    ) throws -> EdgeConfiguration.CertificateFiles {
        let issued = try self.authority.issue(certified, key: PrivateKey(key))
        return EdgeConfiguration.CertificateFiles(
            certificate: try self.folder.write(issued.certificatePEM, to: "\(file).pem"),
            key: try self.folder.write(issued.keyPEM, to: "\(file).key"),
            names: try names.map { try DomainName($0) }
        )
    }

    /// The first name of the certificate that a client gets.
    private func presented(by certificates: EdgeCertificates, for name: String) throws -> String? {
        let client = try TestHello.hello(serverName: "any.example")
        return certificates.entry(forServerName: name)?.pair(for: client)?.dnsNames.first
    }

    @Test("a wildcard of a certificate is for one label, and one of the configuration for every depth")
    func depth() throws {
        let own = try EdgeCertificates(reading: [try self.files("own", ["*.example.com"])])
        #expect(try self.presented(by: own, for: "a.example.com") == "*.example.com")
        for name in ["a.b.example.com", "example.com", "com", "*.example.com.org"] {
            #expect(try self.presented(by: own, for: name) == nil, "\(name)")
        }
        let said = try EdgeCertificates(reading: [try self.files("said", ["said"], names: ["*.example.com"])])
        for name in ["a.example.com", "a.b.example.com"] {
            #expect(try self.presented(by: said, for: name) == "said", "\(name)")
        }
        #expect(try self.presented(by: said, for: "example.com") == nil)
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
            #expect(try self.presented(by: certificates, for: name) == presented, "\(name)")
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

    @Test("two with keys of one kind for one name are refused, and both are named")
    func twice() throws {
        let first = try self.files("first", ["a.example.com", "*.example.com"])
        for (name, second) in [
            ("their", try self.files("their", ["b.example.com", "*.EXAMPLE.com"], key: .ecdsaP384)),
            ("other", try self.files("other", ["c.example.com"], names: ["*.example.com"])),
        ] {
            let error = try #require(throws: ConfigurationError.self) {
                _ = try EdgeCertificates(reading: [first, second])
            }
            #expect(
                error.message.replacing(self.folder.url.path + "/", with: "")
                    == "the certificates first.pem and \(name).pem are both for '*.example.com' and have ECDSA keys"
            )
            #expect(error.hint != nil)
        }
        let apart = try self.files("second", ["*.example.com"], names: ["b.example.com"])
        #expect(try EdgeCertificates(reading: [first, apart]).entry(forServerName: "b.example.com") != nil)
    }

    /// What is left when the client's word about one thing is taken away.
    private struct Client: Sendable {
        let says: String
        let family: KeyAlgorithm.Family
        let hello: @Sendable () throws -> ClientHello

        init(_ says: String, _ family: KeyAlgorithm.Family, _ hello: @escaping @Sendable () throws -> ClientHello) {
            (self.says, self.family, self.hello) = (says, family, hello)
        }
    }

    private static let clients = [
        Client("all, in TLS 1.2", .ecdsa) { try TestHello.hello(serverName: "a.b") },
        Client("all, in TLS 1.3", .ecdsa) { try TestHello.hello(serverName: "a.b", offersTLS13: true) },
        Client("RSA alone", .rsa) { try TestHello.hello(serverName: "a.b", schemes: [0x0401, 0x0804]) },
        Client("RSA alone, in TLS 1.3", .rsa) {
            try TestHello.hello(serverName: "a.b", offersTLS13: true, schemes: [0x0804])
        },
        Client("Ed25519 and RSA", .ed25519) { try TestHello.hello(serverName: "a.b", schemes: [0x0807, 0x0804]) },
        Client("Ed25519 and RSA, in TLS 1.3", .ed25519) {
            try TestHello.hello(serverName: "a.b", offersTLS13: true, schemes: [0x0804, 0x0807])
        },
        // In TLS 1.2 any hash goes with any curve, in TLS 1.3 each has its own.
        Client("ECDSA with another hash", .ecdsa) {
            try TestHello.hello(serverName: "a.b", schemes: [0x0603, 0x0401])
        },
        Client("ECDSA with another curve, in TLS 1.3", .rsa) {
            try TestHello.hello(serverName: "a.b", offersTLS13: true, schemes: [0x0603, 0x0804])
        },
        Client("another curve", .ed25519) { try TestHello.hello(serverName: "a.b", groups: [.x25519, .secp384r1]) },
        Client("another curve for the key exchange of TLS 1.3", .ecdsa) {
            try TestHello.hello(serverName: "a.b", offersTLS13: true, groups: [.x25519])
        },
        Client("suites of RSA alone", .rsa) {
            try TestHello.hello(serverName: "a.b", suites: [.ecdheRSAWithAES128GCMSHA256])
        },
        Client("suites that the edge lacks", .rsa) {
            try TestHello.hello(
                serverName: "a.b",
                suites: [CipherSuite(rawValue: 0xc0ac), .ecdheRSAWithAES128GCMSHA256]
            )
        },
        Client("no word of signatures", .rsa) { try TestHello.hello(serverName: "a.b", schemes: nil) },
        Client("nothing that the edge has", .rsa) { try TestHello.hello(serverName: "a.b", schemes: [0x0201]) },
    ]

    @Test("a name has one of each kind of key, and a client is shown the first that it can verify")
    func kinds() throws {
        for names in [["a.b"], []] {
            let certificates = try EdgeCertificates(reading: [
                try self.files("rsa", ["a.b"], key: .rsa(bits: 2048)), try self.files("ed", ["a.b"], key: .ed25519),
                // Whoever says the name: the configuration, or the certificate itself.
                try self.files("ecdsa", ["a.b"], names: names),
            ])
            for client in Self.clients {
                let pair = try certificates.entry(forServerName: "a.b")?.pair(for: client.hello())
                #expect(pair?.algorithm.family == client.family, "\(client.says)")
            }
        }
    }

    @Test("who can verify none is shown the last, and the only one is everybody's")
    func none() throws {
        let client = try TestHello.hello(serverName: "a.b", schemes: [0x0804])
        for (kinds, shown) in [
            ([PrivateKey.Kind.ecdsaP256, .ed25519], KeyAlgorithm.ed25519), ([.ecdsaP521], .ecdsaP521),
        ] {
            let files = try kinds.enumerated().map { try self.files("\($0)", ["a.b"], key: $1) }
            let pairs = try EdgeCertificates(reading: files).entry(forServerName: "a.b")
            #expect(pairs?.pair(for: client)?.algorithm == shown)
        }
    }

    @Test("of a wildcard that both say, deeper names have only the one that the configuration says it of")
    func deeper() throws {
        let certificates = try EdgeCertificates(reading: [
            try self.files("rsa", ["said"], names: ["*.a.b"], key: .rsa(bits: 2048)),
            try self.files("ecdsa", ["*.a.b"]),
        ])
        #expect(try self.presented(by: certificates, for: "x.a.b") == "*.a.b")
        #expect(try self.presented(by: certificates, for: "y.x.a.b") == "said")
        let client = try TestHello.hello(serverName: "any.example", schemes: [0x0804])
        #expect(certificates.entry(forServerName: "x.a.b")?.pair(for: client)?.dnsNames == ["said"])
    }

    @Test("one may say a name twice")
    func same() throws {
        let file = try self.files("twice", ["a.example.com", "A.example.com"])
        #expect(try EdgeCertificates(reading: [file]).entry(forServerName: "a.example.com") != nil)
    }
}
