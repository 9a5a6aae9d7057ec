import CredentialTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("What clients of OpenSSL can be told to offer")
struct ChoiceTests {
    private func client(_ offer: OpenSSLOffer, _ version: TLSVersion) throws -> OpenSSLSession {
        try OpenSSLSession(
            OpenSSLConfiguration(side: .client, minimumVersion: version, maximumVersion: version),
            offering: offer
        )
    }

    @Test("every suite that a file may name goes into a hello by itself", arguments: OfferedNames.ciphers)
    func cipher(name: String) async throws {
        let version: TLSVersion = OfferedNames.ciphersOfTLS13.contains(name) ? .tls13 : .tls12
        let output = try await self.client(OpenSSLOffer(serverName: "a.shakedown.test", ciphers: [name]), version)
            .step(.start)
        #expect(!output.ciphertext.isEmpty && output.state == .handshaking)
    }

    @Test("every signature algorithm does", arguments: OfferedNames.signatureAlgorithms)
    func signatureAlgorithm(name: String) async throws {
        let offer = OpenSSLOffer(serverName: "a.shakedown.test", signatureAlgorithms: [name])
        let output = try await self.client(offer, .tls12).step(.start)
        #expect(!output.ciphertext.isEmpty && output.state == .handshaking)
    }

    @Test(
        "what is offered alone is what is taken",
        arguments: ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"]
    )
    func taken(name: String) async throws {
        let version: TLSVersion = OfferedNames.ciphersOfTLS13.contains(name) ? .tls13 : .tls12
        let server = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        var pair = SessionPair(
            client: try self.client(OpenSSLOffer(serverName: "a.shakedown.test", ciphers: [name]), version),
            server: try OpenSSLSession(server)
        )
        await pair.client(.start)
        #expect(pair.client.handshake.isCompleted)
        #expect(pair.client.handshake.cipherSuite == name)
    }

    @Test("a client of TLS 1.2 that takes SHA-1 signatures alone is refused")
    func refused() async throws {
        let server = OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get())
        let offer = OpenSSLOffer(serverName: "a.shakedown.test", signatureAlgorithms: ["rsa_pkcs1_sha1", "ecdsa_sha1"])
        var pair = SessionPair(client: try self.client(offer, .tls12), server: try OpenSSLSession(server))
        await pair.client(.start)
        #expect(!pair.client.handshake.isCompleted)
        #expect(pair.client.handshake.alertsReceived.map(\.name) == ["handshake_failure"])
    }

    @Test("a name that OpenSSL does not know is our own trouble")
    func unknown() {
        #expect(throws: OpenSSLError(.badCiphers, "")) {
            try self.client(OpenSSLOffer(ciphers: ["TLS_NOTHING"]), .tls12)
        }
        #expect(throws: OpenSSLError(.badSignatureAlgorithms, "")) {
            try self.client(OpenSSLOffer(signatureAlgorithms: ["nothing"]), .tls12)
        }
    }
}
