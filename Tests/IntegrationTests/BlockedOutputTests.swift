import FolderTesting
import Foundation
import Testing

/// A log or an events pipe that stands still is its reader's fault, and no client's.
@Suite(
    "Output that nobody reads",
    .serialized,
    .enabled(if: Programs.isInstalled("openssl"), "install openssl"),
    .enabled(if: Programs.isInstalled("curl"), "install curl")
)
struct BlockedOutputTests {
    @Test("an edge whose log stands still serves on, and ends when it is told to")
    func edgeLog() async throws {
        let unread = UnreadPipe()
        let local = try await LocalEdge("log: { level: trace }", errors: unread.end)
        try await local.serve()
        #expect(try await local.refuse(100), "each is a line, and a page has room for some twenty")
        #expect(unread.byteCount > 3_000)
        #expect(try await local.ask("healthz") == "ok\n")
        try await local.serveOne()
        try await local.expectEnd(of: local.edge)
    }

    @Test("an edge whose log cannot be written serves on, and counts the lines")
    func fullDisk() async throws {
        let local = try await LocalEdge("log: { level: debug, file: /dev/full }")
        try await local.serve()
        try await local.serveOne()
        // A line for the start, one for the session and one for the client, at the least.
        let counted = #/shakedown_edge_log_lines_dropped_total (\d+)\n/#
        var lost = 0
        for _ in 0..<1_000 where lost < 3 {
            lost = try await local.ask("metrics").firstMatch(of: counted).flatMap { Int($0.1) } ?? 0
        }
        #expect(lost >= 3)
    }

    @Test("an edge whose events stand still serves on, and ends when it is told to")
    func edgeEvents() async throws {
        let unread = UnreadPipe()
        unread.fill()
        let local = try await LocalEdge("events: \"-\"", output: unread.end)
        try await local.serve()
        for _ in 0..<3 { try await local.serveOne() }
        #expect(try await local.ask("healthz") == "ok\n")
        try await local.expectEnd(of: local.edge)
    }

    @Test("an agent whose log stands still comes online, serves, and ends when it is told to")
    func agentLog() async throws {
        let unread = UnreadPipe()
        unread.fill()
        let local = try await LocalEdge("")
        let agent = try await local.serve(agent: ["--log-level", "trace"], errors: unread.end)
        for _ in 0..<3 { try await local.serveOne() }
        try await local.expectEnd(of: agent)
    }

    @Test("an error that cannot be said does not keep a program: its exit code tells")
    func complaints() async throws {
        let unread = UnreadPipe()
        unread.fill()
        let local = try await LocalEdge("")
        let refused = try local.startAgent(upstream: "9", [], token: "another-token", errors: unread.end)
        #expect(try await refused.end().status == 1)
        let edge = try RunningProgram(
            Programs.path("shakedown-edge"),
            ["--config", local.folder.path("nowhere.yaml")],
            in: local.folder,
            errors: unread.end
        )
        #expect(try await edge.end().status == 64)
    }
}

extension LocalEdge {
    /// Tells a program to stop, and expects that it does so in order.
    fileprivate func expectEnd(
        of program: RunningProgram,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        kill(program.process.processIdentifier, SIGTERM)
        #expect(try await program.end().status == 0, sourceLocation: sourceLocation)
    }
}
