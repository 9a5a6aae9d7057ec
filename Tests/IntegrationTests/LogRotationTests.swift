import FolderTesting
import Foundation
import Testing

/// What `logrotate` does to log and events, in both of its ways.
@Suite(
    "Files that are rotated",
    .serialized,
    .enabled(if: Programs.isInstalled("openssl"), "install openssl")
)
struct LogRotationTests {
    private static func start() async throws -> LocalEdge {
        let local = try await LocalEdge("events: events.jsonl\nlog: { level: debug, file: edge.log }")
        try await local.serve(agent: ["--log", local.folder.path("agent.log")])
        try await local.serveOne()
        try #require(try await local.wait(for: 1, in: "events.jsonl"))
        return local
    }

    private static func openFiles(of program: RunningProgram) throws -> [String] {
        let folder = "/proc/\(program.process.processIdentifier)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
    }

    private static func hangUp(_ program: RunningProgram) { kill(program.process.processIdentifier, SIGHUP) }

    @Test("renamed and SIGHUP: what comes then is in files made anew, and the old ones are left alone")
    func renamed() async throws {
        let local = try await Self.start()
        try local.move("events.jsonl", to: "events.1")
        try local.move("edge.log", to: "edge.log.1")
        Self.hangUp(local.edge)
        try #require(try await local.wait(for: "configuration reloaded", in: "edge.log"))
        let (oldEvents, oldLog) = (local.connections("events.1"), local.lines("edge.log.1"))
        #expect(oldEvents.count == 1)
        #expect(oldLog.contains { $0.contains("edge listens") })
        for count in 1...2 {
            try await local.serveOne()
            #expect(try await local.wait(for: count, in: "events.jsonl"))
        }
        #expect(try await local.wait(for: "connection closed", in: "edge.log"))
        let open = try Self.openFiles(of: local.edge)
        #expect(open.contains(local.folder.path("events.jsonl")), "\(open)")
        #expect(!open.contains { $0.hasSuffix(".1") }, "what is renamed may be removed, and gives its room back")
        #expect(local.connections("events.1") == oldEvents)
        #expect(local.lines("edge.log.1") == oldLog)
    }

    @Test("an agent's log, renamed and SIGHUP")
    func renamedAgentLog() async throws {
        let local = try await LocalEdge("")
        let agent = try await local.serve(agent: ["--log", local.folder.path("agent.log")])
        try local.move("agent.log", to: "agent.log.1")
        Self.hangUp(agent)
        #expect(try await local.wait(for: "configuration read again", in: "agent.log"))
        #expect(local.lines("agent.log.1").contains { $0.contains("tunnel online") })
    }

    @Test("copied and cut short: what comes then stands at the beginning, without a hole before it")
    func truncated() async throws {
        let local = try await Self.start()
        for name in ["events.jsonl", "edge.log"] {
            try FileManager.default.copyItem(at: local.folder.file(name), to: local.folder.file("\(name).1"))
            try FileHandle(forWritingTo: local.folder.file(name)).truncate(atOffset: 0)
        }
        try await local.serveOne()
        #expect(try await local.wait(for: 1, in: "events.jsonl"))
        #expect(try await local.wait(for: "connection closed", in: "edge.log"))
        for name in ["events.jsonl", "edge.log"] {
            let bytes = try Data(contentsOf: local.folder.file(name))
            #expect(!bytes.contains(0), "\(name)")
        }
        #expect(local.connections("events.jsonl").count == 1)
    }

    @Test("a file that cannot be made anew is told of, and the old one goes on")
    func unopenable() async throws {
        let local = try await Self.start()
        for name in ["events.jsonl", "edge.log"] {
            try local.move(name, to: "\(name).1")
            try FileManager.default.createDirectory(at: local.folder.file(name), withIntermediateDirectories: false)
        }
        Self.hangUp(local.edge)
        for name in ["events.jsonl", "edge.log"] {
            let words = "cannot write \(local.folder.path(name)): is a directory"
            #expect(try await local.wait(for: words, in: "edge.log.1"), "\(local.lines("edge.log.1"))")
        }
        try await local.serveOne()
        #expect(try await local.wait(for: 2, in: "events.jsonl.1"))
    }
}
