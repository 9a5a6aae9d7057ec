import AgentClient
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Foundation
import LogTesting
import Logging
import ProgramKit
import ServiceLifecycle

/// An agent beside a fake edge, with its files, for as long as a test's body runs.
struct RunningAgent {
    let edge: FakeEdge
    let certificates: TestAuthority
    let folder: TemporaryFolder
    let wanted: WantedTunnels
    let control: AgentControl
    /// Tells the agent to stop in order, while the body goes on.
    let stop: @Sendable () async -> Void
    /// Waits until the agent has ended by itself.
    let end: @Sendable () async -> Void

    /// Starts an edge and an agent with these tunnels, and runs the body once they are online.
    ///
    /// - Parameters:
    ///   - reread: What the agent's files say when the edge has it restart, given what they said at first.
    ///   - change: What else the agent and the edge are told before they meet.
    static func with(
        certificates: TestAuthority? = nil,
        handshakeTimeout: Duration? = nil,
        log: LineRecorder = LineRecorder(),
        logLevel: Logger.Level = .info,
        logger: Logger? = nil,
        isRemotelyManaged: Bool? = nil,
        reread: (@Sendable (AgentSettings) throws -> AgentConfiguration)? = nil,
        change: (inout AgentSettings, FakeEdge) -> Void = { _, _ in },
        _ tunnels: (TestAuthority, TemporaryFolder) throws -> [TunnelSettings],
        body: (RunningAgent) async throws -> Void
    ) async throws {
        let certificates = try certificates ?? TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        var settings = try Self.settings(edge, certificates, folder)
        settings.handshakeTimeout = handshakeTimeout
        settings.remoteManagement = isRemotelyManaged
        change(&settings, edge)
        let first = settings
        let configuration = try AgentConfiguration(settings, tunnels: try tunnels(certificates, folder))
        let ready = folder.path("ready.json")
        let agent = Agent(
            configuration: configuration,
            reread: { try reread?(first) ?? configuration },
            readyFile: ReadyFile(path: ready),
            logger: logger ?? log.logger(logLevel)
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [agent.inGroup],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { ended.finish() }
                try await group.run()
            }
            try await Self.wait(for: ready)
            try await body(
                RunningAgent(
                    edge: edge,
                    certificates: certificates,
                    folder: folder,
                    wanted: agent.wanted,
                    control: agent.control,
                    stop: { await group.triggerGracefulShutdown() },
                    end: { for await _ in ends {} }
                )
            )
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await edge.stop()
    }

    /// Wants other tunnels, and waits until those are online.
    func want(_ tunnels: [TunnelSettings]) async throws {
        let ready = self.folder.path("ready.json")
        try FileManager.default.removeItem(atPath: ready)
        self.wanted.replace(with: try tunnels.map { try Tunnel($0) })
        try await Self.wait(for: ready)
    }

    static func settings(
        _ edge: FakeEdge,
        _ certificates: TestAuthority,
        _ folder: TemporaryFolder
    ) throws -> AgentSettings {
        var settings = AgentSettings()
        settings.authtoken = Secret("t0ken")
        settings.serverAddress = "localhost:\(edge.port)"
        settings.rootCAs = try folder.write(certificates.certificatePEM, to: "ca.pem")
        return settings
    }

    /// What the agent says of an edge that it cannot reach. Polls, as for a file.
    static func trouble(_ log: LineRecorder) async throws -> String {
        while true {
            if let line = log.lines.first(where: { $0.hasPrefix("edge cannot be reached, trying again") }) {
                return line
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Polls: a file that appears has no other event that every system has.
    static func wait(for file: String) async throws {
        while !FileManager.default.fileExists(atPath: file) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
