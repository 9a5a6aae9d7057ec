import AgentClient
import AgentProtocol
import ConfigurationFiles
import FolderTesting
import Foundation
import HangTesting
import LogTesting
import MuxadoChannel
import NIOCore
import Synchronization
import Testing

@Suite("What the edge tells an agent", .noHang)
struct RemoteCommandTests {
    @Test("Stop ends it in order, once it has answered: its tunnels are offline, and nothing has failed")
    func stop() async throws {
        let upstream = try await TestUpstream.start(answer: Array("served".utf8))
        let log = LineRecorder()
        try await RunningAgent.with(log: log) { _, _ in
            [try upstream.tunnel(), try upstream.labelledTunnel()]
        } body: { running in
            #expect(running.edge.state.withLock { $0.auths.first?.extra.stopUnsupportedError } == "")
            let session = try #require(running.edge.state.withLock { $0.sessions.last })
            let open = try await running.edge.open(tunnel: "web", opening: [1])
            // Should it come back, this ends it with an error.
            running.edge.state.withLock { $0.refusesSession = .authtokenUnknown }
            #expect(try await running.edge.tell(.stop, Stop()) == CommandResp())
            // What is open may come to its end.
            try await open.stream.close(mode: .output).get()
            #expect(try await open.recording.get().text == "served")
            _ = try await session.sessionEnded.get()
            #expect(running.edge.state.withLock { Set($0.unbinds) } == ["bind-web", "tn_1"])
            // The group ends without a signal.
            await running.end()
            #expect(running.edge.state.withLock { $0.auths.count } == 1)
        }
        let said = log.lines.filter { $0.hasPrefix("the edge has told the agent to stop") }
        #expect(said.count == 1 && said.first?.contains("\"session.id\": s1") == true, "\(log.lines)")
        #expect(said.first?.contains("\"server.address\": localhost:") == true)
        #expect(!log.lines.contains { $0.hasPrefix("session lost") })
    }

    @Test("Restart connects it afresh with its files read again, and its names stay its own")
    func restart() async throws {
        let upstream = try await TestUpstream.start(answer: Array("again".utf8))
        let port = upstream.port
        try await RunningAgent.with(reread: { settings in
            var settings = settings
            settings.metadata = "second"
            var tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("localhost:\(port)"))
            tunnel.domain = "app.example.com"
            var late = tunnel
            late.name = "late"
            late.domain = "late.example.com"
            return try AgentConfiguration(settings, tunnels: [tunnel, late])
        }) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            #expect(running.edge.state.withLock { $0.auths.first?.extra.restartUnsupportedError } == "")
            #expect(try await running.edge.tell(.restart, Restart()) == CommandResp())
            try await RunningAgent.wait(for: ready)
            let (auths, binds, unbinds) = running.edge.state.withLock { ($0.auths, $0.binds, $0.unbinds) }
            #expect(auths.map(\.extra.metadata) == ["", "second"])
            #expect(auths.last?.clientID == "client" && auths.last?.extra.cookie == "cookie")
            #expect(unbinds == ["bind-web"])
            #expect(binds.map(\.extra.name).sorted() == ["late", "web", "web"])
            #expect(binds.last { $0.extra.name == "web" }?.extra.token == "token-web")
            #expect(try await running.edge.connect(tunnel: "late", opening: [1]).text == "again")
        }
    }

    @Test("Restart as another account's agent takes nothing along of what the edge has given")
    func restartAsAnother() async throws {
        try await RunningAgent.with(reread: { settings in
            var settings = settings
            settings.authtoken = Secret("other")
            let tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
            return try AgentConfiguration(settings, tunnels: [tunnel])
        }) { _, _ in
            [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            #expect(try await running.edge.tell(.restart, Restart()) == CommandResp())
            try await RunningAgent.wait(for: ready)
            let (auth, bind) = running.edge.state.withLock { ($0.auths.last, $0.binds.last) }
            #expect(auth?.extra.authtoken == "other")
            #expect(auth?.clientID == "" && auth?.extra.cookie == "")
            #expect(bind?.id == "" && bind?.extra.token == "")
        }
    }

    @Test("Restart with files that cannot be read changes nothing, and says why")
    func unreadable() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with(reread: { _ in
            throw ConfigurationError("unknown key 'tunels'", at: Place(file: "agent.yaml", line: 3, column: 1))
        }) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let reply = try #require(try await running.edge.tell(.restart, Restart()))
            #expect(reply.error.contains("agent.yaml:3:1: unknown key 'tunels'"), "\(reply.error)")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
            #expect(running.edge.state.withLock { $0.auths.count } == 1)
        }
    }

    @Test("Update is refused with a reason, which Auth has said already", arguments: [true, false])
    func update(isRemotelyManaged: Bool) async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with(isRemotelyManaged: isRemotelyManaged) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let reply = try #require(try await running.edge.tell(.update, Update()))
            #expect(reply.error.hasPrefix("This agent "))
            let extra = running.edge.state.withLock { $0.auths.first?.extra }
            #expect(extra?.updateUnsupportedError == reply.error)
        }
    }

    @Test(
        "Stop and Restart are refused where its file says so, and Auth has said it already",
        arguments: [StreamType.stop, .restart]
    )
    func unmanaged(type: StreamType) async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with(isRemotelyManaged: false) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let reply = try #require(try await running.edge.tell(type, Stop()))
            #expect(reply.error.contains("remote_management is false"))
            let extra = try #require(running.edge.state.withLock { $0.auths.first?.extra })
            #expect(extra.stopUnsupportedError == reply.error)
            #expect(extra.restartUnsupportedError == reply.error)
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
        }
    }

    @Test("what is no command is answered, and changes nothing", arguments: [StreamType.stop, .restart])
    func unreadableCommand(type: StreamType) async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let reply = try #require(try await running.edge.tell(type, Array("{,}".utf8)))
            #expect(reply.error.hasPrefix("The agent cannot read the command: "), "\(reply.error)")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
        }
    }
}
