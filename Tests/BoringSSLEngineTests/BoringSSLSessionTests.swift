import BoringSSLEngine
import CredentialTesting
import Legs
import NIOCore
import NIOPosix
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("BoringSSL session")
struct BoringSSLSessionTests {
    private func client(
        _ configuration: BoringSSLConfiguration,
        serverName: String? = "a.shakedown.test"
    ) async throws -> BoringSSLSession {
        try await BoringSSLSession(
            configuration,
            serverName: serverName,
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
    }

    private func pair(
        _ configuration: BoringSSLConfiguration = BoringSSLConfiguration(),
        server: (inout OpenSSLConfiguration) -> Void = { _ in }
    ) async throws -> SessionPair {
        var serverConfiguration = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        server(&serverConfiguration)
        var pair = SessionPair(
            client: try await self.client(configuration),
            server: try OpenSSLSession(serverConfiguration)
        )
        await pair.client(.start)
        return pair
    }

    @Test("a handshake with OpenSSL completes, and both agree on what it was", arguments: TLSVersion.allCases)
    func handshake(_ version: TLSVersion) async throws {
        let pair = try await self.pair(
            BoringSSLConfiguration(minimumVersion: version, maximumVersion: version, alpn: ["h2"]),
            server: {
                $0.minimumVersion = .tls10
                $0.alpn = ["h2"]
            }
        )
        let client = pair.client.handshake
        let server = pair.server.handshake
        #expect(client.isCompleted && server.isCompleted && client.isAnswered)
        #expect(client.version == version)
        #expect(client.cipherSuite == server.cipherSuite)
        #expect(client.alpn == "h2")
        #expect(server.serverName == "a.shakedown.test")
        #expect(client.peerCertificates.count == 1)
        #expect(client.failure == nil)
    }

    @Test("the first flight is larger than one segment, since it has an ML-KEM share")
    func firstFlight() async throws {
        let output = await (try await self.client(BoringSSLConfiguration())).step(.start)
        #expect(output.ciphertext.count > 1_460)
    }

    @Test("an alert in the clear is recorded once")
    func plaintextAlert() async throws {
        let pair = try await self.pair(
            BoringSSLConfiguration(maximumVersion: .tls12),
            server: { $0.minimumVersion = .tls13 }
        )
        let alert = HandshakeObservation.Alert(level: 2, code: 70, name: "protocol_version")
        #expect(pair.client.handshake.alertsReceived == [alert])
        #expect(!pair.client.handshake.isCompleted)
    }

    @Test("a client certificate is sent when it is asked for", arguments: [TLSVersion.tls12, .tls13])
    func clientCertificate(_ version: TLSVersion) async throws {
        let pair = try await self.pair(
            BoringSSLConfiguration(maximumVersion: version, credential: try TestCredential.client.get()),
            server: { $0.requestsClientCertificate = true }
        )
        #expect(pair.server.handshake.isCompleted)
        #expect(pair.server.handshake.peerCertificates.count == 1)
    }

    @Test("after its own close_notify a client still reads", arguments: [TLSVersion.tls12, .tls13])
    func halfClose(_ version: TLSVersion) async throws {
        var pair = try await self.pair(BoringSSLConfiguration(maximumVersion: version))
        await pair.client(.plaintext(Array("question".utf8)))
        await pair.client(.closeNotify)
        #expect(pair.serverPlaintext == Array("question".utf8))
        #expect(pair.server.handshake.closeNotifyReceived)
        #expect(!pair.client.handshake.closeNotifyReceived)
        let answer = [UInt8](repeating: 9, count: 100_000)
        await pair.server(.plaintext(answer))
        await pair.server(.closeNotify)
        #expect(pair.clientPlaintext == answer)
        #expect(pair.client.handshake.closeNotifyReceived)
        #expect(pair.client.handshake.failure == nil)
    }

    @Test("after the server's close_notify a client still writes", arguments: [TLSVersion.tls12, .tls13])
    func serverHalfClose(_ version: TLSVersion) async throws {
        var pair = try await self.pair(BoringSSLConfiguration(maximumVersion: version))
        await pair.server(.closeNotify)
        #expect(pair.client.handshake.closeNotifyReceived)
        await pair.client(.plaintext(Array("afterwards".utf8)))
        await pair.client(.closeNotify)
        #expect(pair.serverPlaintext == Array("afterwards".utf8))
        #expect(pair.server.handshake.closeNotifyReceived)
    }

    @Test("an address is refused as a server name, since BoringSSL's owner will not send it")
    func addressAsName() async throws {
        await #expect(throws: BoringSSLError.self) {
            _ = try await self.client(BoringSSLConfiguration(), serverName: "127.0.0.1")
        }
    }
}
