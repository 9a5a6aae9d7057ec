import Addresses
import FolderTesting
import Foundation
import ProcessTesting
import ProgramKit
import ScenarioModel
import Testing

@testable import Targets

@Suite("Starting and stopping targets")
struct StartingTests {
    private func yaml(
        script: String,
        ready: String = "{ file: ready.json }",
        within: String = "10",
        more: String = ""
    ) -> String {
        """
        title: Scripted edge
        programs: { sh: { install: get a shell } }
        probes: { version: { program: sh, arguments: [], pattern: x } }
        features: [role.passthrough, agents, events]
        deadlines: { hello: 3 }
        hints: [{ pattern: "no such flavour", hint: "choose vanilla" }]
        processes:
          edge:
            program: sh
            serves: edge
            templates: {}
            arguments: [-c, '\(script)']
            ready: \(ready)
            within: \(within)
            reload: HUP
            stop: { grace: 1 }
            events: events.jsonl
        \(more)
        """
    }

    private static let listening =
        #"echo "{\"listen\":[\"127.0.0.1:9\",\"[::1]:10\"],\"agents\":\"127.0.0.1:11\"}" > ready.new; mv ready.new ready.json"#

    private func start(
        _ yaml: String,
        in folder: URL,
        _ plans: [EndpointPlan] = [Fixture.plan("a.shakedown.test")]
    ) async throws -> RunningTarget {
        let work = folder.appending(path: "work")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        return try await Targets.start(
            try Fixture.scripted(yaml, in: folder),
            Fixture.deployment(in: work, plans),
            supervisor: ProcessTesting.supervisor,
            keepsWorkDirectory: false
        )
    }

    @Test("a ready file tells where the edge listens, and stopping leaves nothing")
    func readyFile() async throws {
        try await withTemporaryFolder { folder in
            let script = "echo $$ > ../leader; \(Self.listening); echo hello; exec sleep 60"
            let target = try await self.start(self.yaml(script: script), in: folder)
            #expect(target.address(for: .loopback) == TransportAddress(ip: .loopback, port: 9))
            #expect(target.address(for: .otherLoopback) == TransportAddress(ip: .loopback, port: 9))
            #expect(target.address(for: .loopback6) == TransportAddress(ip: .loopback6, port: 10))
            #expect(target.isAlive)
            #expect(target.logExcerpt == "== sh\nhello")
            let leader = try #require(number(in: folder.appending(path: "leader")))
            await target.stop()
            #expect(!isRunning(leader))
            #expect(!target.isAlive)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "work").path))
        }
    }

