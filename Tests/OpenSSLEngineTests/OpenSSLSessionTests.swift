import CredentialTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("OpenSSL session")
struct OpenSSLSessionTests {
    private func pair(
        client: OpenSSLConfiguration = OpenSSLConfiguration(side: .client),
        server: (inout OpenSSLConfiguration) -> Void = { _ in },
        serverName: String? = "a.shakedown.test"
    ) async throws -> SessionPair {
        var configuration = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        server(&configuration)
        var pair = SessionPair(
            client: try OpenSSLSession(client, serverName: serverName),
            server: try OpenSSLSession(configuration)
        )
        await pair.client(.start)
        return pair
    }

    @Test("a handshake completes in every version, and both ends agree on what it was", arguments: TLSVersion.allCases)
    func handshake(_ version: TLSVersion) async throws {
        let pair = try await self.pair(
            client: OpenSSLConfiguration(side: .client, minimumVersion: version, maximumVersion: version),
            server: { $0.minimumVersion = .tls10 }
        )
        let client = pair.client.handshake
        let server = pair.server.handshake
        #expect(client.isCompleted && server.isCompleted)
        #expect(client.isAnswered && server.isAnswered)
        #expect(client.version == version && server.version == version)
        #expect(client.cipherSuite != nil && client.cipherSuite == server.cipherSuite)
        #expect(client.exporter?.bytes.count == 32)
        #expect(client.exporter == server.exporter)
        #expect(server.serverName == "a.shakedown.test")
        #expect(client.peerCertificates.count == 1)
        #expect(client.failure == nil && server.failure == nil)
        #expect(!client.certificateWasRequested)
    }

    @Test("two sessions have different exporters, so that equality proves one session")
    func exporters() async throws {
        let first = try await self.pair().client.handshake.exporter
        let second = try await self.pair().client.handshake.exporter
        #expect(first != second)
    }

    @Test("without a server name the server sees none")
    func noServerName() async throws {
        #expect(try await self.pair(serverName: nil).server.handshake.serverName == nil)
    }

    @Test("the server chooses a protocol by its own order")
    func alpn() async throws {
        let pair = try await self.pair(
            client: OpenSSLConfiguration(side: .client, alpn: ["http/1.1", "h2"]),
            server: { $0.alpn = ["h2", "http/1.1"] }
        )
        #expect(pair.client.handshake.alpn == "h2")
        #expect(pair.server.handshake.alpn == "h2")
    }

    @Test("a server without protocols ignores the client's list")
    func alpnIgnored() async throws {
        let pair = try await self.pair(client: OpenSSLConfiguration(side: .client, alpn: ["h2"]))
        #expect(pair.client.handshake.isCompleted)
        #expect(pair.client.handshake.alpn == nil)
    }

    @Test("an alert that ends a handshake is recorded as sent and as received")
    func alpnMismatch() async throws {
        let pair = try await self.pair(
            client: OpenSSLConfiguration(side: .client, alpn: ["smtp"]),
            server: { $0.alpn = ["h2"] }
        )
        let alert = HandshakeObservation.Alert(level: 2, code: 120, name: "no_application_protocol")
        #expect(pair.client.handshake.alertsReceived == [alert])
        #expect(pair.server.handshake.alertsSent == [alert])
        #expect(!pair.client.handshake.isCompleted && !pair.client.handshake.isAnswered)
        #expect(pair.client.handshake.failure != nil)
        #expect(pair.server.handshake.serverName == "a.shakedown.test")
    }

