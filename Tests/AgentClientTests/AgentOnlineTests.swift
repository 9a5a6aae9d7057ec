import AgentClient
import AgentProtocol
import CredentialTesting
import FolderTesting
import Foundation
import HangTesting
import LogTesting
import Logging
import MuxadoChannel
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@Suite("What an agent keeps online", .noHang)
struct AgentOnlineTests {
    private static let large = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    @Test("binds hundreds of tunnels in one session, each to its own upstream")
    func manyTunnels() async throws {
        let upstream = try await TestUpstream.start(answer: Array("one".utf8))
        try await RunningAgent.with { _, _ in
            try (0..<400).map { number in
                var tunnel = try upstream.tunnel()
                tunnel.name = "t\(number)"
                tunnel.domain = "t\(number).example.com"
                return tunnel
            }
        } body: { running in
            let binds = running.edge.state.withLock { $0.binds }
            #expect(Set(binds.map(\.options.domain)).count == 400)
            #expect(running.edge.state.withLock { $0.auths.count } == 1)
            let client = try await running.edge.connect(tunnel: "t399", opening: [1])
            #expect(client.text == "one")
        }
    }

    @Test("comes back after a lost session with the same id, name and token")
    func reconnects() async throws {
        let upstream = try await TestUpstream.start(answer: Array("again".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await RunningAgent.wait(for: ready)
            let (auths, binds) = running.edge.state.withLock { ($0.auths, $0.binds) }
            #expect(auths.last?.clientID == "client")
            #expect(auths.last?.extra.cookie == "cookie")
            #expect(binds.count == 2)
            #expect(binds.last?.id == "bind-web")
            #expect(binds.last?.options.url == "tls://app.example.com")
            #expect(binds.last?.extra.token == "token-web")
            let client = try await running.edge.connect(tunnel: "web", opening: [1])
            #expect(client.text == "again")
        }
    }

    @Test("logs what the edge's operator has to say, and that its version will not do for long")
    func announcements() async throws {
        let upstream = try await TestUpstream.start()
        let log = LineRecorder()
        try await RunningAgent.with(log: log) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            #expect(!log.lines.contains { $0.contains("the edge says") || $0.contains("for long") })
            var warning = AuthResp.DeprecationWarning()
            warning.nextMinimum = "9.0.0"
            warning.nextDate = "2027-03-31T00:00:00Z"
            warning.message = "update, please"
            running.edge.state.withLock { state in
                state.warning = warning
                state.banner = "closed on Sundays"
            }
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await RunningAgent.wait(for: ready)
            #expect(log.lines.contains { $0.contains("the edge says") && $0.contains("closed on Sundays") })
            let told = try #require(log.lines.first { $0.contains("will not serve this agent's version for long") })
            for word in ["9.0.0", "2027-03-31", "update, please"] { #expect(told.contains(word)) }
        }
    }

    @Test("comes back as soon after the fifth loss as after the first")
    func comesBackSoon() async throws {
        try await RunningAgent.with { _, _ in
            [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
        } body: { running in
            let ready = running.folder.path("ready.json")
            var last = Duration.zero
            for _ in 0..<5 {
                try FileManager.default.removeItem(atPath: ready)
                let start = ContinuousClock.now
                running.edge.state.withLock { $0.sessions.last }?.close()
                try await RunningAgent.wait(for: ready)
                last = .now - start
            }
            // Half a second at most; twice as long each time it would be four at least.
            #expect(last < .seconds(4))
        }
    }

    @Test("tries again where its name is still taken after a loss, until it is free")
    func staysWithItsName() async throws {
        try await RunningAgent.with { _, _ in
            [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.refusesBind = .alreadyOnline("tls://app.example.com") }
            running.edge.state.withLock { $0.sessions.last }?.close()
            // Online, refused, and again: where it gave up nothing would come.
            for _ in 0..<2_000 where running.edge.state.withLock({ $0.binds.count }) < 3 {
                try await Task.sleep(for: .milliseconds(5))
            }
            try #require(running.edge.state.withLock { $0.binds.count } >= 3)
            running.edge.state.withLock { $0.refusesBind = nil }
            try await RunningAgent.wait(for: ready)
        }
    }

    @Test("goes on with its other tunnels when one is refused after a loss, and asks for that one until it may have it")
    func refusedAfterLoss() async throws {
        let upstream = try await TestUpstream.start(answer: Array("on".utf8))
        try await RunningAgent.with { _, _ in
            var late = try upstream.tunnel()
            late.name = "late"
            return [try upstream.tunnel(), late]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { state in
                state.refusesBind = .alreadyOnline("tls://late.example.com")
                state.refusesBindOf = "late"
            }
            running.edge.state.withLock { $0.sessions.last }?.close()
            // Both are asked for again, and the refused one once more.
            for _ in 0..<2_000 where running.edge.state.withLock({ $0.binds.count }) < 5 {
                try await Task.sleep(for: .milliseconds(5))
            }
            let (auths, binds) = running.edge.state.withLock { ($0.auths.count, $0.binds) }
            #expect(auths == 2)
            try #require(binds.count >= 5)
            #expect(binds[4].extra.name == "late" && binds[4].id == "bind-late" && binds[4].extra.token == "token-late")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "on")
            #expect(!FileManager.default.fileExists(atPath: ready))
            running.edge.state.withLock { $0.refusesBind = nil }
            try await RunningAgent.wait(for: ready)
            #expect(try await running.edge.connect(tunnel: "late", opening: [1]).text == "on")
        }
    }

    @Test("serves a client that stands right behind the answer to the bind")
    func firstClient() async throws {
        let upstream = try await TestUpstream.start(answer: Array("first".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            running.edge.state.withLock { $0.hasClientsWaiting = true }
            let tunnels = try (0..<50).map { index in
                var tunnel = try upstream.tunnel()
                tunnel.name = "t\(index)"
                return tunnel
            }
            try await running.want(tunnels)
            let clients = running.edge.state.withLock { $0.firstClients }
            #expect(clients.count == 50)
            for client in clients { #expect(try await client.get().text == "first") }
        }
    }

    @Test("gives an edge up that does not answer, tries again, and does not wait for it when it is told to stop")
    func unansweredRequests() async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        edge.state.withLock { $0.isSilent = true }
        func agent(patience: Duration) throws -> ServiceGroup {
            var settings = try RunningAgent.settings(edge, certificates, folder)
            settings.connectTimeout = patience
            let tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let agent = Agent(configuration: try AgentConfiguration(settings, tunnels: [tunnel]), logger: quiet)
            return ServiceGroup(services: [agent], logger: quiet)
        }
        func awaitRequests(_ count: Int) async throws {
            while edge.state.withLock({ $0.requestCount }) < count { try await Task.sleep(for: .milliseconds(5)) }
        }
        let hasty = try agent(patience: .milliseconds(200))
        async let hastyEnd: Void = hasty.run()
        // An Auth, and the one of the next session; heartbeats are none.
        try await awaitRequests(2)
        await hasty.triggerGracefulShutdown()
        try await hastyEnd

        let patient = try agent(patience: .seconds(3_600))
        async let patientEnd: Void = patient.run()
        try await awaitRequests(edge.state.withLock { $0.requestCount } + 1)
        // It would wait for an hour, and this test as long.
        await patient.triggerGracefulShutdown()
        try await patientEnd
        try await edge.stop()
    }

    @Test("waits for its connections when it is told to stop, and not for ever")
    func stopsInTheEnd() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let open = try await running.edge.open(tunnel: "web", opening: [1])
            // Only what the agent has taken is its connection, and it has dialled for it then.
            for _ in 0..<2_000 where upstream.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let start = ContinuousClock.now
            let session = try #require(running.edge.state.withLock { $0.sessions.last })
            await running.stop()
            _ = try await session.sessionEnded.get()
            let time = ContinuousClock.now - start
            #expect(time > .seconds(4) && time < .seconds(20))
            _ = try? await open.recording.get()
        }
    }

    @Test("takes its tunnels offline when it is told to stop")
    func unbinds() async throws {
        let upstream = try await TestUpstream.start()
        var stopped: FakeEdge?
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            stopped = running.edge
        }
        #expect(stopped?.state.withLock { $0.unbinds } == ["bind-web"])
    }