    @Test("an edge that ends before it is ready says its last words, and what to do")
    func exitedEarly() async throws {
        try await withTemporaryFolder { folder in
            let error = try await #require(throws: TargetError.self) {
                try await self.start(self.yaml(script: "echo no such flavour: mint; exit 3"), in: folder)
            }
            #expect(error.code == .exitedEarly)
            #expect(
                error.description == """
                    sh ended with status 3 before it was ready; its last words:
                    no such flavour: mint
                    hint: choose vanilla
                    """
            )
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "work").path))
        }
    }

    @Test("an edge that refuses its configuration is asked why")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let yaml = self.yaml(script: "exit 1", more: "    check: [-c, 'echo line 7 is wrong; exit 1']")
            let error = try await #require(throws: TargetError.self) { try await self.start(yaml, in: folder) }
            #expect(error.code == .refusedConfiguration)
            #expect(error.message.hasPrefix("Scripted edge refuses the configuration in "))
            #expect(error.message.hasSuffix(":\nline 7 is wrong"))
            #expect(error.hint?.hasPrefix("look at the templates in ") == true)
        }
    }

    @Test(
        "what a ready file lists must be an address and a port that can be dialled",
        arguments: ["localhost:443", "127.0.0.1", "127.0.0.1:0", "::1:443", "[::1]:65536"]
    )
    func unusableAddress(_ text: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "ready.json").path
            try Data(#"{"listen":["127.0.0.1:9","\#(text)"]}"#.utf8).write(to: URL(filePath: file))
            let error = try #require(throws: TargetError.self) { try Readiness(ReadyFile(path: file)) }
            #expect(error.code == .notReady)
            #expect(error.message == "the ready file \(file) lists '\(text)', which is no address and port")
        }
    }

    @Test("an edge that is never ready is ended")
    func notReady() async throws {
        try await withTemporaryFolder { folder in
            let script = "echo $$ > ../leader; echo waiting for Godot; exec sleep 60"
            let error = try await #require(throws: TargetError.self) {
                try await self.start(self.yaml(script: script, within: "0.3"), in: folder)
            }
            #expect(error.code == .notReady)
            #expect(error.description == "sh was not ready within 0.3 s; its last words:\nwaiting for Godot")
            let leader = try #require(number(in: folder.appending(path: "leader")))
            #expect(!isRunning(leader))
        }
    }

    @Test("a port that someone else took first is given up for another, four times")
    func busyPort() async throws {
        try await withTemporaryFolder { folder in
            let script = "echo {{port}} >> ../ports; echo bind: Address already in use; exit 1"
            let error = try await #require(throws: TargetError.self) {
                try await self.start(self.yaml(script: script, ready: "connect"), in: folder)
            }
            #expect(error.code == .busyPort)
            #expect(error.hint == "see who listens there: ss -tlnp")
            let ports = try String(contentsOf: folder.appending(path: "ports"), encoding: .utf8).split(separator: "\n")
            #expect(ports.count == 4)
            #expect(ports.allSatisfy { (20_000..<32_000).contains(Int($0) ?? 0) })
        }
    }

    private var withAgents: String {
        let agent = #"echo $$ >> ../{{instance}}; echo "{}" > {{instance}}.json; exec sleep 60"#
        return self.yaml(
            script: "\(Self.listening); exec sleep 60",
            more: """
                  agent:
                    program: sh
                    serves: shared-agent
                    templates: {}
                    arguments: &arguments [-c, '\(agent)']
                    ready: &ready { file: "{{instance}}.json" }
                    stop: &stop { grace: 1 }
                  own-agent:
                    program: sh
                    serves: own-agent
                    templates: {}
                    arguments: *arguments
                    ready: *ready
                    stop: *stop
                """
        )
    }

    @Test("an endpoint's own agent can be killed and started again, alone")
    func ownAgent() async throws {
        try await withTemporaryFolder { folder in
            let target = try await self.start(
                self.withAgents,
                in: folder,
                [
                    Fixture.plan("a.shakedown.test"), Fixture.plan("own.shakedown.test", hasOwnAgent: true),
                    Fixture.plan("off.shakedown.test", isOnline: false),
                ]
            )
            let shared = try #require(number(in: folder.appending(path: "shared")))
            let first = try #require(number(in: folder.appending(path: "e1")))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "e2").path))
            try await target.killAgent(named: "own.shakedown.test")
            #expect(!isRunning(first))
            #expect(isRunning(shared))
            #expect(target.isAlive)
            await #expect(throws: TargetError(.noSuchAgent, "")) {
                try await target.killAgent(named: "own.shakedown.test")
            }
            try await target.startAgent(named: "own.shakedown.test")
            let all = try String(contentsOf: folder.appending(path: "e1"), encoding: .utf8).split(separator: "\n")
            let second = try #require(all.last.flatMap { Int($0) })
            #expect(second != first && isRunning(second))
            await #expect(throws: TargetError(.noSuchAgent, "")) {
                try await target.startAgent(named: "a.shakedown.test")
            }
            await target.stop()
            #expect(!isRunning(shared) && !isRunning(second))
        }
    }

    @Test("an agent whose connection can be cut is given a way through the harness, and waited for when it is mended")
    func relayedAgent() async throws {
        try await withTemporaryFolder { folder in
            let bind = #"echo bound >> ../binds; echo "{}" > {{instance}}.new; mv {{instance}}.new {{instance}}.json"#
            let agent =
                #"echo "{{relay}}" > ../relay-{{instance}}; while true; do test -e {{instance}}.json || { \#(bind); }; "#
                + "sleep 0.05; done"
            let yaml = self.withAgents.replacing(
                "serves: own-agent",
                with: "serves: own-agent\n    reaches: 127.0.0.1:9"
            )
            .replacing("arguments: *arguments", with: "arguments: [-c, '\(agent)']")
            .replacing("agents, events]", with: "agents, agents.reconnect, events]")
            var plan = Fixture.plan("own.shakedown.test", hasOwnAgent: true)
            plan.hasRelayedAgent = true
            let other = Fixture.plan("other.shakedown.test", hasOwnAgent: true)
            let target = try await self.start(yaml, in: folder, [other, plan])
            await #expect(throws: TargetError(.noSuchAgent, "")) { try await target.cutAgent(named: other.agentName) }
            let relay = try String(contentsOf: folder.appending(path: "relay-e1"), encoding: .utf8)
            let address = try #require(TransportAddress(relay.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(Loopback.canConnect(to: address))
            try await target.cutAgent(named: plan.agentName)
            try await target.mendAgent(named: plan.agentName)
            let binds = try String(contentsOf: folder.appending(path: "binds"), encoding: .utf8)
            #expect(binds.split(separator: "\n").count == 3)
            await target.stop()
        }
    }

    @Test("a rival's agent runs once it is told to, and is gone when the case begins anew")
    func rival() async throws {
        try await withTemporaryFolder { folder in
            var rival = Fixture.plan("own.shakedown.test", hasOwnAgent: true)
            (rival.key, rival.rivalOf) = ("rival", "tenant")
            let tenant = Fixture.plan("own.shakedown.test", hasOwnAgent: true)
            let target = try await self.start(self.withAgents, in: folder, [tenant, rival])
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "e1").path))
            try await target.startAgent(named: rival.agentName)
            let (first, second) = try (
                #require(number(in: folder.appending(path: "e0"))), #require(number(in: folder.appending(path: "e1")))
            )
            #expect(isRunning(first) && isRunning(second))
            for endpoint in [tenant, rival] { try await target.restoreAgent(of: endpoint) }
            #expect(isRunning(first) && !isRunning(second))
            await target.stop()
        }
    }

    @Test("an agent that fails takes the edge down with it")
    func failingAgent() async throws {
        try await withTemporaryFolder { folder in
            let yaml = self.withAgents.replacing("{{instance}}; echo", with: "{{instance}}; exit 9; echo")
                .replacing("exec sleep 60'", with: "echo $$ > ../leader; exec sleep 60'")
            let error = try await #require(throws: TargetError.self) { try await self.start(yaml, in: folder) }
            #expect(error.code == .exitedEarly)
            #expect(error.description.hasPrefix("sh (shared) ended with status 9"))
            let leader = try #require(number(in: folder.appending(path: "leader")))
            #expect(!isRunning(leader))
        }
    }

    @Test("events are read as they are written, by name, whole lines only")
    func events() async throws {
        try await withTemporaryFolder { folder in
            let target = try await self.start(
                self.yaml(script: ": > events.jsonl; \(Self.listening); exec sleep 60"),
                in: folder
            )
            #expect(target.events(forServerName: "a.shakedown.test") == [])
            let line =
                #"{"event_id":"ev_1","event_type":"tcp_connection_closed.v0","event_timestamp":"t","account_id":"ac_1","principal":null,"object":{"conn":{"bytes_in":5,"bytes_out":6,"client_ip":"127.0.0.1","start_ts":"s","end_ts":"e","server_ip":"127.0.0.1","server_name":"A.shakedown.test","server_port":9},"ip_policy":{"decision":"allow"}}}"#
            let file = folder.appending(path: "work/events.jsonl")
            try Data((line + "\n" + line.prefix(20)).utf8).write(to: file)
            let events = try #require(target.events(forServerName: "a.shakedown.test"))
            #expect(events.count == 1)
            #expect(events.first?.bytesOut == 6)
            #expect(events.first?.ipPolicyDecision == "allow")
            let (second, third) = (line.replacing("ev_1", with: "ev_2"), line.replacing("ev_1", with: "ev_3"))
            try Data((line + "\n" + second + "\n").utf8).write(to: file)
            #expect(target.events(forServerName: "a.shakedown.test")?.count == 2)
            #expect(target.events(forServerName: "other") == [])
            #expect(target.eventTroubles.isEmpty)
            try Data((line + "\n" + second + "\nboo\n" + third + "\n").utf8).write(to: file)
            #expect(target.events(forServerName: "a.shakedown.test")?.count == 3, "a bad line hides no good one")
            #expect(target.eventTroubles == ["events.jsonl has a line that is no event: boo"])
            await target.stop()
        }
    }

    @Test("an endpoint that the target cannot serve is refused before anything is started")
    func unsupported() async throws {
        try await withTemporaryFolder { folder in
            let error = try await #require(throws: TargetError.self) {
                try await self.start(
                    self.yaml(script: "exit 1"),
                    in: folder,
                    [Fixture.plan("a.t", .edge, mutualTLS: ["ca-clients"])]
                )
            }
            #expect(error.description == "Scripted edge cannot serve a.t: it lacks mutual-tls, role.edge")
        }
    }
}
