import CredentialTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("OpenSSL clients that are asked for a second hello")
struct SecondHelloTests {
    private func pair(_ offer: OpenSSLOffer) async throws -> SessionPair {
        let server = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        var pair = SessionPair(
            client: try OpenSSLSession(OpenSSLConfiguration(side: .client), offering: offer),
            server: try OpenSSLSession(server)
        )
        await pair.client(.start)
        return pair
    }

    @Test("a first share that the server does not take brings a HelloRetryRequest", arguments: [true, false])
    func retried(_ isRetried: Bool) async throws {
        let groups = isRetried ? ["ffdhe2048", "X25519"] : ["X25519", "ffdhe2048"]
        let pair = try await self.pair(OpenSSLOffer(serverName: "a.shakedown.test", groups: groups))
        #expect(pair.client.handshake.isCompleted && pair.server.handshake.isCompleted)
        #expect((pair.client.handshake.retryRequest != nil) == isRetried)
        #expect(pair.server.handshake.serverName == "a.shakedown.test")
    }

    @Test("the second hello can have another name, which the server hears", arguments: [true, false])
    func anotherName(_ isRetried: Bool) async throws {
        let pair = try await self.pair(
            OpenSSLOffer(
                serverName: "a.shakedown.test",
                serverNameAfterRetry: "b.shakedown.test",
                groups: isRetried ? ["ffdhe2048", "X25519"] : ["X25519"]
            )
        )
        #expect(pair.client.handshake.isCompleted)
        #expect(pair.server.handshake.serverName == (isRetried ? "b.shakedown.test" : "a.shakedown.test"))
    }

    @Test("groups that OpenSSL does not know are our own trouble")
    func unknownGroup() {
        #expect(throws: OpenSSLError(.badGroups, "")) {
            try OpenSSLSession(
                OpenSSLConfiguration(side: .client),
                offering: OpenSSLOffer(serverName: "a.shakedown.test", groups: ["nothing"])
            )
        }
    }
}
