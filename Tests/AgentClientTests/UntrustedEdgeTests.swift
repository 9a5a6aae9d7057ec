import AgentClient
import CredentialTesting
import FolderTesting
import Foundation
import HangTesting
import LogTesting
import Logging
import MuxadoChannel
import ProgramKit
import ServiceLifecycle
import Synchronization
import Testing

@Suite("An edge that the agent does not trust", .noHang)
struct UntrustedEdgeTests {
    struct Shown: Sendable, CustomTestStringConvertible {
        var name: String
        /// The edge's certificate is for this name, and valid for these days from today.
        var subject = "localhost"
        var days = -1...30
        /// Whether the agent knows its CA.
        var isKnown = true
        var isExpected: @Sendable (UntrustedEdge.Reason) -> Bool
        var hint: String
        var testDescription: String { self.name }
    }

    @Test(
        "ends the first start, with the certificate, the reason and what to do",
        arguments: [
            Shown(name: "unknown CA", isKnown: false, isExpected: { $0 == .unknownAuthority }, hint: "--root-cas FILE"),
            Shown(
                name: "expired",
                days: -9...(-2),
                isExpected: { if case .expired = $0 { true } else { false } },
                hint: "renew"
            ),
            Shown(
                name: "not valid yet",
                days: 2...9,
                isExpected: { if case .notYetValid = $0 { true } else { false } },
                hint: "clock"
            ),
            Shown(
                name: "another name",
                subject: "edge.example.com",
                isExpected: { $0 == .otherName(["edge.example.com"]) },
                hint: "--server-addr NAME:PORT"
            ),
        ]
    )
    func firstStart(_ shown: Shown) async throws {
        let certificates = try TestAuthority()
        let known = shown.isKnown ? certificates : try TestAuthority(name: "Other CA")
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates, as: try certificates.leaf(shown.subject, days: shown.days))
        let agent = Agent(
            configuration: try AgentConfiguration(
                try RunningAgent.settings(edge, known, folder),
                tunnels: [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let untrusted = try await #require(throws: UntrustedEdge.self) { try await agent.run() }
        #expect(shown.isExpected(untrusted.reason), "\(untrusted)")
        #expect(untrusted.address == "localhost:\(edge.port)")
        #expect(untrusted.subject.contains(shown.subject))
        #expect(untrusted.issuer.contains("Test CA"))
        #expect(untrusted.hint.contains(shown.hint), "\(untrusted.hint)")
        // It has been told nothing.
        #expect(edge.state.withLock { $0.auths.isEmpty })
        try await edge.stop()
    }

    @Test("later is tried again until it is trusted, and said once")
    func later() async throws {
        let certificates = try TestAuthority()
        let folder = try TemporaryFolder()
        let edge = try await FakeEdge.start(certificates)
        let ready = folder.path("ready.json")
        let log = LineRecorder()
        let agent = Agent(
            configuration: try AgentConfiguration(
                try RunningAgent.settings(edge, certificates, folder),
                tunnels: [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
            ),
            readyFile: ReadyFile(path: ready),
            logger: log.logger()
        )
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [agent], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await RunningAgent.wait(for: ready)
            try FileManager.default.removeItem(atPath: ready)
            try edge.show(try TestAuthority(name: "Stranger").leaf("localhost"))
            edge.state.withLock { $0.sessions.last }?.close()
            // The first session, and two attempts that end at the certificate.
            while edge.state.withLock({ $0.sessions.count }) < 3 { try await Task.sleep(for: .milliseconds(5)) }
            try edge.show(try certificates.leaf("localhost"))
            try await RunningAgent.wait(for: ready)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let said = log.lines.filter { $0.contains("Stranger") }
        #expect(said.count == 1, "\(said)")
        #expect(said.first?.contains("--root-cas") == true, "\(said)")
        try await edge.stop()
    }
}
