import AgentClient
import AgentProtocol
import CredentialTesting
import HangTesting
import LogTesting
import MuxadoChannel
import NIOCore
import Synchronization
import Testing

@Suite("The legs of an agent", .noHang)
struct FurtherLegsTests {
    private static func poll(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// An agent beside an edge of two addresses, each of which is a fake edge of its own.
    ///
    /// - Parameter isReady: Whether the body begins when the second leg has what the first has.
    private static func with(
        isReady: Bool = true,
        log: LineRecorder = LineRecorder(),
        _ tunnels: (TestUpstream) throws -> [TunnelSettings] = { [try $0.tunnel()] },
        prepare: (FakeEdge) -> Void = { _ in },
        body: (RunningAgent, FakeEdge) async throws -> Void
    ) async throws {
        let upstream = try await TestUpstream.start(answer: Array("served".utf8))
        let certificates = try TestAuthority()
        let second = try await FakeEdge.start(certificates)
        prepare(second)
        let wanted = try tunnels(upstream)
        try await RunningAgent.with(
            certificates: certificates,
            log: log,
            change: { settings, edge in
                settings.hasLegs = true
                edge.state.withLock {
                    $0.connectAddresses = ["localhost:\(edge.port)", "localhost:\(second.port)"].map {
                        AuthResp.ConnectAddress(region: "test", serverAddress: $0)
                    }
                }
            },
            { _, _ in wanted },
            body: { running in
                if isReady {
                    try await Self.poll { second.state.withLock { $0.binds.count + $0.starts.count } == wanted.count }
                }
                try await body(running, second)
            }
        )
        try await second.stop()
    }

    @Test("bind what the first has bound, under its id, name and token, and serve its clients")
    func repeats() async throws {
        try await Self.with { running, second in
            let (auths, binds) = second.state.withLock { ($0.auths, $0.binds) }
            let auth = try #require(auths.first)
            let bind = try #require(binds.first)
            #expect(auth.extra.legNumber == 1)
            #expect(auth.clientID == "client")
            #expect(auth.extra.cookie == "cookie")
            #expect(running.edge.state.withLock { $0.auths.map(\.extra.legNumber) } == [0])
            #expect(bind.id == "bind-web")
            #expect(bind.options.url == "tls://app.example.com")
            #expect(bind.extra.token == "token-web")
            #expect(try await second.connect(tunnel: "web", opening: [1]).text == "served")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "served")
        }
    }

    @Test("start labelled tunnels of their own")
    func labels() async throws {
        try await Self.with { upstream in
            var tunnel = try upstream.tunnel()
            tunnel.domain = ""
            tunnel.labels = TunnelLabels()
            try tunnel.labels.add("team=web")
            return [tunnel]
        } body: { _, second in
            #expect(second.state.withLock { $0.starts.map(\.labels) } == [["team": "web"]])
            let answer = try await second.connect(tunnel: "tn_1", opening: [1])
            #expect(answer.text == "served")
        }
    }

    @Test("lose their own connections alone, and come back with everything")
    func lost() async throws {
        let log = LineRecorder()
        try await Self.with(log: log) { running, second in
            let kept = try await running.edge.open(tunnel: "web", opening: [1])
            let ended = try await second.open(tunnel: "web", opening: [1])
            second.state.withLock { $0.sessions.last }?.close()
            #expect(try await ended.recording.get().failure != nil)
            try await Self.poll { second.state.withLock { $0.binds.count } == 2 }
            try await kept.stream.close(mode: .output)
            #expect(try await kept.recording.get().text == "served")
            #expect(try await second.connect(tunnel: "web", opening: [1]).text == "served")
            #expect(running.edge.state.withLock { $0.auths.count } == 1)
            #expect(log.lines.contains { $0.hasPrefix("leg lost") })
        }
    }

    @Test("go on while the first is lost, and follow it once it is back")
    func firstLost() async throws {
        try await Self.with { running, second in
            let kept = try await second.open(tunnel: "web", opening: [1])
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await Self.poll { running.edge.state.withLock { $0.binds.count } == 2 }
            try await kept.stream.close(mode: .output)
            #expect(try await kept.recording.get().text == "served")
            #expect(second.state.withLock { $0.auths.count } == 1)
            #expect(second.state.withLock { $0.unbinds.isEmpty })
            #expect(try await second.connect(tunnel: "web", opening: [1]).text == "served")
            try await running.want([])
            try await Self.poll { second.state.withLock { $0.unbinds } == ["bind-web"] }
        }
    }

    @Test("take offline and bring online what the first does; what is only said of an endpoint the first says alone")
    func changes() async throws {
        var first: TunnelSettings?
        try await Self.with { upstream in
            let tunnel = try upstream.tunnel()
            first = tunnel
            return [tunnel]
        } body: { running, second in
            var changed = try #require(first)
            changed.description = "for everybody"
            try await running.want([changed])
            #expect(running.edge.state.withLock { $0.patches.count } == 1)
            changed.name = "new"
            changed.domain = "new.example.com"
            try await running.want([changed])
            try await Self.poll { second.state.withLock { $0.binds.count } == 2 }
            #expect(second.state.withLock { $0.unbinds } == ["bind-web"])
            #expect(second.state.withLock { $0.binds.last?.options.url } == "tls://new.example.com")
            #expect(second.state.withLock { $0.patches.isEmpty })
        }
    }

    @Test("that the edge does not want stay away, while the first is online")
    func refused() async throws {
        let log = LineRecorder()
        try await Self.with(isReady: false, log: log) {
            [try $0.tunnel()]
        } prepare: { second in
            second.state.withLock { $0.refusesSession = NgrokError(code: 9024, message: "one leg is enough") }
        } body: { running, second in
            try await Self.poll { log.lines.contains { $0.hasPrefix("leg cannot be established") } }
            #expect(log.lines.contains { $0.contains("one leg is enough") })
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "served")
            // It is asked again when something has changed.
            second.state.withLock { $0.refusesSession = nil }
            try await running.want([])
            try await Self.poll { second.state.withLock { $0.auths.count } == 2 }
        }
    }

