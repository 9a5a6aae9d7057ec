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

@Suite("What an endpoint is asked for, and what is said of it", .noHang)
struct EndpointWordsTests {
    private static func tunnel(_ upstream: TestUpstream) throws -> TunnelSettings {
        var tunnel = try upstream.tunnel()
        tunnel.description = "d"
        tunnel.metadata = "m"
        return tunnel
    }

    @Test("goes to the edge with the bind, and with the one after a lost session")
    func bind() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, folder in
            var tunnel = try Self.tunnel(upstream)
            tunnel.endpointName = "mine"
            tunnel.binding = .internal
            tunnel.isPooled = true
            tunnel.trafficPolicyFile = try folder.write("on_tcp_connect: []\n", to: "policy.yaml")
            var plain = try upstream.tunnel()
            plain.name = "plain"
            return [tunnel, plain]
        } body: { running in
            let ready = running.folder.path("ready.json")
            try FileManager.default.removeItem(atPath: ready)
            running.edge.state.withLock { $0.sessions.last }?.close()
            try await RunningAgent.wait(for: ready)
            let binds = running.edge.state.withLock { $0.binds }
            let own = binds.filter { $0.extra.name == "mine" }
            #expect(own.count == 2)
            for bind in own {
                #expect(bind.extra.description == "d")
                #expect(bind.extra.metadata == "m")
                #expect(bind.extra.bindings == ["internal"])
                #expect(bind.extra.poolingEnabled)
                #expect(bind.options.trafficPolicy == "on_tcp_connect: []\n")
            }
            // Nobody asks for what nobody has said.
            let plain = try #require(binds.first { $0.extra.name == "plain" })
            #expect(plain.extra.bindings.isEmpty && !plain.extra.poolingEnabled)
            #expect(plain.options.trafficPolicy.isEmpty && plain.extra.description.isEmpty)
        }
    }

    @Test("a policy that is empty is no policy that was forgotten", arguments: ["", " \n"])
    func emptyPolicy(text: String) throws {
        let folder = try TemporaryFolder()
        var inFile = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        inFile.trafficPolicyFile = try folder.write(text, to: "policy.yaml")
        var inFlag = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        inFlag.trafficPolicy = text
        for settings in [inFile, inFlag] {
            let error = try #require(throws: ConfigurationError.self) { try Tunnel(settings) }
            #expect(error.message == "the traffic policy of tunnel 'web' is empty")
        }
    }

    @Test("changes while the endpoint is online, and what is open goes on")
    func patch() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with { _, _ in
            [try Self.tunnel(upstream)]
        } body: { running in
            let open = try await running.edge.open(tunnel: "web", opening: [1])
            var changed = try Self.tunnel(upstream)
            changed.description = ""
            changed.endpointName = "other"
            try await running.want([changed])
            var patch = PatchTunnelState(tunnelID: "tn-web")
            patch.description = ""
            patch.name = "other"
            let (patches, binds, unbinds) = running.edge.state.withLock { ($0.patches, $0.binds, $0.unbinds) }
            #expect(patches == [patch])
            #expect(binds.count == 1 && unbinds.isEmpty)
            try await open.stream.close(mode: .output).get()
            #expect(try await open.recording.get().text == "here")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
            // What is said already is not said again.
            try await running.want([changed])
            #expect(running.edge.state.withLock { $0.patches.count } == 1)
        }
    }

    @Test("that the edge refuses leaves the endpoint online as it was, and is said again at the next change")
    func refusedPatch() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        let log = LineRecorder()
        try await RunningAgent.with(log: log) { _, _ in
            [try Self.tunnel(upstream)]
        } body: { running in
            running.edge.state.withLock { $0.refusesPatch = .descriptionTooLong }
            var changed = try Self.tunnel(upstream)
            changed.description = "long"
            try await running.want([changed])
            #expect(running.edge.state.withLock { $0.unbinds.isEmpty })
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
            let said = log.lines.filter { $0.hasPrefix("tunnel could not be changed") }
            #expect(said.count == 1 && said.first?.contains("ERR_NGROK_18012") == true, "\(said)")
            running.edge.state.withLock { $0.refusesPatch = nil }
            try await running.want([changed])
            #expect(running.edge.state.withLock { $0.patches.map(\.description) } == ["long", "long"])
        }
    }

    @Test("is asked for anew where the edge cannot change it")
    func rebinds() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            [try Self.tunnel(upstream)]
        } body: { running in
            var changed = try Self.tunnel(upstream)
            changed.isPooled = true
            changed.description = "new"
            try await running.want([changed])
            let (patches, binds, unbinds) = running.edge.state.withLock { ($0.patches, $0.binds, $0.unbinds) }
            #expect(patches.isEmpty)
            #expect(unbinds == ["bind-web"])
            #expect(binds.last?.extra.poolingEnabled == true && binds.last?.extra.description == "new")
        }
    }
}
