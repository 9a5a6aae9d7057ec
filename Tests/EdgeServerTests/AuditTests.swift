import AgentProtocol
import EdgeServer
import EventTesting
import FolderTesting
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import NIOCore
import NIOHTTP1
import Testing

@Suite("Events of changes and sessions", .noHang)
struct AuditTests {
    private static let configuration = "deadlines: { hello: 60s }\nevents-reach: any"

    /// Of the operator's file.
    private static func events(in folder: URL) throws -> [JSONValue] {
        try String(contentsOf: folder.appending(path: "events.jsonl"), encoding: .utf8).split(separator: "\n")
            .map { try JSONValue(reading: Array($0.utf8)) }
    }

    @Test("a domain's life is told to who subscribed and to the operator, as the API shows it and by whose key")
    func domain() async throws {
        let kinds = ["created", "updated", "deleted"]
        try await EventServer.run({ _ in .status(204) }) { server in
            try await withTemporaryFolder { folder in
                var shown: [JSONValue] = []
                var keyID = ""
                try await TestEdge.run(in: folder, configuration: Self.configuration) { edge in
                    let sources = kinds.map { #"{"type":"domain_\#($0).v0"}"# }.joined(separator: ",")
                    _ = try await edge.subscribe(server, sources: "[\(sources)]")
                    let keys = try await edge.api.send(.GET, "/api_keys").json?["keys"]?.elements
                    keyID = keys?.first?["id"]?.text ?? ""
                    let made = try await edge.create("/reserved_domains", #"{"domain":"mine.shakedown.test"}"#)
                    let path = "/reserved_domains/\(made["id"]?.text ?? "")"
                    let changed = try await edge.api.send(.PATCH, path, #"{"description":"changed"}"#)
                    shown = [made, try #require(changed.json)]
                    #expect(try await edge.api.send(.DELETE, path).status == 204)
                }
                let delivered = try server.events
                let types = kinds.map { "domain_\($0).v0" }
                #expect(delivered.map { $0["event_type"]?.text } == types)
                #expect(delivered.compactMap { $0["object"] } == shown + [shown[1]])
                for event in delivered {
                    #expect(event["account_id"]?.text == "ac_test")
                    #expect(event["principal"]?["id"]?.text == keyID)
                    #expect(event["principal"]?["source"]?.text == "API")
                    #expect(event["principal"]?["credential"]?["id"]?.text == keyID)
                    let uri = event["principal"]?["credential"]?["uri"]?.text
                    #expect(uri?.hasSuffix("/api_keys/\(keyID)") == true)
                }
                let written = try Self.events(in: folder).filter { $0["principal"] != .null }
                #expect(delivered.allSatisfy { written.contains($0) })
                let destination = written.first { $0["event_type"]?.text == "event_destination_created.v0" }
                #expect(destination?["object"]?["target"]?["webhook"]?["url"] == .null)
            }
        }
    }

    @Test("what the file puts in is told at the start as nobody's doing, without a secret, and once")
    func file() async throws {
        try await withTemporaryFolder { folder in
            let configuration = "\(Self.configuration)\nstore: { path: edge.db }"
            for _ in 0..<2 { try await TestEdge.run(in: folder, configuration: configuration) { _ in } }
            let events = try Self.events(in: folder)
            #expect(events.allSatisfy { $0["principal"] == .null })
            let kinds = events.compactMap { $0["event_type"]?.text }
            #expect(kinds.filter { $0 == "domain_created.v0" }.count == 4)
            #expect(kinds.filter { $0 == "tunnel_credential_created.v0" }.count == 4)
            #expect(kinds.filter { $0 == "api_key_created.v0" }.count == 1)
            #expect(kinds.count == 9)
            // Nobody has said where the API is.
            #expect(events.allSatisfy { $0["object"]?["uri"] == .null })
        }
    }

    @Test("a token that the API makes is in no event")
    func tokens() async throws {
        try await withTemporaryFolder { folder in
            var token = ""
            try await TestEdge.run(in: folder, configuration: Self.configuration) { edge in
                token = try await edge.create("/credentials", "{}")["token"]?.text ?? ""
            }
            #expect(!token.isEmpty)
            let text = try String(contentsOf: folder.appending(path: "events.jsonl"), encoding: .utf8)
            #expect(text.contains(#""principal":{"#) && !text.contains(token))
        }
    }

    @Test("whoever watches is told of the change that ends the watching")
    func ending() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            try await TestEdge.run(configuration: Self.configuration) { edge in
                let id = try await edge.subscribe(server, sources: #"[{"type":"event_subscription_deleted.v0"}]"#)
                #expect(try await edge.api.send(.DELETE, "/event_subscriptions/\(id)").status == 204)
            }
            let events = try server.events
            #expect(events.map { $0["event_type"]?.text } == ["event_subscription_deleted.v0"])
        }
    }

    @Test("a session's start and stop are told, with what the agent says of itself and why it ended")
    func sessions() async throws {
        try await EventServer.run({ _ in .status(204) }) { server in
            var sessions: [String] = []
            let api = #"{ listen: "127.0.0.1:0", public-url: "https://api.example.com" }"#
            try await TestEdge.run(configuration: Self.configuration, api: api) { edge in
                _ = try await edge.subscribe(
                    server,
                    sources: #"[{"type":"agent_session_start.v0"},{"type":"agent_session_stop.v0"}]"#
                )
                for reason in ["agent", "edge"] {
                    let name = reason == "agent" ? "Agents.example.com" : nil
                    let agent = try await TestAgent.connect(to: edge, as: name)
                    let welcome = try await agent.authenticate {
                        $0.userAgent = "test/1"
                        $0.metadata = "mine"
                        $0.os = "linux"
                        $0.arch = "arm64"
                    }
                    sessions.append(welcome.extra.agentSessionID)
                    if reason == "agent" {
                        try await agent.vanish()
                        while try await edge.metrics().contains("agent_sessions 1") {}
                    }
                }
                let refused = try await TestAgent.connect(to: edge)
                _ = try await refused.authenticate(token: "wrong")
                _ = try await refused.sessionEnded.get()
            }
            let events = try server.events
            let start = "agent_session_start.v0"
            let stop = "agent_session_stop.v0"
            #expect(events.compactMap { $0["event_type"]?.text } == [start, stop, start, stop])
            let objects = events.compactMap { $0["object"] }
            #expect(
                objects.map { $0["session"]?["id"]?.text } == [sessions[0], sessions[0], sessions[1], sessions[1]]
            )
            for object in objects {
                let uri = "https://api.example.com/tunnel_sessions/\(object["session"]?["id"]?.text ?? "")"
                #expect(object["session"]?["uri"]?.text == uri)
                #expect(object["credential"]?["id"]?.text?.hasPrefix("cr_") == true)
                #expect(object["agent_ip"]?.text == "127.0.0.1" && object["ingress_server_ip"]?.text == "127.0.0.1")
                #expect(object["user_agent"]?.text == "test/1" && object["metadata"]?.text == "mine")
                #expect(object["os"]?.text == "linux" && object["arch"]?.text == "arm64")
                #expect(object["transport"]?.text == "muxado")
            }
            #expect(
                objects.map { $0["ingress_hostname"]?.text } == ["agents.example.com", "agents.example.com", "", ""]
            )
            #expect(objects.map { $0["stopped_at"] == .null } == [true, false, true, false])
            #expect(objects[0]["error"]?.text == "" && objects[1]["error"]?.text?.isEmpty == false)
            #expect(objects[3]["error"]?.text == "the edge shuts down")
        }
    }
}
