import AgentProtocol
import EdgeServer
import EventTesting
import FolderTesting
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import LogTesting
import NIOHTTP1
import Testing

@Suite("Event subscriptions", .noHang)
struct EventSubscriptionTests {
    private static let configuration = "deadlines: { hello: 60s }\nevents-reach: any"
    private static let closed = "tcp_connection_closed.v0"

    @Test(
        "a webhook gets the connections of its own account alone, those that the filter wants, and of them what was chosen"
    )
    func connections() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            let log = LineRecorder()
            try await TestEdge.run(configuration: Self.configuration, log: log) { edge in
                _ = try await edge.subscribe(
                    server,
                    auth: #","header":{"name":"X-Key","value":"sesame"}"#,
                    sources: #"""
                        [{"type":"\#(Self.closed)","filter":"ev.conn.server_name != 'unwanted.shakedown.test'",
                        "fields":["conn.server_name","conn.server_port"]}]
                        """#
                )
                let agent = try await TestAgent.serving(edge, "wanted.shakedown.test")
                _ = try await agent.bind { $0.hostname = "unwanted.shakedown.test" }
                let other = try await TestAgent.connect(to: edge)
                _ = try await other.authenticate(token: TestEdge.otherToken)
                _ = try await other.bind { $0.hostname = "theirs.example.net" }
                for name in ["theirs.example.net", "unwanted.shakedown.test", "wanted.shakedown.test"] {
                    try await edge.serveOne(name)
                }
                try await agent.vanish()
                try await other.vanish()
            }
            // The edge has ended, and everything that was to be delivered is.
            let events = try server.events
            try #require(events.count == 1)
            #expect(events[0]["event_type"]?.text == Self.closed)
            #expect(events[0]["account_id"]?.text == "ac_test")
            #expect(events[0]["principal"] == .null)
            let connection = try #require(events[0]["object"]?["conn"])
            #expect(connection["server_name"]?.text == "wanted.shakedown.test")
            #expect(connection["server_port"]?.integer != nil)
            #expect(events[0]["object"]?.names == ["conn"] && connection.names == ["server_name", "server_port"])
            #expect(server.requests[0].head.headers["X-Key"] == ["sesame"])
            for secret in ["sesame", "in-the-url"] { #expect(!log.lines.contains { $0.contains(secret) }) }
        }
    }

    @Test("a subscription that is changed holds for the next connection, and one that is gone for none")
    func changed() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            try await TestEdge.run(configuration: Self.configuration) { edge in
                let agent = try await TestAgent.serving(edge, "one.shakedown.test")
                _ = try await agent.bind { $0.hostname = "two.shakedown.test" }
                let id = try await edge.subscribe(server, sources: Self.source(wanting: "one.shakedown.test"))
                try await edge.serveOne("one.shakedown.test")
                await server.wait(forRequests: 1)
                let path = "/event_subscriptions/\(id)"
                let changed = try await edge.api.send(
                    .PATCH,
                    "\(path)/sources/\(Self.closed)",
                    #"{"filter":"ev.conn.server_name == 'two.shakedown.test'"}"#
                )
                #expect(changed.status == 200)
                try await edge.serveOne("one.shakedown.test")
                try await edge.serveOne("two.shakedown.test")
                await server.wait(forRequests: 2)
                #expect(try await edge.api.send(.DELETE, path).status == 204)
                try await edge.serveOne("two.shakedown.test")
                try await agent.vanish()
            }
            let names = try server.events.map { $0["object"]?["conn"]?["server_name"]?.text }
            #expect(names == ["one.shakedown.test", "two.shakedown.test"])
        }
    }

    @Test("a filter that is none is refused by its number, and so is a field that filters cannot ask for")
    func filters() async throws {
        try await TestEdge.run(configuration: Self.configuration) { edge in
            for (filter, code) in [("ev.conn.server_name", 5404), ("ev.conn.bytes_in > 1", 5406)] {
                let answer = try await edge.api.send(
                    .POST,
                    "/event_subscriptions",
                    #"{"sources":[{"type":"\#(Self.closed)","filter":"\#(filter)"}]}"#
                )
                #expect(answer.code == code)
                #expect(answer.field == "sources.filter")
            }
        }
    }

    @Test("webhooks are at public addresses alone unless the operator says otherwise, and have a URL that can be used")
    func reach() async throws {
        func create(_ edge: TestEdge, _ url: String) async throws -> HTTPClient.Answer {
            let body = #"{"format":"json","target":{"webhook":{"url":"\#(url)"}}}"#
            return try await edge.api.send(.POST, "/event_destinations", body)
        }
        try await TestEdge.run { edge in
            for url in ["http://127.0.0.1:1/", "ftp://a.example.com/", "https://user@a.example.com/"] {
                let answer = try await create(edge, url)
                #expect(answer.status == 400)
                #expect(answer.field == "target")
            }
            #expect(try await create(edge, "https://a.example.com/").status == 201)
        }
    }

    @Test("a webhook that is dead keeps no connection and no file")
    func dead() async throws {
        // So late that it is not tried again before the end, and nobody waits for that.
        try await EventServer.run({ _ in .status(503, [("Retry-After", "300")]) }) { server in
            let events = try await TestEdge.run(configuration: Self.configuration) { edge in
                let agent = try await TestAgent.serving(edge, "one.shakedown.test")
                _ = try await edge.subscribe(server, sources: #"[{"type":"\#(Self.closed)"}]"#)
                for _ in 0..<3 { try await edge.serveOne("one.shakedown.test") }
                await server.wait(forRequests: 1)
                try await agent.vanish()
            }
            #expect(events.count == 3)
            #expect(server.requests.count == 1)
        }
    }

    @Test("what a webhook took and what it was sent again is counted")
    func counted() async throws {
        try await EventServer.run({ $0 == 0 ? .status(500) : .status(204) }) { server in
            try await TestEdge.run(configuration: Self.configuration) { edge in
                let agent = try await TestAgent.serving(edge, "one.shakedown.test")
                _ = try await edge.subscribe(server, sources: #"[{"type":"\#(Self.closed)"}]"#)
                try await edge.serveOne("one.shakedown.test")
                await server.wait(forRequests: 2)
                let expected = [
                    #"events_delivered_total{destination="webhook"} 1"#,
                    #"events_retried_total{destination="webhook"} 1"#,
                ]
                var counted: [String] = []
                // The count comes a little later than the answer.
                for _ in 0..<2_000 where counted != expected {
                    counted = try await edge.metrics().filter { $0.contains(#"{destination="webhook""#) }
                }
                #expect(counted == expected)
                try await agent.vanish()
            }
        }
    }

    @Test("subscriptions that were kept hold from an edge's start on, for what its file changes as well")
    func restart() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            try await withTemporaryFolder { folder in
                let configuration = "\(Self.configuration)\nstore: { path: edge.db }"
                try await TestEdge.run(in: folder, configuration: configuration) { edge in
                    _ = try await edge.subscribe(server, sources: #"[{"type":"domain_deleted.v0"}]"#)
                    edge.reload { $0.replacing("offline.example.com, ", with: "") }
                    await server.wait(forRequests: 1)
                }
                // The file has it again; then no more.
                try await TestEdge.run(in: folder, configuration: configuration) { edge in
                    edge.reload { $0.replacing("offline.example.com, ", with: "") }
                    await server.wait(forRequests: 2)
                }
            }
            let names = try server.events.map { $0["object"]?["domain"]?.text }
            #expect(names == ["offline.example.com", "offline.example.com"])
            #expect(try server.events.allSatisfy { $0["principal"] == .null })
        }
    }

    @Test(
        "a webhook that the operator has put out of reach since it was kept gets nothing, and the log says which it is"
    )
    func outOfReach() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            try await withTemporaryFolder { folder in
                let store = "store: { path: edge.db }"
                try await TestEdge.run(in: folder, configuration: "\(Self.configuration)\n\(store)") { edge in
                    _ = try await edge.subscribe(server, sources: #"[{"type":"domain_created.v0"}]"#)
                }
                try await TestEdge.run(in: folder, configuration: store) { edge in
                    _ = try await edge.create("/reserved_domains", #"{"domain":"mine.shakedown.test"}"#)
                    let told = edge.log.lines.filter { $0.hasPrefix("event destination cannot be delivered to") }
                    #expect(told.count == 1 && told[0].contains("ed_"), "\(told)")
                }
            }
            #expect(server.requests.isEmpty)
        }
    }

    private static func source(wanting name: String) -> String {
        #"[{"type":"\#(Self.closed)","filter":"ev.conn.server_name == '\#(name)'"}]"#
    }
}

extension JSONValue {
    fileprivate var names: [String] {
        if case .object(let members) = self { members.map(\.name) } else { [] }
    }
}