    @Test("takes one tunnel offline and brings another online, in the same session and past what is open")
    func otherTunnels() async throws {
        let upstream = try await TestUpstream.start(answer: Self.large)
        func tunnel(_ name: String) throws -> TunnelSettings {
            var tunnel = try upstream.tunnel()
            tunnel.name = name
            tunnel.domain = "\(name).example.com"
            return tunnel
        }
        try await RunningAgent.with { _, _ in
            [try tunnel("mail"), try tunnel("web")]
        } body: { running in
            try await running.want([try tunnel("mail"), try tunnel("late")])
            let (sessions, binds, unbinds) = running.edge.state.withLock {
                ($0.sessions.count, $0.binds.map(\.extra.name), $0.unbinds)
            }
            #expect(sessions == 1)
            #expect(binds.sorted() == ["late", "mail", "web"])
            #expect(unbinds == ["bind-web"])
            for (name, isServed) in [("mail", true), ("late", true), ("web", false)] {
                let client = try await running.edge.connect(tunnel: name, opening: [1])
                #expect(client.bytes.isEmpty == !isServed, "\(name)")
            }
            // What it binds when it comes back is what is wanted by then.
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await RunningAgent.wait(for: ready)
            #expect(running.edge.state.withLock { $0.binds.suffix(2).map(\.extra.name) }.sorted() == ["late", "mail"])
        }
    }

