import CredentialTesting
import Legs
import NIOSSL
import OpenSSLEngine
import ScenarioModel
import TLSCredentials
import Testing

@Suite("The TLS contexts of a server")
struct ServerContextsTests {
    private let authority: TestAuthority
    private let clients: TestAuthority
    private let pair: KeyPair

    init() throws {
        self.authority = try TestAuthority()
        self.clients = try TestAuthority(name: "clients")
        let issued = try self.authority.issue(["a.example"])
        self.pair = try KeyPair(certificatePEM: Array(issued.certificatePEM.utf8), keyPEM: Array(issued.keyPEM.utf8))
    }

    private func contexts(asks: Bool) throws -> ServerContexts {
        try ServerContexts(
            self.pair,
            verifying: asks ? try ClientAuthorities(pem: Array(self.clients.certificatePEM.utf8)) : nil
        )
    }

    @Test("are one for each connection where certificates are demanded")
    func ownContexts() throws {
        let contexts = try self.contexts(asks: true)
        let some = try (0..<3).map { _ in try contexts.next() }
        #expect(some[0] !== some[1] && some[1] !== some[2] && some[0] !== some[2])
    }

    @Test(
        "are one for each connection where a certificate is asked for that nobody verifies",
        arguments: [HandshakeTerms.ClientCertificate.shown, .welcome]
    )
    func unverified(rule: HandshakeTerms.ClientCertificate) throws {
        var terms = HandshakeTerms()
        terms.clientCertificate = rule
        let contexts = try ServerContexts(self.pair, on: terms)
        #expect(try contexts.next() !== contexts.next())
    }

    @Test("are one for so many connections and no more where none are")
    func sharedContexts() throws {
        let contexts = try self.contexts(asks: false)
        let first = try contexts.next()
        for _ in 1..<ServerContexts.sharedHandshakes { #expect(try contexts.next() === first) }
        let second = try contexts.next()
        #expect(second !== first)
        #expect(try contexts.next() === second)
    }

    struct Way: Sendable, CustomTestStringConvertible {
        var version: ScenarioModel.TLSVersion
        var usesTickets = true
        var testDescription: String { "\(self.version.rawValue), tickets: \(self.usesTickets)" }
    }

    static let ways = [Way(version: .tls12), Way(version: .tls12, usesTickets: false), Way(version: .tls13)]

    /// What is resumed is not verified again: it would be served when its certificate has long expired.
    @MainActor
    @Test(
        "let a session be resumed where nobody is asked for a certificate, and nowhere else",
        arguments: ways,
        [true, false]
    )
    func resumption(_ way: Way, asks: Bool) async throws {
        let issued = try self.clients.issue(["c"], usage: [.client])
        let client = OpenSSLConfiguration(
            side: .client,
            minimumVersion: way.version,
            maximumVersion: way.version,
            credential: Credential(certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.keyPEM),
            usesTickets: way.usesTickets
        )
        let contexts = try self.contexts(asks: asks)
        let first = try await Encounter(try OpenSSLSession(client, serverName: "a.example"), try contexts.next())
        #expect(first.isAdmitted)
        let saved = try #require(first.client.savedSession)
        let again = try OpenSSLSession(client, serverName: "a.example", resuming: saved)
        let second = try await Encounter(again, try contexts.next())
        #expect(second.isAdmitted)
        #expect(second.client.handshake.offeredSession == true)
        #expect(second.client.handshake.isResumed == !asks)
        #expect(second.client.handshake.certificateWasRequested == asks)
    }
}
