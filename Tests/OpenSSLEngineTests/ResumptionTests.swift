import CredentialTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("OpenSSL sessions that resume")
struct ResumptionTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var version: TLSVersion
        var usesTickets = true
        var testDescription: String { "\(self.version.rawValue), tickets: \(self.usesTickets)" }
    }

    static let ways = [Way(version: .tls12), Way(version: .tls12, usesTickets: false), Way(version: .tls13)]

    private func pair(
        _ way: Way,
        resuming saved: SavedSession? = nil,
        serverName: String = "a.shakedown.test",
        place: String = "a",
        credential: Credential? = nil,
        server: (inout OpenSSLConfiguration) -> Void = { _ in }
    ) async throws -> SessionPair {
        let client = OpenSSLConfiguration(
            side: .client,
            minimumVersion: way.version,
            maximumVersion: way.version,
            credential: credential,
            usesTickets: way.usesTickets
        )
        var configuration = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        server(&configuration)
        var pair = SessionPair(
            client: try OpenSSLSession(client, serverName: serverName, resuming: saved),
            server: try OpenSSLSession(configuration, at: place)
        )
        await pair.client(.start)
        return pair
    }

    /// A re-encrypting edge is such a client: it shows its certificate once, and is known by it from then on.
    @Test("a server knows whose session is resumed by the certificate that it began with", arguments: ways)
    func clientCertificate(_ way: Way) async throws {
        let authority = try TestAuthority(name: "Clients that resume")
        let credentials = try ["one", "other"].map { name in
            let issued = try authority.issue([name], usage: [.client])
            return Credential(certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.keyPEM)
        }
        let demands: (inout OpenSSLConfiguration) -> Void = { $0.clientAuthorities = authority.certificatePEM }
        let first = try await self.pair(way, credential: credentials[0], server: demands)
        let shown = first.server.handshake.peerCertificates.first
        #expect(first.server.handshake.isResumed == false && shown != nil)
        var saved = try #require(first.client.savedSession)
        for _ in 0..<2 {
            // Whatever it would show now.
            var next = try await self.pair(way, resuming: saved, credential: credentials[1], server: demands)
            #expect(next.server.handshake.isResumed == true)
            #expect(next.server.handshake.peerCertificates.first == shown)
            saved = try #require(next.client.savedSession)
            // What ends without close_notify a server forgets.
            await next.client(.closeNotify)
            await next.server(.closeNotify)
        }
        let other = try await self.pair(way, credential: credentials[1], server: demands)
        #expect(other.server.handshake.peerCertificates.first != shown)
    }

    @Test("a session that began without a certificate has none when it is resumed", arguments: ways)
    func noClientCertificate(_ way: Way) async throws {
        let asks: (inout OpenSSLConfiguration) -> Void = { $0.requestsClientCertificate = true }
        let first = try await self.pair(way, server: asks)
        let saved = try #require(first.client.savedSession)
        let credential = try TestCredential.client.get()
        let second = try await self.pair(way, resuming: saved, credential: credential, server: asks)
        #expect(second.server.handshake.isResumed == true)
        #expect(second.server.handshake.peerCertificates.isEmpty)
    }

    @Test("a saved session is resumed, and says so on both sides", arguments: ways)
    func resumes(_ way: Way) async throws {
        let first = try await self.pair(way)
        #expect(first.client.handshake.isResumed == false && first.server.handshake.isResumed == false)
        let saved = try #require(first.client.savedSession)
        var second = try await self.pair(way, resuming: saved, serverName: "b.shakedown.test")
        #expect(second.client.handshake.isResumed == true && second.server.handshake.isResumed == true)
        #expect(first.client.handshake.offeredSession == nil && second.client.handshake.offeredSession == true)
        #expect(second.server.handshake.serverName == "b.shakedown.test")
        #expect(second.client.handshake.exporter == second.server.handshake.exporter)
        #expect(second.client.handshake.exporter != first.client.handshake.exporter)
        // Of a resumed session the certificate that it began with is known, and no other.
        #expect(second.client.handshake.peerCertificates == first.client.handshake.peerCertificates)
        await second.client(.plaintext(Array("resumed".utf8)))
        #expect(second.serverPlaintext == Array("resumed".utf8))
    }

    @Test("a session is resumed at the place where it began, and nowhere else", arguments: ways)
    func place(_ way: Way) async throws {
        let saved = try #require(try await self.pair(way).client.savedSession)
        let elsewhere = try await self.pair(way, resuming: saved, place: "b")
        #expect(elsewhere.client.handshake.isCompleted)
        #expect(elsewhere.client.handshake.isResumed == false && elsewhere.server.handshake.isResumed == false)
    }

    @Test("a session that was refused was offered all the same, and one of another version was not")
    func offered() async throws {
        let way = Way(version: .tls13)
        let saved = try #require(try await self.pair(way).client.savedSession)
        #expect(try await self.pair(way, resuming: saved, place: "b").client.handshake.offeredSession == true)
        let older = try await self.pair(Way(version: .tls12), resuming: saved)
        #expect(older.client.handshake.isCompleted && older.client.handshake.offeredSession == nil)
    }

    @Test("a resumed session can be saved and resumed again", arguments: ways)
    func again(_ way: Way) async throws {
        var saved: SavedSession?
        for isResumed in [false, true, true] {
            var next = try await self.pair(way, resuming: saved)
            #expect(next.client.handshake.isResumed == isResumed)
            saved = next.client.savedSession
            #expect(saved != nil)
            // What ends without close_notify a server forgets.
            await next.client(.closeNotify)
            await next.server(.closeNotify)
        }
    }

    @Test("servers that begin at once for the first time are one to their sessions")
    func atOnce() async throws {
        // No other test has a server of this list.
        let alone: @Sendable (inout OpenSSLConfiguration) -> Void = { $0.alpn = ["at-once"] }
        let way = Way(version: .tls12)
        let firsts = try await withThrowingTaskGroup(of: SavedSession?.self) { group in
            for _ in 0..<32 {
                group.addTask { try await self.pair(way, server: alone).client.savedSession }
            }
            var firsts: [SavedSession] = []
            while let saved = try await group.next() { if let saved { firsts.append(saved) } }
            return firsts
        }
        #expect(firsts.count == 32)
        for saved in firsts {
            let second = try await self.pair(way, resuming: saved, server: alone)
            #expect(second.client.handshake.isResumed == true)
        }
    }

    @Test("there is nothing to save before the handshake, nor at a server")
    func nothingToSave() async throws {
        let before = try OpenSSLSession(OpenSSLConfiguration(side: .client), serverName: "a.shakedown.test")
        #expect(before.savedSession == nil)
        #expect(try await self.pair(Way(version: .tls13)).server.savedSession == nil)
    }

    @Test("a server without tickets keeps the sessions itself", arguments: [TLSVersion.tls12, .tls13])
    func serverWithoutTickets(_ version: TLSVersion) async throws {
        let way = Way(version: version)
        let first = try await self.pair(way, server: { $0.usesTickets = false })
        let saved = try #require(first.client.savedSession)
        let second = try await self.pair(way, resuming: saved, server: { $0.usesTickets = false })
        #expect(second.client.handshake.isResumed == true)
    }

    @Test("what is saved does not print its secrets")
    func printing() async throws {
        let saved = try #require(try await self.pair(Way(version: .tls13)).client.savedSession)
        var dumped = ""
        dump(saved, to: &dumped)
        #expect("\(saved)" == "a session of openssl")
        #expect(dumped.count < 60)
    }

    @Test("another engine's session is our own trouble")
    func foreign() {
        #expect(throws: OpenSSLError(.badSession, "")) {
            try OpenSSLSession(
                OpenSSLConfiguration(side: .client),
                serverName: "a.shakedown.test",
                resuming: SavedSession(engine: .boringssl, encoding: [1, 2, 3])
            )
        }
    }
}
