import CredentialTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("OpenSSL clients that send early data")
struct EarlyDataTests {
    private static let line = Array("said early\n".utf8)

    private func pair(
        takesEarlyData: Bool,
        offering offer: OpenSSLOffer,
        place: String = "a"
    ) async throws -> SessionPair {
        let client = OpenSSLConfiguration(side: .client, minimumVersion: .tls13)
        let server = OpenSSLConfiguration(
            side: .server,
            credential: try TestCredential.server.get(),
            takesEarlyData: takesEarlyData
        )
        var pair = SessionPair(
            client: try OpenSSLSession(client, offering: offer),
            server: try OpenSSLSession(server, at: place)
        )
        await pair.client(.start)
        return pair
    }

    private func saved(takesEarlyData: Bool) async throws -> SavedSession {
        var first = try await self.pair(
            takesEarlyData: takesEarlyData,
            offering: OpenSSLOffer(serverName: "a.shakedown.test")
        )
        #expect(first.client.handshake.earlyData == nil && first.server.handshake.earlyData == nil)
        let saved = try #require(first.client.savedSession)
        // What ends without close_notify a server forgets, and one that takes early data keeps its sessions itself.
        await first.client(.closeNotify)
        await first.server(.closeNotify)
        return saved
    }

    @Test("a server that takes it has it before anything else, and its ticket says that it does")
    func accepted() async throws {
        let saved = try await self.saved(takesEarlyData: true)
        var pair = try await self.pair(
            takesEarlyData: true,
            offering: OpenSSLOffer(serverName: "a.shakedown.test", resuming: saved, earlyData: Self.line)
        )
        #expect(pair.client.handshake.isCompleted && pair.server.handshake.isCompleted)
        #expect(pair.client.handshake.earlyData == .accepted && pair.server.handshake.earlyData == .accepted)
        #expect(pair.client.handshake.earlyDataAllowance == 16_384)
        #expect(pair.serverPlaintext == Self.line)
        #expect(pair.client.handshake.exporter == pair.server.handshake.exporter)
        await pair.client(.plaintext(Array("said late\n".utf8)))
        #expect(pair.serverPlaintext == Self.line + Array("said late\n".utf8))
        await pair.server(.plaintext(Array("heard".utf8)))
        #expect(pair.clientPlaintext == Array("heard".utf8))
    }

    @Test(
        "one that never offered to reads past it, and the client knows",
        arguments: ["a.shakedown.test", "b.shakedown.test"]
    )
    func forced(_ name: String) async throws {
        let saved = try await self.saved(takesEarlyData: false)
        var pair = try await self.pair(
            takesEarlyData: false,
            offering: OpenSSLOffer(serverName: name, resuming: saved, earlyData: Self.line)
        )
        #expect(pair.client.handshake.isCompleted && pair.server.handshake.isCompleted)
        #expect(pair.client.handshake.earlyData == .rejected)
        #expect(pair.client.handshake.earlyDataAllowance == 0)
        #expect(pair.server.handshake.serverName == name)
        #expect(pair.serverPlaintext == [])
        await pair.client(.plaintext(Self.line))
        #expect(pair.serverPlaintext == Self.line)
    }

    @Test("one that does not know the session reads past it too")
    func elsewhere() async throws {
        let saved = try await self.saved(takesEarlyData: true)
        let pair = try await self.pair(
            takesEarlyData: true,
            offering: OpenSSLOffer(serverName: "a.shakedown.test", resuming: saved, earlyData: Self.line),
            place: "b"
        )
        #expect(pair.client.handshake.isCompleted && pair.client.handshake.isResumed == false)
        #expect(pair.client.handshake.earlyData == .rejected && pair.serverPlaintext == [])
    }

    @Test("one that asks for a second hello has taken none of it")
    func secondHello() async throws {
        let saved = try await self.saved(takesEarlyData: true)
        let pair = try await self.pair(
            takesEarlyData: true,
            offering: OpenSSLOffer(
                serverName: "a.shakedown.test",
                groups: ["ffdhe2048", "X25519"],
                resuming: saved,
                earlyData: Self.line
            )
        )
        #expect(pair.client.handshake.isCompleted && pair.client.handshake.retryRequest != nil)
        #expect(pair.client.handshake.earlyData == .rejected && pair.serverPlaintext == [])
    }

    @Test("without a session of TLS 1.3 there is none to send")
    func notSent() async throws {
        let pair = try await self.pair(
            takesEarlyData: true,
            offering: OpenSSLOffer(serverName: "a.shakedown.test", earlyData: Self.line)
        )
        #expect(pair.client.handshake.isCompleted)
        #expect(pair.client.handshake.earlyData == .notSent && pair.serverPlaintext == [])
    }
}
