import EdgeAPI
import EdgeCore
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("What is online, in the API", .noHang)
struct LiveRouteTests {
    private static func live(_ fixture: APIFixture) throws -> LiveResources {
        let account = APIFixture.account
        var live = LiveResources()
        for number in 0..<3 {
            let start = APIFixture.now.advanced(byNanoseconds: Int64(number) * 1_000_000_000)
            live.sessions.append(
                TunnelSessionStatus(id: "ts_\(number)", accountID: account, startedAt: start, credentialID: "cr_1")
            )
        }
        live.sessions.append(
            TunnelSessionStatus(
                id: "ts_x",
                accountID: APIFixture.other,
                startedAt: APIFixture.now,
                credentialID: "cr_2"
            )
        )
        let name = try DomainName("a.example.com")
        var endpoint = EndpointStatus(id: "ep_1", accountID: account, startedAt: APIFixture.now, name: name)
        endpoint.tunnelID = "tn_1"
        endpoint.sessionID = "ts_1"
        live.endpoints = [endpoint]
        var named = TunnelStatus(id: "tn_1", accountID: account, startedAt: APIFixture.now, sessionID: "ts_1")
        named.name = name
        named.endpointID = "ep_1"
        var labeled = TunnelStatus(id: "tn_2", accountID: account, startedAt: APIFixture.now, sessionID: "ts_1")
        labeled.labels = ["role": "web", "dc": "a"]
        live.tunnels = [named, labeled]
        return live
    }

    @Test("endpoints, tunnels and sessions name each other")
    func references() async throws {
        try await APIFixture.run { fixture in
            fixture.plane.live = try Self.live(fixture)
            let client = fixture.client
            let endpoint = try #require(try await client.send(.GET, "/endpoints/ep_1").json)
            #expect(endpoint["public_url"]?.text == "tls://a.example.com")
            #expect(endpoint["hostport"]?.text == "a.example.com:443")
            #expect(endpoint["type"]?.text == "ephemeral")
            #expect(endpoint["tunnel"]?["uri"]?.text?.hasSuffix("/tunnels/tn_1") == true)
            #expect(endpoint["edge"] == .null)
            let tunnel = try #require(try await client.send(.GET, "/tunnels/tn_1").json)
            #expect(tunnel["endpoint"]?["id"]?.text == "ep_1")
            #expect(tunnel["tunnel_session"]?["id"]?.text == "ts_1")
            #expect(tunnel["labels"] == .object([]))
            let session = try #require(try await client.send(.GET, "/tunnel_sessions/ts_1").json)
            #expect(session["credential"]?["id"]?.text == "cr_1")
            #expect(session["transport"]?.text == "ngrok/v2")
        }
    }

    @Test("a tunnel with labels and the groups that it is in name each other")
    func labels() async throws {
        try await APIFixture.run { fixture in
            fixture.plane.live = try Self.live(fixture)
            let group = try await fixture.create("/backends/tunnel_group", #"{"labels":{"role":"web"}}"#)
            try await fixture.create("/backends/tunnel_group", #"{"labels":{"role":"db"}}"#)
            let tunnel = try await fixture.client.send(.GET, "/tunnels/tn_2").json
            #expect(tunnel?["backends"]?.elements?.compactMap { $0["id"]?.text } == [group])
            #expect(tunnel?["public_url"] == .string(""))
            let shown = try await fixture.client.send(.GET, "/backends/tunnel_group/\(group)").json
            #expect(shown?["tunnels"]?.elements?.compactMap { $0["id"]?.text } == ["tn_2"])
        }
    }

    @Test("lists are an account's own, newest first, page by page")
    func lists() async throws {
        try await APIFixture.run { fixture in
            fixture.plane.live = try Self.live(fixture)
            let first = try await fixture.client.send(.GET, "/tunnel_sessions?limit=2").json
            #expect(first?["tunnel_sessions"]?.elements?.compactMap { $0["id"]?.text } == ["ts_2", "ts_1"])
            #expect(first?["next_page_uri"]?.text?.hasSuffix("/tunnel_sessions?before_id=ts_1&limit=2") == true)
            let second = try await fixture.client.send(.GET, "/tunnel_sessions?before_id=ts_1&limit=2").json
            #expect(second?["tunnel_sessions"]?.elements?.compactMap { $0["id"]?.text } == ["ts_0"])
            #expect(second?["next_page_uri"] == .null)
            let others = try await fixture.stranger.send(.GET, "/tunnel_sessions").json
            #expect(others?["tunnel_sessions"]?.elements?.compactMap { $0["id"]?.text } == ["ts_x"])
            #expect(try await fixture.stranger.send(.GET, "/endpoints/ep_1").status == 404)
        }
    }

    @Test("agents are told what to do, by their own account, and what they answer is passed on")
    func commands() async throws {
        try await APIFixture.run { fixture in
            fixture.plane.live = try Self.live(fixture)
            #expect(try await fixture.client.send(.POST, "/tunnel_sessions/ts_1/stop").status == 204)
            #expect(try await fixture.client.send(.POST, "/tunnel_sessions/ts_2/stop", "{}").status == 204)
            #expect(fixture.plane.commands == ["stop ts_1", "stop ts_2"])
            #expect(try await fixture.stranger.send(.POST, "/tunnel_sessions/ts_1/stop").status == 404)
            #expect(try await fixture.client.send(.POST, "/tunnel_sessions/ts_9/stop").status == 404)
            #expect(try await fixture.client.send(.POST, "/tunnel_sessions/ts_1/stop", #"{"now":true}"#).code == 214)
            let update = try await fixture.client.send(.POST, "/tunnel_sessions/ts_1/update")
            #expect(update.status == 400)
            #expect(update.code == 806)
            let restart = try await fixture.client.send(.POST, "/tunnel_sessions/ts_1/restart")
            #expect(restart.status == 503)
            #expect(restart.code == 810)
            #expect(fixture.plane.commands.count == 2)
        }
    }
}
