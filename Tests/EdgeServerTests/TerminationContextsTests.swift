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

@Suite("The contexts that TLS of endpoints ends by")
struct TerminationContextsTests {
    private let store = CertificateStore()
    /// Of two endpoints that were bound alike.
    private let one: TerminationContexts
    private let two: TerminationContexts
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.authority = try TestAuthority()
        self.folder = try TemporaryFolder()
        self.one = try TerminationContexts(EdgeTermination(keyPair: nil, clientAuthorities: []))
        self.two = try TerminationContexts(EdgeTermination(keyPair: nil, clientAuthorities: []))
        self.store.replace(with: try self.certificates())
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

    private func context(_ endpoint: TerminationContexts, _ name: String) throws -> NIOSSLContext {
        try #require(try endpoint.context(for: TestHello.hello(serverName: name), among: self.store))
    }

    @Test("one is an endpoint's and a name's alone, however the name is spelt")
    func apart() throws {
        let own = try self.context(self.one, "a.example.com")
        #expect(try self.context(self.one, "A.Example.com") === own)
        #expect(try self.context(self.one, "b.example.com") !== own)
        #expect(try self.context(self.one, "a.example.org") !== own)
        #expect(try self.context(self.two, "a.example.com") !== own)
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
        let contexts = try [ecdsa, rsa, ecdsa, rsa].map {
            try #require(try self.one.context(for: $0, among: self.store))
        }
        #expect(contexts[0] === contexts[2] && contexts[1] === contexts[3] && contexts[0] !== contexts[1])
    }

    @Test("clients who must be vouched for are not let in by nobody: without a CA there is no context")
    func nobodyVouches() throws {
        let termination = EdgeTermination(keyPair: nil, clientAuthorities: [], verification: .requireAndVerify)
        #expect(throws: NgrokError.mutualTLSNoCertificate) { try TerminationContexts(termination) }
    }

    @Test("there is none without a certificate")
    func none() throws {
        #expect(try self.one.context(for: TestHello.hello(serverName: "a.example.net"), among: self.store) == nil)
    }

    @Test("new certificates are in new ones")
    func replaced() throws {
        let before = try self.context(self.one, "a.example.com")
        self.store.replace(with: try self.certificates())
        let after = try self.context(self.one, "a.example.com")
        #expect(after !== before)
        #expect(try self.context(self.one, "a.example.com") === after)
    }

    /// Whoever thinks of names below a wildcard can make an edge keep a context for each, or none for the names of others.
    @Test("a name that comes late has one as those before, and one that is used keeps its own")
    func manyNames() throws {
        let used = try self.context(self.one, "used.example.com")
        let early = try self.context(self.one, "early.example.com")
        for number in 0..<TerminationContexts.namesKept {
            _ = try self.context(self.one, "\(number).example.com")
            #expect(try self.context(self.one, "used.example.com") === used)
        }
        #expect(try self.context(self.one, "early.example.com") !== early)
        let late = try self.context(self.one, "late.example.com")
        #expect(try self.context(self.one, "late.example.com") === late)
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
        let endpoint = try TerminationContexts(termination)
        let contexts = try (0..<3).map { _ in try self.context(endpoint, "a.example.com") }
        #expect(contexts[0] !== contexts[1] && contexts[1] !== contexts[2] && contexts[0] !== contexts[2])
        #expect(contexts.allSatisfy { $0.configuration.certificateVerification == .noHostnameVerification })
    }
}
