import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HangTesting
import LibCrypto
import MuxadoChannel
import NIOCore
import NIOSSL
import Testing

@Suite("TLS that the edge ends", .noHang)
struct EdgeTerminationTests {
    @Test("plaintext reaches the agent and is what events count", arguments: [TLSVersion.tlsv12, .tlsv13])
    func plaintext(version: TLSVersion) async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "edge.shakedown.test") { $0.tlsTermination = .init() }
            let client = try await edge.connect("edge.shakedown.test", maximum: version)
            try await client.send(Array("hello".utf8))
            #expect(try await client.bytes(5) == Array("hello".utf8))
            try await client.endInput()
            let seen = try await client.end()
            #expect(seen.handshake)
            let stream = try await agent.nextStream()
            #expect(stream.payload == Array("hello".utf8))
            #expect(stream.header?.passthroughTLS == false)
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.bytesIn) == [5])
        #expect(events.map(\.object.conn.bytesOut) == [5])
    }

    @Test(
        "a client that ends without close_notify is no end in order for the agent",
        arguments: [TLSVersion.tlsv12, .tlsv13]
    )
    func truncatedClient(version: TLSVersion) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "cut.shakedown.test") { $0.tlsTermination = .init() }
            let client = try await edge.connect("cut.shakedown.test", maximum: version)
            try await client.send(Self.much)
            #expect((try await client.bytes(Self.much.count) == Self.much) as Bool)
            try await client.truncate()
            let seen = try await client.end()
            #expect(seen.errors.contains { $0.contains("uncleanShutdown") }, "\(seen.errors)")
            let stream = try await agent.nextStream()
            #expect((stream.payload == Self.much) as Bool, "\(stream.payload.count) bytes")
            #expect(stream.failed && !stream.inputEnded)
            try await agent.vanish()
        }
    }

    @Test("to an agent that is not ours, which would leave its upstream waiting, that end is one in order")
    func truncatedClientOfAForeignAgent() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate(clientType: "library/official/python")
            let bound = try await agent.bind {
                $0.hostname = "cut.shakedown.test"
                $0.tlsTermination = .init()
            }
            try #require(bound.error.isEmpty)
            let client = try await edge.connect("cut.shakedown.test")
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            try await client.truncate()
            _ = try await client.end()
            let stream = try await agent.nextStream()
            #expect(stream.inputEnded && !stream.failed)
            try await agent.vanish()
        }
    }

    @Test(
        "an answer that was cut reaches the client whole as far as it came, and without close_notify",
        arguments: [TLSVersion.tlsv12, .tlsv13]
    )
    func cutAnswer(version: TLSVersion) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(
                edge,
                "cut.shakedown.test",
                behaviour: .speakAndCut(Self.much)
            ) { $0.tlsTermination = .init() }
            let client = try await edge.connect("cut.shakedown.test", maximum: version)
            let seen = try await client.end()
            #expect((seen.bytes == Self.much) as Bool, "\(seen.bytes.count) bytes")
            #expect(seen.errors.contains { $0.contains("uncleanShutdown") }, "\(seen.errors)")
            try await agent.vanish()
        }
    }

    /// Less than a stream's window: the agent may say it and cut it in one breath.
    private static let much = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    @Test("a pair of the bind's own is presented in place of the edge's")
    func ownPair() async throws {
        try await TestEdge.run { edge in
            let authority = try TestAuthority(name: "own")
            let pair = try authority.issue(["own.shakedown.test"])
            let agent = try await TestAgent.serving(edge, "own.shakedown.test") {
                $0.tlsTermination = .init(certificate: Array(pair.certificatePEM.utf8), key: Array(pair.keyPEM.utf8))
            }
            let client = try await edge.connect("own.shakedown.test", trusting: authority)
            try await client.send(Array("x".utf8))
            #expect(try await client.bytes(1) == Array("x".utf8))
            client.channel.close(promise: nil)
            #expect(try await client.ended.get().handshake)
            try await agent.vanish()
        }
    }

    @Test("sessions that choose one id have each its own pair, and what is bound again under an id has the new one")
    func pairsOfOneID() async throws {
        try await TestEdge.run { edge in
            let (one, two) = (try await TestAgent.connect(to: edge), try await TestAgent.connect(to: edge))
            func bind(_ agent: TestAgent, _ name: String, issuedBy authority: TestAuthority) async throws {
                let pair = try authority.issue([name])
                var bind = Bind(id: "chosen", options: TLSOptions())
                bind.options.hostname = name
                bind.options.tlsTermination = .init(
                    certificate: Array(pair.certificatePEM.utf8),
                    key: Array(pair.keyPEM.utf8)
                )
                let reply: BindResp = try await agent.request(.bind, bind)
                #expect(reply.error.isEmpty && reply.id == "chosen")
            }
            func isServed(_ name: String, trusting authority: TestAuthority) async throws -> Bool {
                let client = try await edge.connect(name, trusting: authority)
                try? await client.send([1])
                let isServed = (try? await client.bytes(1)) == [1]
                client.channel.close(promise: nil)
                return isServed
            }
            let authorities = try (0..<3).map { try TestAuthority(name: "own \($0)") }
            for agent in [one, two] { _ = try await agent.authenticate() }
            try await bind(one, "one.shakedown.test", issuedBy: authorities[0])
            try await bind(two, "two.shakedown.test", issuedBy: authorities[1])
            #expect(try await isServed("one.shakedown.test", trusting: authorities[0]))
            #expect(try await isServed("two.shakedown.test", trusting: authorities[1]))
            let unbound: UnbindResp = try await one.request(.unbind, Unbind(id: "chosen"))
            #expect(unbound.error.isEmpty)
            try await bind(one, "one.shakedown.test", issuedBy: authorities[2])
            #expect(try await isServed("one.shakedown.test", trusting: authorities[2]))
            #expect(try await !isServed("one.shakedown.test", trusting: authorities[0]))
            #expect(try await isServed("two.shakedown.test", trusting: authorities[1]))
            try await one.vanish()
            try await two.vanish()
        }
    }

    @Test("each name gets the edge's certificate for it, of as many as there are and as many names as they have")
    func edgesCertificates() async throws {
        try await TestEdge.run { edge in
            try edge.replace("wild", with: try edge.authority.issue(["*.shakedown.test", "other.example.org"]))
            edge.reload()
            let agent = try await TestAgent.serving(edge, "*.example.org") { $0.tlsTermination = .init() }
            try #require(
                try await agent.bind {
                    $0.hostname = "a.shakedown.test"
                    $0.tlsTermination = .init()
                }.error.isEmpty
            )
            for name in ["other.example.org", "named.example.org", "a.shakedown.test", "other.example.org"] {
                let client = try await edge.connect(name)
                try await client.send([1])
                #expect(try await client.bytes(1) == [1], "\(name)")
                client.channel.close(promise: nil)
            }
            try await agent.vanish()
        }
    }

    @Test(
        "of an RSA and an ECDSA certificate for a name a client is shown the one that it can verify",
        .enabled(if: OpenSSLClient.isInstalled, "install openssl")
    )
    func twoKinds() async throws {
        try await TestEdge.run { edge in
            let name = "named.example.org"
            try edge.replace("wild", with: try edge.authority.issue([name]))
            try edge.replace("named", with: try edge.authority.issue([name], key: PrivateKey(.rsa(bits: 2048))))
            edge.reload()
            let agent = try await TestAgent.serving(edge, name) { $0.tlsTermination = .init() }
            for (options, kind) in [
                (["-tls1_3"], "ECDSA"), (["-tls1_2"], "ECDSA"), (["-tls1_3", "-sigalgs", "RSA-PSS+SHA256"], "RSA-PSS"),
                (["-tls1_3", "-sigalgs", "ECDSA+SHA384:RSA-PSS+SHA256"], "RSA-PSS"),
                (["-tls1_2", "-sigalgs", "RSA+SHA256"], "RSA"),
                (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "RSA-PSS"),
                (["-tls1_2", "-curves", "X25519:P-384"], "RSA-PSS"),
                (["-sigalgs", "ECDSA+SHA256"], "ECDSA"),
            ] {
                let seen = try await OpenSSLClient.handshake(with: try edge.client, name, options)
                #expect(seen.contains("Peer signature type: \(kind)\n"), "\(options): \(seen)")
            }
            try await agent.vanish()
        }
    }

    @Test("endpoints that present one certificate of the edge's ask each its own clients for theirs")
    func sharedCertificate() async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await TestAgent.serving(edge, "open.shakedown.test") { $0.tlsTermination = .init() }
            try #require(
                try await agent.bind {
                    $0.hostname = "guarded.shakedown.test"
                    $0.tlsTermination = .init()
                    $0.mutualTLSAtEdge = Array(clients.certificatePEM.utf8)
                }.error.isEmpty
            )
            for (name, isServed) in [
                ("open.shakedown.test", true), ("guarded.shakedown.test", false), ("open.shakedown.test", true),
            ] {
                let client = try await edge.connect(name)
                try? await client.send([1])
                #expect((try? await client.bytes(1)) == (isServed ? [1] : nil), "\(name)")
                client.channel.close(promise: nil)
            }
            try await agent.vanish()
        }
    }

    @Test("without a certificate for the name the client gets unrecognized_name")
    func noCertificate() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "a.example.org") { $0.tlsTermination = .init() }
            let client = try await edge.connect("a.example.org")
            let seen = try await client.end()
            #expect(!seen.handshake)
            #expect(seen.errors.joined().contains("UNRECOGNIZED_NAME"))
            try await agent.vanish()
        }
    }

    @Test(
        "an agent is warned of an endpoint without a certificate, and of no other",
        arguments: [
            ("a.shakedown.test", false), ("deep.a.shakedown.test", true), ("a.example.org", true),
            ("*.example.org", true),
        ]
    )
    func warns(name: String, isWarned: Bool) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let bound = try await agent.bind {
                $0.hostname = name
                $0.tlsTermination = .init()
            }
            #expect(bound.error.isEmpty)
            #expect(bound.extra.warning.contains("no certificate for '\(name)'") == isWarned)
            let pair = try TestAuthority(name: "own").issue(["own.example.org"])
            let own = try await agent.bind {
                $0.hostname = "own.example.org"
                $0.tlsTermination = .init(certificate: Array(pair.certificatePEM.utf8), key: Array(pair.keyPEM.utf8))
            }
            #expect(own.extra.warning.isEmpty)
            let beyond = try await agent.bind { $0.hostname = "beyond.example.org" }
            #expect(beyond.error.isEmpty)
            #expect(beyond.extra.warning.isEmpty)
            try await agent.vanish()
        }
    }

    @Test(
        "a version 2 header says what was negotiated with the client, and whether it was verified",
        arguments: [TLSVersion.tlsv12, .tlsv13],
        [true, false]
    )
    func announced(version: TLSVersion, verifies: Bool) async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await TestAgent.serving(edge, "told.shakedown.test") {
                $0.tlsTermination = .init()
                $0.proxyProto = 2
                if verifies { $0.mutualTLSAtEdge = Array(clients.certificatePEM.utf8) }
            }
            let client = try await edge.connect(
                "told.shakedown.test",
                certificate: verifies ? try clients.issue(["c"], usage: [.client]) : nil,
                maximum: version
            )
            try await client.send([1])
            _ = try await client.bytes(1)
            client.channel.close(promise: nil)
            // PP2_CLIENT_SSL alone, or with PP2_CLIENT_CERT_CONN and PP2_CLIENT_CERT_SESS (PROXY protocol section 2.2.6): without
            // resumption the session's certificate came on this connection.
            let bits: UInt8 = verifies ? 7 : 1
            let name = version == .tlsv13 ? "TLSv1.3" : "TLSv1.2"
            // PP2_SUBTYPE_SSL_CN "in all cases", where there is a certificate.
            let commonName: [UInt8] = verifies ? [0x22, 0, 1] + Array("c".utf8) : []
            let length = UInt8(15 + commonName.count)
            let ssl: [UInt8] =
                [0x20, 0, length, bits, 0, 0, 0, verifies ? 0 : 1, 0x21, 0, 7] + Array(name.utf8) + commonName
            let payload = try await agent.nextStream().payload
            #expect(Array(payload.dropLast().suffix(ssl.count)) == ssl)
            try await agent.vanish()
        }
    }

    @Test(
        "a record that cannot be read is answered by its alert",
        arguments: [TLSVersion.tlsv12, .tlsv13],
        [
            BadRecord(length: 64, alert: "BAD_RECORD_MAC"), BadRecord(length: 17_000, alert: "RECORD_OVERFLOW"),
        ]
    )
    func badRecord(version: TLSVersion, record: BadRecord) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "records.shakedown.test") { $0.tlsTermination = .init() }
            let client = try await edge.connect("records.shakedown.test", maximum: version)
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            try await client.sendBelowTLS(record.bytes)
            let seen = try await client.end()
            #expect(seen.errors.joined().contains(record.alert), "\(seen.errors)")
            #expect(seen.bytes == [1])
            try await agent.vanish()
        }
    }

    struct BadRecord: Sendable {
        var length: Int
        /// What the client's BoringSSL calls the alert.
        var alert: String

        var bytes: [UInt8] {
            [23, 3, 3, UInt8(self.length >> 8), UInt8(self.length & 0xff)]
                + Array(repeating: 7, count: self.length)
        }
    }

    @Test(
        "a client comes in with a key of every common kind",
        arguments: [TLSVersion.tlsv12, .tlsv13],
        [PrivateKey.Kind.ecdsaP256, .ecdsaP384, .ecdsaP521, .ed25519, .rsa(bits: 2048)]
    )
    func keys(version: TLSVersion, kind: PrivateKey.Kind) async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await TestAgent.serving(edge, "keys.shakedown.test") {
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = Array(clients.certificatePEM.utf8)
            }
            let client = try await edge.connect(
                "keys.shakedown.test",
                certificate: try clients.issue(["c"], usage: [.client], key: PrivateKey(kind)),
                maximum: version
            )
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            client.channel.close(promise: nil)
            try await agent.vanish()
        }
    }

    struct BadClient: Sendable {
        let name: String
        /// What the client's BoringSSL calls the alert.
        let alert: String
        let certificate: @Sendable (_ trusted: TestAuthority) throws -> TestAuthority.Issued?
        var maximum = TLSVersion.tlsv13
    }

    @Test(
        "a client without a good certificate gets the alert for it, and the agent never hears of it",
        arguments: [
            BadClient(name: "none", alert: "CERTIFICATE_REQUIRED", certificate: { _ in nil }),
            BadClient(name: "none", alert: "HANDSHAKE_FAILURE", certificate: { _ in nil }, maximum: .tlsv12),
            BadClient(
                name: "unknown CA",
                alert: "UNKNOWN_CA",
                certificate: { _ in try TestAuthority(name: "stranger").issue(["c"], usage: [.client]) }
            ),
            BadClient(
                name: "unknown CA",
                alert: "UNKNOWN_CA",
                certificate: { _ in try TestAuthority(name: "stranger").issue(["c"], usage: [.client]) },
                maximum: .tlsv12
            ),
            BadClient(
                name: "expired",
                alert: "CERTIFICATE_EXPIRED",
                certificate: { try $0.issue(["c"], usage: [.client], from: -7200, to: -3600) }
            ),
            BadClient(
                name: "wrong usage",
                alert: "UNSUPPORTED_CERTIFICATE",
                certificate: { try $0.issue(["c"], usage: [.server]) }
            ),
            BadClient(
                name: "not yet valid",
                alert: "CERTIFICATE_EXPIRED",
                certificate: { try $0.issue(["c"], usage: [.client], from: 3600, to: 7200) }
            ),
        ]
    )
    func badClient(_ bad: BadClient) async throws {
        let events = try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let pem = Array(clients.certificatePEM.utf8)
            let agent = try await TestAgent.serving(edge, "mtls.shakedown.test") {
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = pem
            }
            let client = try await edge.connect(
                "mtls.shakedown.test",
                certificate: try bad.certificate(clients),
                maximum: bad.maximum
            )
            // TLS 1.3 clients think they are done; what they send must not hide the alert.
            try? await client.send(Array("hello".utf8))
            let seen = try await client.end()
            #expect(seen.errors.joined().contains(bad.alert), "\(bad.name): \(seen.errors)")
            #expect(seen.bytes.isEmpty)

            let good = try await edge.connect(
                "mtls.shakedown.test",
                certificate: try clients.issue(["c"], usage: [.client]),
                maximum: bad.maximum
            )
            try await good.send(Array("hi".utf8))
            #expect(try await good.bytes(2) == Array("hi".utf8))
            good.channel.close(promise: nil)
            // The first stream the agent ever saw is the good client's.
            #expect(try await agent.nextStream().payload == Array("hi".utf8))
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.bytesIn) == [0, 2])
    }
}
