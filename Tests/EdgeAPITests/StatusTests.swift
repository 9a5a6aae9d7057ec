import EdgeAPI
import EdgeCore
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("What is online, for people", .noHang)
struct StatusTests {
    private static func password(_ key: String, user: String = "me") -> HTTPHeaders {
        ["Authorization": "Basic \(Data("\(user):\(key)".utf8).base64EncodedString())"]
    }

    private static func endpoint(_ name: String, of account: String) throws -> EndpointStatus {
        EndpointStatus(id: "ep_\(name)", accountID: account, startedAt: APIFixture.now, name: try DomainName(name))
    }

    private static func connection(_ id: String) -> ConnectionStatus {
        ConnectionStatus(
            id: id,
            endedAt: APIFixture.now,
            endpoint: "tls://app.edge.test",
            clientAddress: "192.0.2.1:40000",
            nanoseconds: 1_500_000_000,
            bytesIn: 12,
            bytesOut: 34,
            outcome: "refused",
            reason: "ip_denied"
        )
    }

    /// An account with an endpoint, a labelled tunnel, a session and a connection, beside another account's endpoint.
    private static func fill(_ plane: TestPlane, version: String = "1.2.3") throws {
        var live = LiveResources()
        live.endpoints = [
            try Self.endpoint("app.edge.test", of: APIFixture.account),
            try Self.endpoint("theirs.edge.test", of: APIFixture.other),
        ]
        var tunnel = TunnelStatus(
            id: "tn_1",
            accountID: APIFixture.account,
            startedAt: APIFixture.now,
            sessionID: "ts_1"
        )
        tunnel.labels = ["team": "web"]
        live.tunnels = [tunnel]
        var session = TunnelSessionStatus(
            id: "ts_1",
            accountID: APIFixture.account,
            startedAt: APIFixture.now,
            credentialID: "cr_1"
        )
        session.agentVersion = version
        session.isLate = true
        live.sessions = [session]
        plane.live = live
        plane.end(Self.connection("conn_mine"), of: APIFixture.account)
        plane.end(Self.connection("conn_theirs"), of: APIFixture.other)
    }

    @Test("the page asks for a key, and tells nothing without one")
    func withoutKey() async throws {
        try await APIFixture.run { fixture in
            try Self.fill(fixture.plane)
            let headers: [HTTPHeaders] = [
                [:], Self.password("wrong_key"), Self.password(""), ["Authorization": "Bearer one_key"],
                ["Authorization": "Basic one_key"], ["Authorization": "Basic b25lX2tleQ=="],
                // The key as the user's name.
                Self.password("", user: "one_key"),
            ]
            for headers in headers {
                let answer = try await fixture.nobody.send(.GET, "/", headers: headers)
                #expect(answer.status == 401)
                #expect(answer.headers["WWW-Authenticate"].first?.hasPrefix("Basic ") == true)
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("edge.test"))
            }
            // The password of the page opens nothing else.
            let answer = try await fixture.nobody.send(.GET, "/status", headers: Self.password("one_key"))
            #expect(answer.status == 401)
            #expect(try await fixture.nobody.send(.POST, "/", "{}", headers: Self.password("one_key")).status == 405)
        }
    }

    @Test("the page shows the key's account, and nothing of another's")
    func page() async throws {
        try await APIFixture.run { fixture in
            try Self.fill(fixture.plane)
            let answer = try await fixture.nobody.send(.GET, "/", headers: Self.password("one_key"))
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == ["text/html; charset=utf-8"])
            #expect(answer.headers["Cache-Control"] == ["no-store"])
            let policy = answer.headers["Content-Security-Policy"].first ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            let page = String(decoding: answer.body, as: UTF8.self)
            for word in [
                "tls://app.edge.test", "team=web", "labelled", "ts_1", "1.2.3", "late", "192.0.2.1:40000", "1500 ms",
                "refused: ip_denied", "<dt>endpoints</dt><dd>2</dd>",
            ] { #expect(page.contains(word), "\(word)") }
            #expect(!page.contains("theirs"))
            #expect(!page.contains("<script"))
            #expect(!page.contains("http://") && !page.contains("https://"))
        }
    }

    @Test("what an agent or a client says is text on the page, and moves no cursor in a terminal")
    func hostile() async throws {
        // A character of two scalars, the first of which alone ends an attribute or opens a tag.
        let hostile = "<img src=x>'\"\u{301}<\u{301}&amp;\u{202E}\u{1B}]0;title\u{7}"
        try await APIFixture.run { fixture in
            try Self.fill(fixture.plane, version: hostile)
            let answer = try await fixture.nobody.send(.GET, "/", headers: Self.password("one_key"))
            let page = String(decoding: answer.body, as: UTF8.self)
            #expect(
                page.contains(
                    "&lt;img src=x&gt;&#39;&quot;\u{301}&lt;\u{301}&amp;amp;\\u{202e}\\u{1b}]0;title\\u{7}"
                )
            )
            #expect(!page.contains("<img"))
            let status = try EdgeStatus(reading: try await fixture.client.send(.GET, "/status").body)
            #expect(status.sessions.first?.version == hostile)
            let table = StatusTable.text(status)
            #expect(!table.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{202E}" })
        }
    }

    @Test("the table has a line for everything that JSON has, under its heads")
    func table() async throws {
        try await APIFixture.run { fixture in
            try Self.fill(fixture.plane)
            let answer = try await fixture.client.send(.GET, "/status")
            #expect(answer.json?["counts"]?["late_sessions"]?.integer == 1)
            let status = try EdgeStatus(reading: answer.body)
            #expect(status.connections.map(\.id) == ["conn_mine"])
            let lines = StatusTable.text(status).split(separator: "\n")
            #expect(lines[0] == "One, plan Enterprise, at 2027-01-15T08:00:00Z")
            #expect(lines[1].hasPrefix("2 endpoints, 0 TLS edges, 1 agents' sessions (1 late), 1 recent connections"))
            #expect(lines.contains { $0.hasPrefix("team=web ") && $0.contains("labelled") })
            #expect(lines.contains { $0.hasSuffix("refused: ip_denied") })
        }
    }

    @Test("a TLS edge tells how many of the account's tunnels fit")
    func edges() async throws {
        try await APIFixture.run { fixture in
            try Self.fill(fixture.plane)
            let group = try await fixture.create("/backends/tunnel_group", #"{"labels":{"team":"web"}}"#)
            let other = try await fixture.create("/backends/tunnel_group", #"{"labels":{"team":"api"}}"#)
            let both = try await fixture.create("/backends/failover", #"{"backends":["\#(other)","\#(group)"]}"#)
            for backend in [group, other, both] {
                try await fixture.create("/edges/tls", #"{"backend":{"backend_id":"\#(backend)"}}"#)
            }
            let status = try EdgeStatus(reading: try await fixture.client.send(.GET, "/status").body)
            #expect(status.tlsEdges.map(\.tunnels) == [1, 0, 1])
            let strangers = try EdgeStatus(reading: try await fixture.stranger.send(.GET, "/status").body)
            #expect(strangers.tlsEdges.isEmpty)
        }
    }
}
