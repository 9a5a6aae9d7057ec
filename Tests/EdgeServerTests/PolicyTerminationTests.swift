import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@Suite("TLS that a traffic policy ends", .noHang)
struct PolicyTerminationTests {
    private static let name = "ended.shakedown.test"

    /// A `terminate-tls` action, in the form that holds texts of several lines.
    static func terminate(_ fields: [(String, String)] = [], authorities: [String] = []) -> String {
        var config = fields.map { JSONValue.Member($0.0, .string($0.1)) }
        if !authorities.isEmpty {
            config.append(.init("mutual_tls_certificate_authorities", .array(authorities.map { .string($0) })))
        }
        let action = JSONValue.object([.init("type", .string("terminate-tls")), .init("config", .object(config))])
        return String(decoding: action.encoded, as: UTF8.self)
    }

    private static func serve(
        _ edge: TestEdge,
        _ actions: String...,
        edit: (inout TLSOptions) -> Void = { _ in }
    ) async throws -> TestAgent {
        let list = actions.map { "      - \($0)" }.joined(separator: "\n")
        return try await TestAgent.serving(edge, Self.name) {
            $0.trafficPolicy = "on_tcp_connect:\n  - actions:\n\(list)"
            edit(&$0)
        }
    }

    /// Whether a client comes in: what it says is echoed.
    private static func isServed(
        _ edge: TestEdge,
        certificate: TestAuthority.Issued? = nil,
        maximum: TLSVersion? = nil
    ) async throws -> Bool {
        let client = try await edge.connect(Self.name, certificate: certificate, maximum: maximum)
        try? await client.send([1])
        let isServed = (try? await client.bytes(1)) == [1]
        client.channel.close(promise: nil)
        return isServed
    }

