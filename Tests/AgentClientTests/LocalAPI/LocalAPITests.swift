import AgentAPI
import AgentClient
import AgentProtocol
import HTTPTesting
import HangTesting
import JSONText
import MuxadoChannel
import NIOCore
import NIOHTTP1
import ProgramKit
import Synchronization
import Testing

@Suite("The agent's local API", .noHang)
struct LocalAPITests {
    private static func tunnel(_ name: String, _ address: String = "8080") throws -> TunnelSettings {
        var tunnel = TunnelSettings(name: name, upstream: try UpstreamAddress(address))
        tunnel.domain = "\(name).example.com"
        return tunnel
    }

    @Test("lists what is online, with every field that clients of ngrok's agents read")
    func list() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("b b"), try Self.tunnel("a", "443")]) { fixture in
            let answer = try await fixture.client.send(.GET, "/api/tunnels")
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == ["application/json"])
            #expect(answer.json?["uri"] == .string("/api/tunnels"))
            #expect(try await fixture.names() == ["a", "b b"])
            let tunnel = try #require(answer.json?["tunnels"]?.elements?.last)
            #expect(tunnel["uri"] == .string("/api/tunnels/b%20b"))
            #expect(tunnel["public_url"] == .string("tls://b b.example.com"))
            #expect(tunnel["proto"] == .string("tls"))
            #expect(tunnel["ID"]?.text?.isEmpty == false)
            #expect(tunnel["config"]?["addr"] == .string("localhost:8080"))
            #expect(tunnel["config"]?["inspect"] == .bool(false))
            for field in ["count", "rate1", "rate5", "rate15", "p50", "p90", "p95", "p99"] {
                #expect(tunnel["metrics"]?["conns"]?[field] != nil, "\(field)")
                #expect(tunnel["metrics"]?["http"]?[field] != nil, "\(field)")
            }
            let one = try await fixture.client.send(.GET, "/api/tunnels/b%20b")
            #expect(one.json?["name"] == .string("b b"))
            // As ngrok's agents show it.
            #expect(answer.json?["tunnels"]?.elements?.first?["config"]?["addr"] == .string("tls://localhost:443"))
            #expect(try await fixture.client.send(.GET, "/api/tunnels/other").status == 404)
        }
    }

    @Test("lists a labelled tunnel without a URL, and not among endpoints")
    func labelled() async throws {
        var team = TunnelSettings(name: "team", upstream: try UpstreamAddress("8080"))
        try team.labels.add("team=web")
        try await LocalAPIFixture.run([team, try Self.tunnel("web")]) { fixture in
            let tunnel = try await fixture.client.send(.GET, "/api/tunnels/team").json
            #expect(tunnel?["public_url"] == .string(""))
            #expect(tunnel?["proto"] == .string(""))
            #expect(try await fixture.names("endpoints") == ["web"])
        }
    }

    @Test("counts each tunnel's connections while they are open and when they have ended")
    func counts() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        var other = try upstream.tunnel()
        other.name = "other"
        try await LocalAPIFixture.run([try upstream.tunnel(), other]) { fixture in
            let edge = fixture.running.edge
            let name = try upstream.tunnel().name
            let (stream, _) = try await edge.open(tunnel: name, opening: [1])
            while try await fixture.connections(name)?["gauge"] != .integer(1) { await Task.yield() }
            #expect(try await fixture.connections(name)?["count"] == .integer(1))
            #expect(try await fixture.connections(name)?["p50"] == .number(0))
            stream.close(promise: nil)
            while try await fixture.connections(name)?["gauge"] != .integer(0) { await Task.yield() }
            let ended = try await fixture.connections(name)
            #expect(ended?["count"] == .integer(1))
            #expect(ended?["p50"] != .number(0))
            #expect(ended?["p50"] == ended?["p99"])
            #expect(try await fixture.connections("other")?["count"] == .integer(0))
        }
    }

    @Test("starts a tunnel and stops it, and leaves the others alone")
    func startAndStop() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("web")]) { fixture in
            let edge = fixture.running.edge
            let answer = try await fixture.client.send(
                .POST,
                "/api/tunnels",
                #"{"name":"api","proto":"tls","addr":8443,"domain":"api.example.com","metadata":null,"inspect":true}"#
            )
            #expect(answer.status == 201)
            #expect(answer.json?["public_url"] == .string("tls://api.example.com"))
            #expect(answer.json?["config"]?["addr"] == .string("localhost:8443"))
            #expect(try await fixture.names() == ["api", "web"])
            #expect(edge.state.withLock { $0.binds.map(\.extra.name) } == ["web", "api"])
            let stopped = try await fixture.client.send(.DELETE, "/api/tunnels/api")
            #expect(stopped.status == 204)
            #expect(stopped.body == [])
            #expect(try await fixture.names() == ["web"])
            #expect(edge.state.withLock { $0.unbinds } == ["bind-api"])
            #expect(try await fixture.client.send(.GET, "/api/tunnels/api").status == 404)
            #expect(try await fixture.client.send(.DELETE, "/api/tunnels/api").status == 404)
            // Whether or not a file has it.
            #expect(try await fixture.client.send(.DELETE, "/api/tunnels/web").status == 204)
            #expect(try await fixture.names() == [])
        }
    }

    @Test("keeps what was started when the files are read again, until they have that name")
    func reload() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("web")]) { fixture in
            let body = #"{"name":"api","proto":"tls","addr":8443,"domain":"api.example.com"}"#
            #expect(try await fixture.client.send(.POST, "/api/tunnels", body).status == 201)
            try await fixture.running.want([try Self.tunnel("other")])
            #expect(try await fixture.names() == ["api", "other"])
            try await fixture.running.want([try Self.tunnel("api", "9000")])
            #expect(try await fixture.names() == ["api"])
            let tunnel = try await fixture.client.send(.GET, "/api/tunnels/api").json
            #expect(tunnel?["config"]?["addr"] == .string("localhost:9000"))
        }
    }

    @Test("refuses a second tunnel of a name, and asks the edge nothing")
    func duplicate() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("web")]) { fixture in
            let body = #"{"name":"web","proto":"tls","addr":1,"domain":"other.example.com"}"#
            let answer = try await fixture.client.send(.POST, "/api/tunnels", body)
            #expect(answer.status == 400)
            #expect(answer.number == 102)
            #expect(answer.cause.contains("'web'"))
            #expect(fixture.running.edge.state.withLock { $0.binds.count } == 1)
        }
    }

    @Test("tells in the edge's words why a tunnel was not started, and forgets that one")
    func refused() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("web")]) { fixture in
            let edge = fixture.running.edge
            edge.state.withLock { state in
                state.refusesBind = .alreadyOnline("tls://api.example.com")
                state.refusesBindOf = "api"
            }
            let body = #"{"name":"api","proto":"tls","addr":8443,"domain":"api.example.com"}"#
            let answer = try await fixture.client.send(.POST, "/api/tunnels", body)
            #expect(answer.status == 502)
            #expect(answer.number == 103)
            #expect(answer.json?["status_code"] == .integer(502))
            #expect(answer.json?["msg"] == .string("failed to start tunnel"))
            #expect(answer.cause.contains("ERR_NGROK_334"))
            #expect(fixture.running.control.status.tunnels.map(\.tunnel.name) == ["web"])
            edge.state.withLock { $0.refusesBind = nil }
            #expect(try await fixture.client.send(.POST, "/api/tunnels", body).status == 201)
        }
    }

    @Test("says that there is no session, and starts nothing later")
    func withoutSession() async throws {
        try await LocalAPIFixture.run([try Self.tunnel("web")]) { fixture in
            let edge = fixture.running.edge
            edge.state.withLock { $0.isSilent = true }
            edge.state.withLock { $0.sessions.last }?.close()
            while fixture.running.control.status.session != nil { await Task.yield() }
            let body = #"{"name":"api","proto":"tls","addr":8443,"domain":"api.example.com"}"#
            let answer = try await fixture.client.send(.POST, "/api/tunnels", body)
            #expect(answer.status == 503)
            #expect(answer.number == 104)
            #expect(fixture.running.control.status.tunnels.map(\.tunnel.name) == ["web"])
            #expect(try await fixture.names() == [])
            let status = try await fixture.client.send(.GET, "/api/status").json
            #expect(status?["status"] == .string("connecting"))
            #expect(status?["session"] == .null)
        }
    }

    @Test("puts an endpoint, changes what is said of it while it is online, and tells what the edge would not change")
    func endpoints() async throws {
        try await LocalAPIFixture.run([]) { fixture in
            let edge = fixture.running.edge
            func put(_ description: String) async throws -> HTTPClient.Answer {
                let body =
                    #"{"url":"tls://api.example.com","upstream":{"url":"8443"},"pooling_enabled":true,"description":"\#(description)"}"#
                return try await fixture.client.send(.PUT, "/api/endpoints/api", body)
            }
            let first = try await put("one")
            #expect(first.status == 201)
            #expect(first.json?["url"] == .string("tls://api.example.com"))
            #expect(first.json?["uri"] == .string("/api/endpoints/api"))
            #expect(first.json?["upstream"]?["url"] == .string("localhost:8443"))
            #expect(first.json?["pooling_enabled"] == .bool(true))
            #expect(try await put("two").status == 200)
            #expect(edge.state.withLock { $0.patches.map(\.description) } == ["two"])
            #expect(edge.state.withLock { $0.unbinds } == [])
            edge.state.withLock { $0.refusesPatch = .alreadyOnline("tls://api.example.com") }
            let refused = try await put("three")
            #expect(refused.status == 502)
            #expect(refused.cause.contains("ERR_NGROK_334"))
            #expect(try await fixture.names("endpoints") == ["api"])
            edge.state.withLock { $0.refusesPatch = nil }
            let other = #"{"name":"other","url":"tls://other.example.com","upstream":{"url":"8444"}}"#
            #expect(try await fixture.client.send(.PUT, "/api/endpoints/api", other).status == 400)
            #expect(try await fixture.client.send(.POST, "/api/endpoints", other).status == 201)
            #expect(try await fixture.client.send(.DELETE, "/api/endpoints/api").status == 204)
            #expect(try await fixture.names("endpoints") == ["other"])
        }
    }

    @Test("has other tunnels started while one waits for the edge")
    func side() async throws {
        try await LocalAPIFixture.run([]) { fixture in
            let client = fixture.client
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let body = #"{"name":"t\#(number)","proto":"tls","addr":1,"domain":"t\#(number).example.com"}"#
                        return try await client.send(.POST, "/api/tunnels", body).status
                    }
                }
                for try await status in group { #expect(status == 201) }
            }
            #expect(try await fixture.names().count == 20)
        }
    }

    @Test("a port that is taken is named")
    func busyPort() async throws {
        try await LocalAPIFixture.run([]) { fixture in
            let port = UInt16(fixture.client.port)
            let complaint = try await #require(throws: Complaint.self) {
                try await LocalAPIFixture.server(port, of: fixture.running).run()
            }
            #expect(complaint.message == "cannot listen on 127.0.0.1:\(port): address in use")
        }
    }
}
