import AgentProtocol
import CredentialTesting
import EdgeCore
import EdgeServer
import FolderTesting
import LibCrypto
import NIOSSL
import TLSCredentials
import Testing
import TrafficPolicy

@Suite("The contexts of the endpoints")
struct CertificateStoreTests {
    private let store = CertificateStore()
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.authority = try TestAuthority()
        self.folder = try TemporaryFolder()
        self.store.replace(with: try self.certificates())
        for endpoint: UInt64 in 1...2 {
            try self.store.prepare(EdgeTermination(keyPair: nil, clientAuthorities: []), of: endpoint)
        }
    }

    private func certificates() throws -> EdgeCertificates {
        let issued = try self.authority.issue(["*.example.com", "*.example.org"])
        return try EdgeCertificates(reading: [
            EdgeConfiguration.CertificateFiles(
                certificate: try self.folder.write(issued.certificatePEM, to: "a.pem"),
                key: try self.folder.write(issued.keyPEM, to: "a.key")
            )
        ])
    }

    private func context(_ endpoint: UInt64, _ name: String) throws -> NIOSSLContext {
        try #require(try self.store.context(of: endpoint, for: TestHello.hello(serverName: name)))
    }

    @Test("one is an endpoint's and a name's alone, however the name is spelt")
    func apart() throws {
        let own = try self.context(1, "a.example.com")
        #expect(try self.context(1, "A.Example.com") === own)
        #expect(try self.context(1, "b.example.com") !== own)
        #expect(try self.context(1, "a.example.org") !== own)
        #expect(try self.context(2, "a.example.com") !== own)
    }

    /// A session of the one is no session of the other, whose certificate its client would never have seen.
    @Test("of a name with two pairs each has its own, which clients of its kind share")
    func pairs() throws {
        let both = try [PrivateKey.Kind.ecdsaP256, .rsa(bits: 2048)].enumerated().map { index, kind in
            let issued = try self.authority.issue(["a.example.com"], key: PrivateKey(kind))
            return EdgeConfiguration.CertificateFiles(
                certificate: try self.folder.write(issued.certificatePEM, to: "\(index).pem"),
                key: try self.folder.write(issued.keyPEM, to: "\(index).key")
            )
        }
        self.store.replace(with: try EdgeCertificates(reading: both))
        let ecdsa = try TestHello.hello(serverName: "a.example.com")
        let rsa = try TestHello.hello(serverName: "A.example.com", schemes: [0x0804])
        let contexts = try [ecdsa, rsa, ecdsa, rsa].map { try #require(try self.store.context(of: 1, for: $0)) }
        #expect(contexts[0] === contexts[2] && contexts[1] === contexts[3] && contexts[0] !== contexts[1])
    }

    @Test("clients who must be vouched for are not let in by nobody: without a CA there is no context")
    func nobodyVouches() throws {
        let termination = EdgeTermination(keyPair: nil, clientAuthorities: [], verification: .requireAndVerify)
        #expect(throws: NgrokError.mutualTLSNoCertificate) { try self.store.prepare(termination, of: 3) }
        #expect(throws: NgrokError.mutualTLSNoCertificate) {
            _ = try self.store.contexts(for: termination, of: TestHello.hello(serverName: "a.example.com"))
        }
    }

    @Test("there is none without a certificate, nor of an endpoint that is gone")
    func none() throws {
        #expect(try self.store.context(of: 1, for: TestHello.hello(serverName: "a.example.net")) == nil)
        self.store.forget(1)
        #expect(try self.store.context(of: 1, for: TestHello.hello(serverName: "a.example.com")) == nil)
    }

    @Test("new certificates are in new ones")
    func replaced() throws {
        let before = try self.context(1, "a.example.com")
        self.store.replace(with: try self.certificates())
        let after = try self.context(1, "a.example.com")
        #expect(after !== before)
        #expect(try self.context(1, "a.example.com") === after)
    }

    /// Whoever thinks of names below a wildcard can make an edge keep a context for each, or none for the names of others.
    @Test("a name that comes late has one as those before, and one that is used keeps its own")
    func manyNames() throws {
        let used = try self.context(1, "used.example.com")
        let early = try self.context(1, "early.example.com")
        for number in 0..<CertificateStore.namesKept {
            _ = try self.context(1, "\(number).example.com")
            #expect(try self.context(1, "used.example.com") === used)
        }
        #expect(try self.context(1, "early.example.com") !== early)
        let late = try self.context(1, "late.example.com")
        #expect(try self.context(1, "late.example.com") === late)
    }

    @Test("where certificates are demanded there is one for each connection", arguments: [true, false])
    func mutualTLS(hasPair: Bool) throws {
        let pair = try self.authority.issue(["a.example.com"])
        let termination = EdgeTermination(
            keyPair: hasPair
                ? EdgeTermination.KeyPair(
                    certificateChain: Array(pair.certificatePEM.utf8),
                    privateKey: Array(pair.keyPEM.utf8)
                ) : nil,
            clientAuthorities: Array(self.authority.certificatePEM.utf8)
        )
        try self.store.prepare(termination, of: 3)
        let contexts = try (0..<3).map { _ in try self.context(3, "a.example.com") }
        #expect(contexts[0] !== contexts[1] && contexts[1] !== contexts[2] && contexts[0] !== contexts[2])
        #expect(contexts.allSatisfy { $0.configuration.certificateVerification == .noHostnameVerification })
    }
}
