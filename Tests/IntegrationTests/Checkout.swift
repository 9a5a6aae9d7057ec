import FolderTesting
import Foundation
import Testing

/// A copy of the catalogue in a fresh folder, where runs write to a `Reports/` of their own and keep their keys in a
/// temporary folder of their own.
final class Checkout: Sendable {
    let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        for name in ["Scenarios", "Certs"] {
            try FileManager.default.copyItem(at: Programs.root.appending(path: name), to: self.folder.file(name))
        }
        try FileManager.default.createDirectory(at: self.temporary, withIntermediateDirectories: true)
    }

    var temporary: URL { self.folder.file("tmp") }
    var reports: URL { self.folder.file("Reports") }

    private var environment: [String: String] { ["TMPDIR": self.temporary.path] }

    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            Programs.path("shakedown"),
            arguments,
            in: self.folder,
            at: self.folder.url,
            environment: self.environment
        )
    }

    func run(_ arguments: [String]) async throws -> Outcome { try await self.start(arguments).end(within: 120) }

    /// Runs a line of shell in which `$shakedown` is the program.
    func shell(_ line: String) async throws -> Outcome {
        try await RunningProgram.run(
            "/bin/bash",
            ["-c", line],
            in: self.folder,
            at: self.folder.url,
            environment: self.environment.merging(["shakedown": Programs.path("shakedown")]) { $1 },
            within: 120
        )
    }

    /// What stands in `Reports/`, without what is hidden; empty where there is no such folder.
    var runs: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.reports.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The keys and configurations that runs left.
    var leftovers: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: self.temporary.path).sorted() }
    }

    /// Processes whose command line names this folder's work folders: edge, agents and supervisors.
    var children: [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { Int($0) != nil }.compactMap { id in
            // The kernel says that these files are empty, so they are read to their end.
            let line = try? FileHandle(forReadingAtPath: "/proc/\(id)/cmdline")?.readToEnd()
            let text = String(decoding: line ?? Data(), as: UTF8.self)
            return text.contains(self.temporary.path + "/shakedown-") ? text : nil
        }
    }

    /// Waits for the programs of a killed run, which end with their supervisors; `false` when the time was up before.
    func waitUntilChildless(seconds: Double = 30) async throws -> Bool {
        let limit = ContinuousClock.now + .seconds(seconds)
        while !self.children.isEmpty {
            if ContinuousClock.now >= limit { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    /// A report of the newest run.
    func latest(_ name: String) throws -> Data { try Data(contentsOf: self.reports.appending(path: "latest/\(name)")) }

    func latestRun() throws -> WrittenRun { try JSONDecoder().decode(WrittenRun.self, from: self.latest("run.json")) }
}

/// What the tests want to know of run.json.
struct WrittenRun: Decodable {
    struct Result: Decodable {
        struct TestCase: Decodable { var id: String }
        struct Verdict: Decodable {
            var outcome: String
            var summary: String
        }
        var testCase: TestCase
        var verdict: Verdict
    }
    struct Interruption: Decodable, Equatable {
        var judged: Int
        var unproven: Int
        var cutShort: Int
        var notBegun: Int
    }
    var isInterrupted: Bool
    var interruption: Interruption?
    var results: [Result]
}
