import Addresses
import AgentClient
import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import HangTesting
import LogTesting
import ProgramKit
import ServiceLifecycle
import Synchronization
import Testing

@Suite("An edge behind a proxy", .noHang)
struct ProxyTests {
    private static func agent(
        _ edge: FakeEdge,
        _ certificates: TestAuthority,
        _ folder: TemporaryFolder,
        proxy: String,
        log: LineRecorder = LineRecorder()
    ) throws -> Agent {
        var settings = try RunningAgent.settings(edge, certificates, folder)
        settings.proxyURL = Secret(proxy)
        return Agent(
            configuration: try AgentConfiguration(
                settings,
                tunnels: [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
            ),
            readyFile: ReadyFile(path: folder.path("ready.json")),
            logger: log.logger()
        )
    }

    @Test(
        "is reached through it, with credentials where it asks for them",
        arguments: [
            (TestProxy.Kind.http, ""), (.http, "user:pass@"), (.socks5, ""), (.socks5, "user:pass@"),
        ]
    )
    func online(_ kind: TestProxy.Kind, _ credentials: String) async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        let proxy = try await TestProxy.start(kind, asksForCredentials: !credentials.isEmpty)
        let agent = try Self.agent(
            edge,
            certificates,
            folder,
            proxy: "\(kind.rawValue)://\(credentials)127.0.0.1:\(proxy.port)"
        )
        let run = Task { try await agent.run() }
        try await RunningAgent.wait(for: folder.path("ready.json"))
        // By its name: the proxy resolves it.
        #expect(proxy.targets == ["localhost:\(edge.port)"])
        #expect(edge.state.withLock { $0.binds }.map(\.extra.name) == ["web"])
        #expect(edge.state.withLock { $0.auths }.map(\.extra.proxyType) == [kind.rawValue])
        run.cancel()
        try await run.value
        try await proxy.stop()
        try await edge.stop()
    }

    @Test("with an address for a name is believed by that address, and not by the proxy's")
    func address() async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let proxy = try await TestProxy.start(.http, asksForCredentials: false)
        // All of 127.0.0.0/8 is this machine's on Linux.
        for (address, isBelieved) in [("127.0.0.2", true), ("127.0.0.1", false)] {
            let pair = try certificates.issue(["edge"], addresses: [try #require(IPAddress(address))])
            let edge = try await FakeEdge.start(certificates, as: pair, at: "127.0.0.2")
            var settings = try RunningAgent.settings(edge, certificates, folder)
            settings.serverAddress = "127.0.0.2:\(edge.port)"
            settings.proxyURL = Secret("http://127.0.0.1:\(proxy.port)")
            let diagnosis = try await EdgeProbe(try EdgeAccess(settings)).run()
            #expect((diagnosis.failure == nil) == isBelieved, "\(diagnosis)")
            #expect(isBelieved || diagnosis.failure?.hint.contains("by a name of its certificate") == true)
            try await edge.stop()
        }
        try await proxy.stop()
    }

    @Test(
        "that refuses is told of with what to do, and tried again",
        arguments: [TestProxy.Kind.http, .socks5]
    )
    func refused(_ kind: TestProxy.Kind) async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        let proxy = try await TestProxy.start(kind, asksForCredentials: true)
        let log = LineRecorder()
        let agent = try Self.agent(
            edge,
            certificates,
            folder,
            proxy: "\(kind.rawValue)://127.0.0.1:\(proxy.port)",
            log: log
        )
        let run = Task { try await agent.run() }
        let line = try await RunningAgent.trouble(log)
        proxy.asksForNothing()
        try await RunningAgent.wait(for: folder.path("ready.json"))
        #expect(line.contains("the proxy \(kind.rawValue)://127.0.0.1:\(proxy.port) asks for a user and a password"))
        #expect(line.contains("--proxy-url \(kind.rawValue)://USER:PASSWORD@127.0.0.1:\(proxy.port)"), "\(line)")
        run.cancel()
        try await run.value
        try await proxy.stop()
        try await edge.stop()
    }

    @Test("that is not there is told of as the proxy, not as the edge")
    func unreachable() async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        let proxy = try await TestProxy.start(.http, asksForCredentials: false)
        let port = proxy.port
        try await proxy.stop()
        let log = LineRecorder()
        let agent = try Self.agent(edge, certificates, folder, proxy: "http://127.0.0.1:\(port)", log: log)
        let run = Task { try await agent.run() }
        let line = try await RunningAgent.trouble(log)
        #expect(line.contains("the proxy http://127.0.0.1:\(port) cannot be reached: connection refused"), "\(line)")
        run.cancel()
        try await run.value
        try await edge.stop()
    }
}
