import AgentClient
import AgentProtocol
import CredentialTesting
import FolderTesting
import Foundation
import HangTesting
import Logging
import MuxadoChannel
import NIOCore
import ProxyProtocol
import ServiceLifecycle
import Synchronization
import TLSCredentials
import Testing

@Suite("Labelled tunnels", .noHang)
struct LabelledTunnelTests {
    @Test("are started with what TLS edges choose by, and are online without a URL")
    func starts() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with { _, _ in
            var team = try upstream.labelledTunnel()
            try team.labels.add("region=eu")
            team.metadata = "m"
            return [team, try upstream.tunnel()]
        } body: { running in
            let (starts, binds) = running.edge.state.withLock { ($0.starts, $0.binds) }
            #expect(starts.map(\.labels) == [["team": "web", "region": "eu"]])
            #expect(starts.first?.forwardsTo == "localhost:\(upstream.port)")
            #expect(starts.first?.metadata == "m")
            #expect(binds.map(\.extra.name) == ["web"])
            #expect(try await running.edge.connect(tunnel: "tn_1", opening: [1]).text == "here")
            let ready = try String(contentsOfFile: running.folder.path("ready.json"), encoding: .utf8)
            #expect(ready.contains(#"{"name":"team","id":"tn_1"}"#), "\(ready)")
        }
    }

    @Test("are started again after a lost session, and served by their new ids alone")
    func reconnects() async throws {
        let upstream = try await TestUpstream.start(answer: Array("again".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.labelledTunnel()]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await RunningAgent.wait(for: ready)
            #expect(running.edge.state.withLock { $0.starts.map(\.labels) } == [["team": "web"], ["team": "web"]])
            #expect(try await running.edge.connect(tunnel: "tn_2", opening: [1]).text == "again")
            #expect(try await running.edge.connect(tunnel: "tn_1", opening: [1], endsAfterOpening: false).bytes.isEmpty)
        }
    }

    @Test("go offline when they are not wanted any more, and are started anew where something else is asked for")
    func reload() async throws {
        let upstream = try await TestUpstream.start(answer: Array("on".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.labelledTunnel("a"), try upstream.labelledTunnel("b"), try upstream.labelledTunnel("c")]
        } body: { running in
            // They are started together, so that only the edge knows whose id is whose.
            let all = Set(["tn_1", "tn_2", "tn_3"])
            var changed = try upstream.labelledTunnel("b")
            try changed.labels.add("region=eu")
            try await running.want([changed, try upstream.labelledTunnel("c")])
            let (starts, unbinds) = running.edge.state.withLock { ($0.starts, $0.unbinds) }
            #expect(starts.count == 4)
            #expect(starts.last?.labels == ["team": "web", "region": "eu"])
            #expect(unbinds.count == 2 && all.isSuperset(of: unbinds))
            for id in all.subtracting(unbinds).union(["tn_4"]) {
                #expect(try await running.edge.connect(tunnel: id, opening: [1]).text == "on", "\(id)")
            }
            for id in unbinds {
                let late = try await running.edge.connect(tunnel: id, opening: [1], endsAfterOpening: false)
                #expect(late.bytes.isEmpty, "\(id)")
            }
        }
    }

    @Test("are served no more when the edge has stopped them")
    func stopped() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.labelledTunnel()]
        } body: { running in
            try await running.edge.stop(tunnel: "tn_1")
            #expect(try await running.edge.connect(tunnel: "tn_1", opening: [1], endsAfterOpening: false).bytes.isEmpty)
        }
    }

    @Test("that are refused at the first start end the agent with the edge's words")
    func refused() async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        edge.state.withLock { $0.refusesBind = .labelNotPermitted("team=web") }
        var tunnel = TunnelSettings(name: "team", upstream: try UpstreamAddress("8080"))
        try tunnel.labels.add("team=web")
        let agent = Agent(
            configuration: try AgentConfiguration(
                try RunningAgent.settings(edge, certificates, folder),
                tunnels: [tunnel]
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let refusal = try await #require(throws: AgentRefusal.self) { try await agent.run() }
        #expect(refusal.error.code == 399)
        #expect(refusal.subject == .tunnel(name: "team"))
        try await edge.stop()
    }

    // MARK: What the edge says of a stream

    @Test(
        "pass on as it is what the edge calls the client's TLS, whatever the address says",
        arguments: ["", "tls://"]
    )
    func passthrough(_ scheme: String) async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            [try upstream.labelledTunnel("team", scheme)]
        } body: { running in
            _ = try await running.edge.connect(tunnel: "tn_1", opening: Array("no hello".utf8))
            #expect(try await upstream.recording().text == "no hello")
        }
    }

    @Test("with a certificate end the TLS that the edge has not ended, and take what it has ended as it is")
    func terminates() async throws {
        let upstream = try await TestUpstream.start(answer: Array("welcome".utf8))
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.labelledTunnel()
            let pair = try certificates.leaf("app.example.com")
            tunnel.certificate = .file(try folder.write(pair.certificatePEM, to: "app.pem"))
            tunnel.key = .file(try folder.write(pair.keyPEM, to: "app.key"))
            return [tunnel]
        } body: { running in
            let encrypted = try await running.edge.connect(
                tunnel: "tn_1",
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Array("hello".utf8)
            )
            #expect(encrypted.text == "welcome")
            #expect(try await upstream.recording().text == "hello")
            let plain = try await running.edge.connect(tunnel: "tn_1", passthroughTLS: false, opening: [1])
            #expect(plain.text == "welcome")
        }
    }

    @Test("open TLS to a tls:// upstream for what the edge has ended")
    func reencrypts() async throws {
        let upstream = try await TestUpstream.start(
            answer: Array("welcome".utf8),
            tls: try TestTLS.server(try TestAuthority().leaf("localhost"))
        )
        try await RunningAgent.with { _, _ in
            [try upstream.labelledTunnel("team", "tls://")]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "tn_1",
                passthroughTLS: false,
                opening: Array("hello".utf8)
            )
            #expect(client.text == "welcome")
            #expect(try await upstream.recording().text == "hello")
        }
    }

    @Test("an endpoint knows from its bind where TLS ends, whatever the edge says")
    func boundTunnel() async throws {
        // It speaks first, so that a client whose TLS nobody ends hears of it.
        let upstream = try await TestUpstream.start(opening: Array("welcome".utf8), endsAfterOpening: true)
        try await RunningAgent.with { certificates, folder in
            [try upstream.terminatingTunnel(certificates, folder)]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                passthroughTLS: false,
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Array("hello".utf8)
            )
            #expect(client.text == "welcome")
            #expect(try await upstream.recording().text == "hello")
        }
    }

    @Test(
        "tell the upstream of the client by themselves",
        arguments: [
            ("192.0.2.1:5000", "PROXY TCP4 192.0.2.1 0.0.0.0 5000 0\r\n"),
            ("[2001:db8::1]:5000", "PROXY TCP6 2001:db8::1 :: 5000 0\r\n"), ("nowhere", "PROXY UNKNOWN\r\n"),
        ]
    )
    func proxyHeader(client: String, header: String) async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.labelledTunnel()
            tunnel.proxyVersion = .one
            return [tunnel]
        } body: { running in
            _ = try await running.edge.connect(tunnel: "tn_1", client: client, opening: Array("hello".utf8))
            #expect(try await upstream.recording().text == "\(header)hello")
        }
    }
}