    @Test("that the edge takes for another agent's bind nothing")
    func stranger() async throws {
        let log = LineRecorder()
        try await Self.with(isReady: false, log: log) {
            [try $0.tunnel()]
        } prepare: { second in
            second.state.withLock { $0.clientID = "somebody" }
        } body: { _, second in
            try await Self.poll { log.lines.contains { $0.contains("the edge takes it for another agent") } }
            #expect(second.state.withLock { $0.binds.isEmpty })
        }
    }

    @Test("go offline in order when the agent is told to stop, by whichever leg")
    func stopped() async throws {
        try await Self.with { running, second in
            let reply = try await second.tell(.stop, Stop())
            #expect(reply?.error.isEmpty == true)
            await running.end()
            #expect(second.state.withLock { $0.unbinds } == ["bind-web"])
            #expect(running.edge.state.withLock { $0.unbinds } == ["bind-web"])
        }
    }

    @Test("are one unless they are asked for")
    func one() async throws {
        let upstream = try await TestUpstream.start(answer: Array("served".utf8))
        try await RunningAgent.with(
            change: { _, edge in
                edge.state.withLock {
                    $0.connectAddresses = Array(
                        repeating: AuthResp.ConnectAddress(region: "test", serverAddress: "localhost:\(edge.port)"),
                        count: 2
                    )
                }
            },
            { _, _ in [try upstream.tunnel()] },
            body: { running in
                let answer = try await running.edge.connect(tunnel: "web", opening: [1])
                #expect(answer.text == "served")
                #expect(running.edge.state.withLock { $0.sessions.count } == 1)
            }
        )
    }
}
