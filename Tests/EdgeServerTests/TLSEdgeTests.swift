import AgentProtocol
import CredentialTesting
import EdgeServer
import FolderTesting
import Foundation
import HTTPTesting
import JSONText
import MuxadoChannel
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@Suite("TLS edges")
struct TLSEdgeTests {
    private static let name = "app.shakedown.test"

    /// Creates something and gives what the API answers.
    private static func create(_ edge: TestEdge, _ path: String, _ body: String) async throws -> JSONValue {
        let answer = try await edge.api.send(.POST, path, body)
        #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
        return try #require(answer.json)
    }

    /// An edge on ``name`` whose backend is the group of these labels; its id.
    private static func create(
        _ edge: TestEdge,
        labels: String = #"{"team":"web"}"#,
        modules: String = ""
    ) async throws -> String {
        _ = try await Self.create(edge, "/reserved_domains", #"{"domain":"\#(Self.name)"}"#)
        let group = try await Self.create(edge, "/backends/tunnel_group", #"{"labels":\#(labels)}"#)
        let id = try #require(group["id"]?.text)
        let made = try await Self.create(
            edge,
            "/edges/tls",
            #"{"hostports":["\#(Self.name):443"],"backend":{"backend_id":"\#(id)"}\#(modules)}"#
        )
        return try #require(made["id"]?.text)
    }

    private static func agent(
        _ edge: TestEdge,
        labels: [String: String] = ["team": "web"],
        behaviour: TestAgent.Behaviour = .echo
    ) async throws -> TestAgent {
        let agent = try await TestAgent.connect(to: edge, behaviour: behaviour)
        _ = try await agent.authenticate()
        let started: StartTunnelWithLabelResp = try await agent.request(
            .startTunnelWithLabel,
            StartTunnelWithLabel(labels: labels, forwardsTo: "localhost:80")
        )
        #expect(started.error.isEmpty)
        return agent
    }

    /// What one client is told; empty where it is closed without a word.
    private static func answer(_ edge: TestEdge, _ name: String = Self.name) async throws -> String {
        let client = try await edge.connectRaw()
        try await client.send(TestHello.bytes(serverName: name))
        return String(decoding: try await client.end().bytes, as: UTF8.self)
    }

    @Test("clients of an edge's domain come to the tunnels with the backend's labels, by the tunnel's id")
    func labels() async throws {
        let events = try await TestEdge.run { edge in
            _ = try await Self.create(edge)
            #expect(try await Self.answer(edge) == "")
            let agent = try await Self.agent(edge, behaviour: .speakAndEnd(Array("web".utf8)))
            let other = try await Self.agent(edge, labels: ["team": "api"])
            #expect(try await Self.answer(edge) == "web")
            let header = try #require(try await agent.nextStream().header)
            #expect(header.id.hasPrefix("tn_") && header.passthroughTLS && header.edgeType == .tls)
            try await agent.vanish()
            try await other.vanish()
        }
        #expect(events.count == 2)
    }

    @Test("an edge ends TLS with the edge's certificate, asks for clients' certificates, and takes some addresses only")
    func modules() async throws {
        try await TestEdge.run { edge in
            let clients = try TestAuthority(name: "clients")
            let pem = JSONValue.string(clients.certificatePEM)
            let authority = try await Self.create(
                edge,
                "/certificate_authorities",
                #"{"ca_pem":\#(String(decoding: pem.encoded, as: UTF8.self))}"#
            )
            let id = try await Self.create(edge, modules: #","tls_termination":{"terminate_at":"edge"}"#)
            let agent = try await Self.agent(edge)
            let first = try await edge.connect(Self.name)
            try await first.send([1])
            #expect(try await first.bytes(1) == [1])

            let module = #"{"certificate_authority_ids":["\#(authority["id"]?.text ?? "")"]}"#
            #expect(try await edge.api.send(.PUT, "/edges/tls/\(id)/mutual_tls", module).status == 200)
            let refused = try await edge.connect(Self.name).end()
            #expect(refused.errors.joined().contains("CERTIFICATE_REQUIRED"))
            let certificate = try clients.issue(["c"], usage: [.client])
            let second = try await edge.connect(Self.name, certificate: certificate)
            try await second.send([2])
            #expect(try await second.bytes(1) == [2])
            // Who was in before the change stays.
            try await first.send([3])
            #expect(try await first.bytes(2) == [1, 3])

            let policy = try await Self.create(edge, "/ip_policies", "{}")
            let policyID = policy["id"]?.text ?? ""
            _ = try await Self.create(
                edge,
                "/ip_policy_rules",
                #"{"ip_policy_id":"\#(policyID)","cidr":"192.0.2.0/24","action":"allow"}"#
            )
            let restriction = #"{"ip_policy_ids":["\#(policyID)"]}"#
            #expect(try await edge.api.send(.PUT, "/edges/tls/\(id)/ip_restriction", restriction).status == 200)
            #expect(try await Self.answer(edge) == "")
            #expect(try await edge.api.send(.DELETE, "/edges/tls/\(id)/ip_restriction").status == 204)
            #expect(try await edge.api.send(.DELETE, "/edges/tls/\(id)/mutual_tls").status == 204)
            let third = try await edge.connect(Self.name)
            try await third.send([4])
            #expect(try await third.bytes(1) == [4])
            try await agent.vanish()
        }
    }

    @Test("a domain's certificate is presented for it at once, stays over a reload, and goes when it is taken off")
    func domainCertificate() async throws {
        let name = "own.example.org"
        try await TestEdge.run { edge in
            let owner = try TestAuthority(name: "owner")
            let pair = try owner.issue([name])
            func text(_ pem: String) -> String { String(decoding: JSONValue.string(pem).encoded, as: UTF8.self) }
            let body = #"{"certificate_pem":\#(text(pair.certificatePEM)),"private_key_pem":\#(text(pair.keyPEM))}"#
            let uploaded = try await Self.create(edge, "/tls_certificates", body)
            let domain = try await Self.create(edge, "/reserved_domains", #"{"domain":"\#(name)"}"#)
            let path = "/reserved_domains/\(domain["id"]?.text ?? "")"
            let agent = try await TestAgent.serving(edge, name) { $0.tlsTermination = .init() }
            func refused() async throws {
                let seen = try await edge.connect(name).end()
                #expect(seen.errors.joined().contains("UNRECOGNIZED_NAME"))
            }
            func served() async throws {
                let client = try await edge.connect(name, trusting: owner)
                try await client.send([1])
                #expect(try await client.bytes(1) == [1])
                client.channel.close(promise: nil)
            }
            try await refused()
            let given = #"{"certificate_id":"\#(uploaded["id"]?.text ?? "")"}"#
            #expect(try await edge.api.send(.PATCH, path, given).status == 200)
            try await served()
            edge.reload()
            try await served()
            #expect(try await edge.api.send(.DELETE, path + "/certificate").status == 204)
            try await refused()
            try await agent.vanish()
        }
    }

    @Test("the lowest TLS version of an edge is kept")
    func lowestVersion() async throws {
        try await TestEdge.run { edge in
            let module = #","tls_termination":{"terminate_at":"edge","min_version":"1.3"}"#
            let id = try await Self.create(edge, modules: module)
            let agent = try await Self.agent(edge)
            let refused = try await edge.connect(Self.name, maximum: .tlsv12).end()
            #expect(refused.errors.joined().contains("PROTOCOL_VERSION"), "\(refused.errors)")
            // Whoever could not come by both would come by the lower of the two.
            let policy = "on_tcp_connect: [{ actions: [{ type: terminate-tls, config: { max_version: '1.2' } }] }]"
            let old = try await edge.api.send(.PUT, "/edges/tls/\(id)/traffic_policy", #"{"value":"\#(policy)"}"#)
            #expect(old.status == 400 && old.code == 2222 && old.field == "traffic_policy.value", "\(old)")
            let lower = #"{"terminate_at":"edge","min_version":"1.2"}"#
            #expect(try await edge.api.send(.PUT, "/edges/tls/\(id)/tls_termination", lower).status == 200)
            let client = try await edge.connect(Self.name, maximum: .tlsv12)
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            try await agent.vanish()
        }
    }

    @Test("an edge's traffic policy is put on, off and away while it is online; one that cannot be read is refused")
    func trafficPolicy() async throws {
        try await TestEdge.run { edge in
            let id = try await Self.create(edge)
            let agent = try await Self.agent(edge, behaviour: .speakAndEnd(Array("web".utf8)))
            let path = "/edges/tls/\(id)/traffic_policy"
            let deny = "on_tcp_connect: [{ actions: [{ type: deny }] }]"
            #expect(try await edge.api.send(.PUT, path, #"{"value":"\#(deny)"}"#).status == 200)
            #expect(try await Self.answer(edge) == "")
            let refused = try await edge.api.send(.PUT, path, #"{"value":"on_tcp_connect: [{}]"}"#)
            #expect(refused.status == 400 && refused.code == 9026)
            #expect(try await Self.answer(edge) == "")
            #expect(try await edge.api.send(.PUT, path, #"{"enabled":false,"value":"\#(deny)"}"#).status == 200)
            #expect(try await Self.answer(edge) == "web")
            let forward =
                "on_tcp_connect: [{ actions: [{ type: forward-internal, config: { url: 'tls://a.internal' } }] }]"
            #expect(try await edge.api.send(.PUT, path, #"{"value":"\#(forward)"}"#).status == 200)
            try await agent.vanish()
            // Without a tunnel of its own it has still somewhere to go.
            let inner = try await TestAgent.serving(edge, "a.internal", behaviour: .speakAndEnd(Array("inner".utf8)))
            #expect(try await Self.answer(edge) == "inner")
            #expect(try await edge.api.send(.DELETE, path).status == 204)
            #expect(try await Self.answer(edge) == "")
            try await inner.vanish()
        }
    }

    @Test("a name on an edge is bound by nobody (381), and one that an agent has is put on no edge (7132)")
    func attachedName() async throws {
        try await TestEdge.run { edge in
            let id = try await Self.create(edge)
            let agent = try await Self.agent(edge)
            let refused = try await agent.bind { $0.hostname = Self.name }
            #expect(NgrokError(text: refused.error).code == 381)
            #expect(try await edge.api.send(.DELETE, "/edges/tls/\(id)").status == 204)
            #expect(try await agent.bind { $0.hostname = Self.name }.error.isEmpty)
            let again = try await edge.api.send(.POST, "/edges/tls", #"{"hostports":["\#(Self.name):443"]}"#)
            #expect(again.code == 7132)
            try await agent.vanish()
        }
    }

    @Test("what the API has changed is there after a restart, with a store, and what the file says too")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let store = "store: { path: edge.db }"
            let ids = try await TestEdgeIDs.run(in: folder, store) { edge in try await Self.create(edge) }
            try await TestEdge.run(in: folder, configuration: store) { edge in
                let answer = try await edge.api.send(.GET, "/edges/tls/\(ids)")
                #expect(answer.json?["hostports"]?.elements == [.string("\(Self.name):443")])
                let agent = try await Self.agent(edge, behaviour: .speakAndEnd(Array("still".utf8)))
                #expect(try await Self.answer(edge) == "still")
                try await agent.vanish()
            }
        }
    }

    @Test("what is online is told with the session it hangs on, and is gone when that ends")
    func live() async throws {
        try await TestEdge.run { edge in
            let agent = try await Self.agent(edge)
            var extra = Bind.Extra()
            extra.metadata = "mine"
            let bound = try await agent.bind(extra: extra) { $0.hostname = "live.shakedown.test" }
            let endpoints = try #require(try await edge.api.send(.GET, "/endpoints").json?["endpoints"]?.elements)
            #expect(endpoints.map { $0["public_url"]?.text } == ["tls://live.shakedown.test"])
            #expect(endpoints.first?["metadata"]?.text == "mine")
            let tunnels = try #require(try await edge.api.send(.GET, "/tunnels").json?["tunnels"]?.elements)
            #expect(Set(tunnels.compactMap { $0["id"]?.text }).contains(bound.extra.tunnelID) && tunnels.count == 2)
            let sessions = try await edge.api.send(.GET, "/tunnel_sessions").json?["tunnel_sessions"]?.elements
            #expect(sessions?.count == 1)
            try await agent.vanish()
            while try await edge.api.send(.GET, "/endpoints").json?["endpoints"]?.elements?.isEmpty == false {}
        }
    }

    @Test("an authtoken that is deleted ends its sessions, and one that is made opens the account")
    func credentials() async throws {
        try await TestEdge.run { edge in
            let made = try await Self.create(edge, "/credentials", #"{"acl":["bind:*.example.org"]}"#)
            let token = try #require(made["token"]?.text)
            let agent = try await TestAgent.connect(to: edge)
            #expect(try await agent.authenticate(token: token).error.isEmpty)
            #expect(try await agent.bind { $0.hostname = "c.example.org" }.error.isEmpty)
            let outside = try await agent.bind { $0.hostname = "c.shakedown.test" }
            #expect(NgrokError(text: outside.error).code == 316)
            #expect(try await edge.api.send(.DELETE, "/credentials/\(made["id"]?.text ?? "")").status == 204)
            _ = try await agent.sessionEnded.get()
            #expect(try await Self.answer(edge, "c.example.org") == "")
        }
    }

    @Test("an agent is stopped through the API where it can be, and the answer says why where it cannot")
    func stop() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            let welcome = try await agent.authenticate { $0.stopUnsupportedError = "not today" }
            let answer = try await edge.api.send(.POST, "/tunnel_sessions/\(welcome.extra.agentSessionID)/stop", "{}")
            #expect(answer.code == 805)
            let none = try await edge.api.send(.POST, "/tunnel_sessions/ts_none/stop", "{}")
            #expect(none.status == 404)
            try await agent.vanish()
        }
    }
}

/// One start of an edge whose outcome a second start needs.
private enum TestEdgeIDs {
    static func run(
        in folder: URL,
        _ configuration: String,
        _ body: @escaping (TestEdge) async throws -> String
    ) async throws -> String {
        var id = ""
        try await TestEdge.run(in: folder, configuration: configuration) { id = try await body($0) }
        return id
    }
}