    @Test("plaintext reaches the agent of an endpoint that was bound without termination", arguments: [true, false])
    func plaintext(hasOwnPair: Bool) async throws {
        let events = try await TestEdge.run { edge in
            let authority = hasOwnPair ? try TestAuthority(name: "own") : edge.authority
            let pair = try authority.issue([Self.name])
            let action =
                hasOwnPair
                ? Self.terminate([
                    ("server_certificate", pair.certificatePEM), ("server_private_key", pair.keyPEM),
                ]) : Self.terminate()
            let agent = try await Self.serve(edge, action)
            let client = try await edge.connect(Self.name, trusting: authority)
            try await client.send(Array("hello".utf8))
            #expect(try await client.bytes(5) == Array("hello".utf8))
            try await client.endInput()
            _ = try await client.end()
            let stream = try await agent.nextStream()
            #expect(stream.payload == Array("hello".utf8))
            #expect(stream.header?.passthroughTLS == false)
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.bytesIn) == [5])
    }

    @Test("the versions of the action are those that are spoken")
    func versions() async throws {
        try await TestEdge.run { edge in
            let agent = try await Self.serve(edge, Self.terminate([("min_version", "1.3")]))
            #expect(try await Self.isServed(edge))
            let refused = try await edge.connect(Self.name, maximum: .tlsv12).end()
            #expect(refused.errors.joined().contains("PROTOCOL_VERSION"), "\(refused.errors)")
            try await agent.vanish()
        }
        let events = try await TestEdge.run { edge in
            let agent = try await Self.serve(
                edge,
                Self.terminate([("max_version", "1.2")]),
                "{ type: log, config: { metadata: { version: '${conn.tls.version}' } } }"
            )
            #expect(try await Self.isServed(edge))
            try await agent.vanish()
        }
        #expect(events.map(\.object.trafficPolicy?.logs) == [[["version": "1.2"]]])
    }

    @Test("rules behind it see what was negotiated, and both certificates")
    func variables() async throws {
        let fields = [
            "conn.tls.cipher_suite", "actions.ngrok.terminate_tls.version", "conn.tls.client.subject.common_name",
            "conn.tls.client.issuer.common_name", "conn.tls.client.san.dns_names[0]",
            "conn.tls.client.signature_algorithm", "conn.tls.client.extensions[0].id",
            "conn.tls.server.san.dns_names[0]", "conn.tls.client.validity.not_after > conn.ts.start",
        ]
        let metadata = fields.enumerated().map { "'\($0)': \"=${\($1)}\"" }.joined(separator: ", ")
        let events = try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await Self.serve(
                edge,
                Self.terminate(authorities: [clients.certificatePEM]),
                "{ type: log, config: { metadata: { \(metadata) } } }"
            )
            let certificate = try clients.issue(["somebody"], usage: [.client])
            #expect(try await Self.isServed(edge, certificate: certificate))
            try await agent.vanish()
        }
        let logged = try #require(events.first?.object.trafficPolicy?.logs.first)
        let values = fields.indices.map { String((logged["\($0)"] ?? "").dropFirst()) }
        #expect(values[0].hasPrefix("TLS_AES_") || values[0].hasPrefix("TLS_CHACHA20_"), "\(values)")
        let rest = ["1.3", "somebody", "clients", "somebody", "ECDSA-SHA256", "2.5.29.19", "*.shakedown.test", "true"]
        #expect(Array(values.dropFirst()) == rest)
    }

    @Test("a rule behind it closes who is not meant, after the handshake")
    func denied() async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await TestAgent.serving(edge, Self.name) {
                $0.trafficPolicy = """
                    on_tcp_connect:
                      - actions:
                          - \(Self.terminate(authorities: [clients.certificatePEM]))
                      - expressions: ["conn.tls.client.subject.common_name != 'one'"]
                        actions: [{ type: deny }]
                    """
            }
            #expect(try await Self.isServed(edge, certificate: try clients.issue(["one"], usage: [.client])))
            #expect(try await !Self.isServed(edge, certificate: try clients.issue(["two"], usage: [.client])))
            try await agent.vanish()
        }
    }

    @Test("TLS ends once: a second terminate-tls closes the connection")
    func twice() async throws {
        try await TestEdge.run { edge in
            let agent = try await Self.serve(edge, Self.terminate(), Self.terminate())
            #expect(try await !Self.isServed(edge))
            #expect(try await edge.connectionsCounted() == [#"{outcome="refused",reason="policy_failed"} 1"#])
            try await agent.vanish()
        }
    }

    @Test("an account's certificate authority is trusted by its id, and no longer when it is deleted")
    func authorityByID() async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let text = String(decoding: JSONValue.string(clients.certificatePEM).encoded, as: UTF8.self)
            let made = try await edge.api.send(.POST, "/certificate_authorities", #"{"ca_pem":\#(text)}"#)
            let id = try #require(made.json?["id"]?.text)
            let agent = try await Self.serve(edge, Self.terminate(authorities: [id]))
            let certificate = try clients.issue(["c"], usage: [.client])
            #expect(try await Self.isServed(edge, certificate: certificate))
            #expect(try await !Self.isServed(edge))
            #expect(try await !Self.isServed(edge, certificate: try TestAuthority().issue(["c"], usage: [.client])))
            #expect(try await edge.api.send(.DELETE, "/certificate_authorities/\(id)").status == 204)
            #expect(try await !Self.isServed(edge, certificate: certificate))
            try await agent.vanish()
        }
    }

    struct Strategy: Sendable {
        let name: String
        let version: TLSVersion
        /// Whether clients are served who show nothing, or what nobody vouches for.
        let servesNothing: Bool
        let servesStrangers: Bool
    }

    @Test(
        "clients show certificates as the strategy says",
        arguments: [TLSVersion.tlsv12, .tlsv13].flatMap { version in
            [
                Strategy(name: "require-and-verify", version: version, servesNothing: false, servesStrangers: false),
                Strategy(name: "require-any", version: version, servesNothing: false, servesStrangers: true),
                Strategy(name: "request", version: version, servesNothing: true, servesStrangers: true),
            ]
        }
    )
    func strategies(_ strategy: Strategy) async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let agent = try await Self.serve(
                edge,
                Self.terminate(
                    [("mutual_tls_verification_strategy", strategy.name)],
                    authorities: [clients.certificatePEM]
                )
            )
            let own = try clients.issue(["c"], usage: [.client])
            let strange = try TestAuthority(name: "strange").issue(["c"], usage: [.client])
            let maximum = strategy.version
            #expect(try await Self.isServed(edge, certificate: own, maximum: maximum))
            #expect(try await Self.isServed(edge, maximum: maximum) == strategy.servesNothing)
            #expect(try await Self.isServed(edge, certificate: strange, maximum: maximum) == strategy.servesStrangers)
            try await agent.vanish()
        }
    }

    @Test(
        "a PROXY header calls no certificate verified that nobody has looked at",
        arguments: [("require-and-verify", 0), ("require-any", 1), ("request", 1)] as [(String, UInt8)]
    )
    func announced(strategy: String, verify: UInt8) async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let action = Self.terminate(
                [("mutual_tls_verification_strategy", strategy)],
                authorities: [clients.certificatePEM]
            )
            let agent = try await Self.serve(edge, action) { $0.proxyProto = 2 }
            let certificate = try clients.issue(["c"], usage: [.client])
            let client = try await edge.connect(Self.name, certificate: certificate)
            try await client.send([1])
            _ = try await client.bytes(1)
            client.channel.close(promise: nil)
            // PP2_CLIENT_SSL, PP2_CLIENT_CERT_CONN and PP2_CLIENT_CERT_SESS, then `verify` (PROXY protocol section 2.2.6).
            let facts: [UInt8] = [7, 0, 0, 0, verify, 0x21, 0, 7] + Array("TLSv1.3".utf8)
            let payload = try await agent.nextStream().payload
            #expect(payload.contains(facts), "\(payload)")
            try await agent.vanish()
        }
    }

    @Test("what the action leaves out is as the endpoint was bound: whose clients come in, and the pair")
    func bound() async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let pair = try edge.authority.issue([Self.name])
            let agent = try await Self.serve(edge, Self.terminate([("min_version", "1.3")])) {
                $0.tlsTermination = .init(certificate: Array(pair.certificatePEM.utf8), key: Array(pair.keyPEM.utf8))
                $0.mutualTLSAtEdge = Array(clients.certificatePEM.utf8)
            }
            #expect(try await !Self.isServed(edge))
            let certificate = try clients.issue(["c"], usage: [.client])
            #expect(try await Self.isServed(edge, certificate: certificate))
            #expect(try await !Self.isServed(edge, certificate: certificate, maximum: .tlsv12))
            try await agent.vanish()
        }
    }

    @Test("a policy that does not end TLS leaves that to the bind")
    func unended() async throws {
        try await TestEdge.run { edge in
            let agent = try await Self.serve(edge, "{ type: log, config: { metadata: { a: b } } }") {
                $0.tlsTermination = .init()
            }
            #expect(try await Self.isServed(edge))
            #expect(try await agent.nextStream().payload == [1])
            try await agent.vanish()
        }
    }

    @Test("without a certificate for the name the client gets unrecognized_name, and the agent is warned")
    func noCertificate() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let bound = try await agent.bind {
                $0.hostname = "a.example.org"
                $0.trafficPolicy = "on_tcp_connect: [{ actions: [{ type: terminate-tls }] }]"
            }
            #expect(bound.extra.warning.contains("no certificate"))
            let seen = try await edge.connect("a.example.org").end()
            #expect(seen.errors.joined().contains("UNRECOGNIZED_NAME"))
            try await agent.vanish()
        }
    }
}