    @Test("binds a tunnel anew that asks for something else, and not one whose certificate the edge never sees")
    func changedTunnels() async throws {
        let upstream = try await TestUpstream.start(answer: Self.large)
        let others = try TestAuthority(name: "Others")
        try await RunningAgent.with { certificates, folder in
            [try upstream.terminatingTunnel(certificates, folder)]
        } body: { running in
            let changed = try upstream.terminatingTunnel(others, running.folder)
            try await running.want([changed])
            #expect(running.edge.state.withLock { $0.binds.count } == 1)
            let client = try await running.edge.connect(
                tunnel: "web",
                tls: try TestTLS.client(others),
                serverName: "app.example.com",
                opening: Self.large
            )
            #expect(client.has(Self.large) as Bool)
            var guarded = changed
            guarded.allowCIDRs = ["127.0.0.1/32"]
            try await running.want([guarded])
            let (binds, unbinds) = running.edge.state.withLock { ($0.binds, $0.unbinds) }
            #expect(unbinds == ["bind-web"])
            #expect(binds.count == 2 && binds.last?.options.ipRestriction?.allowCIDRs == ["127.0.0.1/32"])
            #expect(binds.last?.id == "bind-web")
        }
    }

    @Test("goes on with its other tunnels when the edge refuses one that was added")
    func refusedAddition() async throws {
        let upstream = try await TestUpstream.start(answer: Self.large)
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            running.edge.state.withLock { $0.refusesBind = .alreadyOnline("tls://late.example.com") }
            var late = try upstream.tunnel()
            late.name = "late"
            try await running.want([try upstream.tunnel(), late])
            let client = try await running.edge.connect(tunnel: "web", opening: [1])
            #expect(!client.bytes.isEmpty)
            #expect(try await running.edge.connect(tunnel: "late", opening: [1]).bytes.isEmpty)
        }
    }

    @Test("ends with the edge's own words when it is refused", arguments: [true, false])
    func refusals(_ refusesSession: Bool) async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        edge.state.withLock { state in
            if refusesSession {
                state.refusesSession = .authtokenUnknown
            } else {
                state.refusesBind = .alreadyOnline("tls://app.example.com")
            }
        }
        let tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        let agent = Agent(
            configuration: try AgentConfiguration(
                try RunningAgent.settings(edge, certificates, folder),
                tunnels: [tunnel]
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let refusal = try await #require(throws: AgentRefusal.self) { try await agent.run() }
        #expect(refusal.error.code == (refusesSession ? 107 : 334))
        #expect(refusal.subject == (refusesSession ? .session : .tunnel(name: "web")))
        try await edge.stop()
    }
}
