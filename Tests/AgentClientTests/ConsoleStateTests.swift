import AgentClient
import CredentialTesting
import Foundation
import HangTesting
import LogTesting
import Logging
import NIOCore
import Synchronization
import Testing

@Suite("What the console learns from the log", .noHang)
struct ConsoleStateTests {
    private static func facts(_ state: ConsoleState) -> [String] {
        state.screen(upstreams: [:]).facts.map { "\($0.name): \($0.value)" }
    }

    @Test("is the session, from the first attempt to its loss, and why there is none")
    func session() {
        var state = ConsoleState()
        #expect(Self.facts(state).first == "Session Status: connecting")
        state.note("edge cannot be reached, trying again", ["error": "connection refused"], at: Date())
        #expect(Self.facts(state).first == "Session Status: connecting  (connection refused)")
        state.note("session established", ["account.name": "me", "server.region": "eu"], at: Date())
        state.note("heartbeat answered", ["heartbeat.latency": "1.5 ms"], at: Date())
        let online = Self.facts(state)
        #expect(online[0] == "Session Status: online")
        #expect(online[1] == "Account: me")
        #expect(online[2].hasPrefix("Version: "))
        #expect(online[3...] == ["Region: eu", "Latency: 1.5 ms"])
        state.note("session lost", ["error": "eof"], at: Date())
        #expect(Self.facts(state).first == "Session Status: reconnecting  (eof)")
    }

    @Test("is each tunnel, whatever became of it; further legs have nothing to add but connections")
    func tunnels() {
        var state = ConsoleState()
        func note(_ sentence: String, _ data: [String: String]) { state.note(sentence, data, at: Date()) }
        note("tunnel online", ["tunnel.name": "web", "tunnel.url": "tls://a.example.com"])
        note("tunnel online", ["tunnel.name": "team", "tunnel.id": "tn_1"])
        note("tunnel online", ["tunnel.name": "gone", "tunnel.url": "tls://g.example.com"])
        note("tunnel online", ["tunnel.name": "web", "leg.number": "1"])
        note("tunnel is not online", ["tunnel.name": "late", "error": "334"])
        note("tunnel stopped by the edge", ["tunnel.name": "team", "error": "not paid"])
        note("tunnel offline", ["tunnel.name": "gone"])
        #expect(
            state.screen(upstreams: ["web": "localhost:1", "team": "localhost:2", "late": "localhost:3"]).forwarding
                == [
                    "late -> localhost:3  (334)", "team -> localhost:2  (not paid)",
                    "tls://a.example.com -> localhost:1",
                ]
        )
        note("connection opened", ["tunnel.name": "web", "leg.number": "1"])
        #expect(state.screen(upstreams: [:]).openCount == 1)
    }

    @Test("is what an agent says that runs")
    func running() async throws {
        let upstream = try await TestUpstream.start(answer: Array("hello".utf8))
        let console = ConsoleLog()
        try await RunningAgent.with(
            logger: Logger(label: "test") { _ in console.handler },
            { _, _ in [try upstream.tunnel()] },
            body: { running in
                let first = try await running.edge.open(tunnel: "web", opening: [1, 2, 3])
                while console.screen(running.wanted).openCount < 1 { try await Task.sleep(for: .milliseconds(5)) }
                let during = console.screen(running.wanted)
                #expect(during.facts.first == ConsoleScreen.Fact("Session Status", "online"))
                #expect(during.forwarding == ["tls://app.example.com -> localhost:\(upstream.port)"])
                try await first.stream.close(mode: .output)
                #expect(try await first.recording.get().text == "hello")
                while console.screen(running.wanted).openCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
                let after = console.screen(running.wanted)
                #expect(after.connectionCount == 1)
                #expect(after.connections.count == 1)
                #expect(after.connections.first?.contains("web  192.0.2.1:5000  3 bytes in, 5 out, ") == true)
                while !console.screen(running.wanted).facts.contains(where: {
                    $0.name == "Latency" && !$0.value.isEmpty
                }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        )
    }
}
