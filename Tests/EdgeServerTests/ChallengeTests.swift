import ACME
import Addresses
import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import LibCrypto
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS
import Testing

/// A CA that has the edge answer for a name as long as a test wants.
private struct ChallengingIssuer: CertificateIssuer {
    let answers: ChallengeAnswers
    let requests: TestIssuer

    var directory: String { self.requests.directory }

    func certificate(for name: String, key: PrivateKey, account: AccountKey) async throws -> String {
        let challenge = TLSALPNChallenge(name: name, authorization: ChallengeTests.authorization)
        try self.answers.answer(challenge)
        defer { self.answers.withdraw(challenge) }
        return try await self.requests.certificate(for: name, key: key, account: account)
    }
}

@Suite("Challenges of a CA", .noHang)
struct ChallengeTests {
    fileprivate static let authorization = "token.thumbprint"
    /// Of the account that the tests' edges have; in no certificate of theirs.
    private static let name = "new.example.org"
    private static let acme = """
        acme: { directory: "https://ca.test/directory", terms-agreed: true }
        deadlines: { hello: 60s }
        """

    /// What a client is shown and chooses; `nil` for who is turned away.
    private struct Shown: Equatable {
        var isAnswer: Bool
        var names: [String]
    }

    private static func shown(_ edge: TestEdge, _ name: String, offering protocols: [String]) async throws -> Shown? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: configuration)
        let (chains, chain) = AsyncStream.makeStream(of: [NIOSSLCertificate].self)
        let (handshakes, handshake) = AsyncStream.makeStream(of: Void.self)
        let address = try edge.client
        let channel = try await ClientBootstrap(group: TestEdge.group.next())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(
                            context: context,
                            serverHostname: name,
                            customVerificationCallback: { shown, verified in
                                chain.yield(shown)
                                verified.succeed(.certificateVerified)
                            }
                        )
                    )
                    try channel.pipeline.syncOperations.addHandler(HandshakeNotice { handshake.finish() })
                }
            }
            .connect(host: address.ip.description, port: Int(address.port)).get()
        channel.closeFuture.whenComplete { _ in
            chain.finish()
            handshake.finish()
        }
        var shown: [NIOSSLCertificate] = []
        for await chain in chains {
            shown = chain
            break
        }
        // Who leaves before the handshake has ended was not answered.
        for await _ in handshakes {}
        // Who is answered has nothing more to hear; a tenant would wait for a word.
        channel.close(promise: nil)
        guard let certificate = shown.first else { return nil }
        let der = try certificate.toDERBytes()
        // The extension's bytes: an OCTET STRING with the digest (RFC 8737 section 3).
        let digest: [UInt8] = [0x04, 0x20] + SHA256.digest(of: Array(Self.authorization.utf8))
        return Shown(isAnswer: !der.ranges(of: digest).isEmpty, names: try CertificateFacts(der: der).dnsNames)
    }

    private static func reserve(_ edge: TestEdge, _ name: String) async throws -> String {
        let body =
            #"{"domain":"\#(name)","certificate_management_policy":{"authority":"letsencrypt","private_key_type":"ecdsa"}}"#
        let answer = try await edge.api.send(.POST, "/reserved_domains", body)
        #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
        return try #require(answer.json?["id"]?.text)
    }

    /// Waits until the API says so of a domain. Polls: that a certificate was got has no answer of its own.
    private static func wait(
        _ edge: TestEdge,
        _ id: String,
        until condition: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        while true {
            let domain = try #require(try await edge.api.send(.GET, "/reserved_domains/\(id)").json)
            if condition(domain) { return domain }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func run(_ body: (TestEdge, TestIssuer) async throws -> Void) async throws {
        let requests = TestIssuer()
        try await TestEdge.run(
            configuration: Self.acme,
            issuer: { ChallengingIssuer(answers: $0, requests: requests) }
        ) { try await body($0, requests) }
    }

    @Test("are answered while they stand, for who offers acme-tls/1 alone, whoever serves the name")
    func answered() async throws {
        try await Self.run { edge, requests in
            #expect(try await Self.shown(edge, Self.name, offering: ["acme-tls/1"]) == nil)
            _ = try await Self.reserve(edge, Self.name)
            let request = try await requests.next()
            let answer = Shown(isAnswer: true, names: [Self.name])
            #expect(try await Self.shown(edge, Self.name, offering: ["acme-tls/1"]) == answer)
            // Nobody serves the name, and other clients are told so.
            for protocols in [[], ["http/1.1"], ["acme-tls/1", "http/1.1"], ["http/1.1", "acme-tls/1"]] {
                #expect(try await Self.shown(edge, Self.name, offering: protocols) == nil, "\(protocols)")
            }
            // Somebody serves it, and lets in nobody from here.
            let agent = try await TestAgent.serving(edge, Self.name) {
                $0.tlsTermination = .init()
                $0.ipRestriction = .init(allowCIDRs: ["192.0.2.0/24"])
            }
            #expect(try await Self.shown(edge, Self.name, offering: []) == nil)
            #expect(try await Self.shown(edge, Self.name, offering: ["acme-tls/1"]) == answer)
            // Other names are not asked for.
            #expect(try await Self.shown(edge, "other.example.org", offering: ["acme-tls/1"]) == nil)
            try request.issue(by: edge.authority)
            try await agent.vanish()
        }
    }

    /// Of the edge's own pair below the name, which is the edge's before the domain has another, and after it (facts 6.1).
    @Test(
        "a domain presents the edge's certificate until it has its own, and takes acme-tls/1 for itself but for that while"
    )
    func pending() async throws {
        let name = "named.example.org"
        try await Self.run { edge, requests in
            let agent = try await TestAgent.serving(edge, name) { $0.tlsTermination = .init() }
            let edges = Shown(isAnswer: false, names: ["*.example.org"])
            #expect(try await Self.shown(edge, name, offering: []) == edges)
            #expect(try await Self.shown(edge, name, offering: ["acme-tls/1"]) == edges)
            let id = try await Self.reserve(edge, name)
            let request = try await requests.next()
            let pending = try await Self.wait(edge, id) { _ in true }
            #expect(pending["certificate"] == .null)
            #expect(pending["certificate_management_status"]?["renews_at"] == .null)
            #expect(pending["certificate_management_status"]?["provisioning_job"]?["started_at"]?.text != nil)
            #expect(try await Self.shown(edge, name, offering: []) == edges)
            #expect(try await Self.shown(edge, name, offering: ["acme-tls/1"])?.isAnswer == true)
            try request.issue(by: edge.authority)
            let done = try await Self.wait(edge, id) { $0["certificate"] != .null }
            #expect(done["certificate_management_status"]?["provisioning_job"] == .null)
            #expect(done["certificate_management_status"]?["renews_at"]?.text != nil)
            let own = Shown(isAnswer: false, names: [name])
            #expect(try await Self.shown(edge, name, offering: []) == own)
            #expect(try await Self.shown(edge, name, offering: ["acme-tls/1"]) == own)
            let detached = try await edge.api.send(.DELETE, "/reserved_domains/\(id)/certificate_management_policy")
            #expect(detached.status == 204)
            #expect(try await Self.shown(edge, name, offering: []) == edges)
            try await agent.vanish()
        }
    }

    @Test("a CA that fails keeps nobody from anything, and the domain says why")
    func failed() async throws {
        try await Self.run { edge, requests in
            let agent = try await TestAgent.serving(edge, "app.shakedown.test") { $0.tlsTermination = .init() }
            let id = try await Self.reserve(edge, Self.name)
            try await requests.next().refuse(ACMEError(.connection, "No route to host"))
            let failed = try await Self.wait(edge, id) {
                $0["certificate_management_status"]?["provisioning_job"]?["error_code"] != .null
            }
            let job = failed["certificate_management_status"]?["provisioning_job"]
            #expect(job?["error_code"]?.text == "DNS_ERROR")
            #expect(
                job?["msg"]?.text == "Certificate obtain failed: connection: No route to host (ERR_NGROK_26030)"
            )
            #expect(job?["retries_at"]?.text != nil)
            #expect(try await Self.shown(edge, Self.name, offering: ["acme-tls/1"]) == nil)
            let client = try await edge.connect("app.shakedown.test")
            try await client.send([7])
            #expect(try await client.bytes(1) == [7])
            client.channel.close(promise: nil)
            try await agent.vanish()
        }
    }

    @Test("count as answered connections, and are nobody's event")
    func counted() async throws {
        let events = try await Self.counted()
        #expect(events.isEmpty)
    }

    private static func counted() async throws -> [ConnectionRecord] {
        let requests = TestIssuer()
        return try await TestEdge.run(
            configuration: Self.acme,
            issuer: { ChallengingIssuer(answers: $0, requests: requests) }
        ) { edge in
            _ = try await Self.reserve(edge, Self.name)
            _ = try await requests.next()
            _ = try await Self.shown(edge, Self.name, offering: ["acme-tls/1"])
            #expect(
                try await edge.connectionsCounted() == [#"{outcome="answered",reason="acme_challenge"} 1"#]
            )
        }
    }
}

/// Tells when TLS stands.
private final class HandshakeNotice: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tell: @Sendable () -> Void

    init(_ tell: @escaping @Sendable () -> Void) { self.tell = tell }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent { self.tell() }
        context.fireUserInboundEventTriggered(event)
    }
}