    @Test("a HelloRetryRequest is called by its name, and is no answer")
    func helloRetryRequest() async throws {
        let client = try OpenSSLSession(OpenSSLConfiguration(side: .client), serverName: "a.shakedown.test")
        _ = await client.step(.start)
        // RFC 8446 section 4.1.3: the random is SHA-256 of "HelloRetryRequest"; the extensions are supported_versions
        // (TLS 1.3) and key_share (secp384r1).
        let random: [UInt8] = [
            0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
            0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
        ]
        let extensions: [UInt8] = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 24]
        let body: [UInt8] = [3, 3] + random + [0, 0x13, 0x01, 0, 0, UInt8(extensions.count)] + extensions
        let message: [UInt8] = [2, 0, 0, UInt8(body.count)] + body
        _ = await client.step(.ciphertext([22, 3, 3, 0, UInt8(message.count)] + message))
        #expect(client.handshake.retryRequest?.description == "HelloRetryRequest for secp384r1")
        #expect(!client.handshake.isAnswered)
    }

    @Test("versions without overlap end in protocol_version")
    func versionMismatch() async throws {
        let pair = try await self.pair(
            client: OpenSSLConfiguration(side: .client, maximumVersion: .tls12),
            server: { $0.minimumVersion = .tls13 }
        )
        #expect(pair.client.handshake.alertsReceived.map(\.name) == ["protocol_version"])
    }

    @Test("a client certificate is sent when it is asked for", arguments: [TLSVersion.tls12, .tls13])
    func clientCertificate(_ version: TLSVersion) async throws {
        let client = OpenSSLConfiguration(
            side: .client,
            maximumVersion: version,
            credential: try TestCredential.client.get()
        )
        let asked = try await self.pair(client: client, server: { $0.requestsClientCertificate = true })
        #expect(asked.client.handshake.certificateWasRequested)
        #expect(asked.server.handshake.isCompleted)
        #expect(asked.server.handshake.peerCertificates.count == 1)
        let unasked = try await self.pair(client: client)
        #expect(!unasked.client.handshake.certificateWasRequested)
        #expect(unasked.server.handshake.peerCertificates.isEmpty)
    }

    @Test(
        "a server that demands certificates lets in only its CA's, and tells what it was shown",
        arguments: [TLSVersion.tls12, .tls13]
    )
    func demandedCertificate(_ version: TLSVersion) async throws {
        let authority = try TestAuthority(name: "Clients")
        // Has its name, and another key.
        let impostor = try TestAuthority(name: "Clients")
        func pair(_ shown: TestAuthority.Issued?) async throws -> SessionPair {
            let client = OpenSSLConfiguration(
                side: .client,
                maximumVersion: version,
                credential: shown.map { Credential(certificateChainPEM: $0.certificatePEM, privateKeyPEM: $0.keyPEM) }
            )
            return try await self.pair(client: client, server: { $0.clientAuthorities = authority.certificatePEM })
        }
        let good = try await pair(try authority.issue(["client"], usage: [.client]))
        #expect(good.server.handshake.isCompleted)
        #expect(good.server.handshake.peerCertificates.count == 1)
        let bad = try await pair(try impostor.issue(["client"], usage: [.client]))
        #expect(!bad.server.handshake.isCompleted)
        #expect(bad.server.handshake.peerCertificates.count == 1)
        #expect(bad.server.handshake.peerCertificates != good.server.handshake.peerCertificates)
        #expect(bad.client.handshake.alertsReceived.count == 1)
        let without = try await pair(nil)
        #expect(!without.server.handshake.isCompleted)
        #expect(without.server.handshake.peerCertificates.isEmpty)
        let alert = version == .tls13 ? "certificate_required" : "handshake_failure"
        #expect(without.client.handshake.alertsReceived.map(\.name) == [alert])
    }

    @Test("after its own close_notify a client still reads", arguments: [TLSVersion.tls12, .tls13])
    func halfClose(_ version: TLSVersion) async throws {
        var pair = try await self.pair(client: OpenSSLConfiguration(side: .client, maximumVersion: version))
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
        #expect(pair.client.handshake.alertsReceived.isEmpty)
    }

    @Test(
        "names that cannot be sent are refused before anything is sent",
        arguments: ["", "a\0b", String(repeating: "a", count: 256)]
    )
    func badServerName(_ name: String) throws {
        let error = try #require(throws: OpenSSLError.self) {
            try OpenSSLSession(OpenSSLConfiguration(side: .client), serverName: name)
        }
        #expect(error.code == .badServerName)
    }

    @Test("a certificate that is none, or has another's key, is our own trouble")
    func badCredential() throws {
        let good = try TestCredential.server.get()
        let other = try TestCredential.client.get()
        let noCertificate = Credential(certificateChainPEM: "nothing", privateKeyPEM: good.privateKeyPEM)
        let wrongKey = Credential(
            certificateChainPEM: good.certificateChainPEM,
            privateKeyPEM: other.privateKeyPEM
        )
        #expect(throws: OpenSSLError(.badCertificate, "")) {
            try OpenSSLSession(OpenSSLConfiguration(side: .server, credential: noCertificate))
        }
        #expect(throws: OpenSSLError(.badPrivateKey, "")) {
            try OpenSSLSession(OpenSSLConfiguration(side: .server, credential: wrongKey))
        }
    }

    @Test("the library says which one it is")
    func version() {
        #expect(openSSLVersionText.hasPrefix("OpenSSL "))
    }
}
