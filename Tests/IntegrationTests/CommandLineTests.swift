import FolderTesting
import Foundation
import Testing

@Suite("The shakedown command line", .serialized)
struct CommandLineTests {
    private let folder: TemporaryFolder
    private let shakedown = Programs.path("shakedown")

    init() throws { self.folder = try TemporaryFolder() }

    @Test("list names every scenario of the catalogue with its cases")
    func list() async throws {
        let outcome = try await RunningProgram.run(self.shakedown, ["list", "--json"], in: self.folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
        )
        let cases = entries.compactMap { $0["cases"] as? [String] }.flatMap { $0 }
        #expect(entries.count >= 60)
        #expect(cases.count >= 300)
        #expect(Set(cases).count == cases.count)
    }

    @Test(
        "wrong use ends with 64 and says what to do",
        arguments: [
            (["run", "no.such.scenario"], "shakedown list"),
            (["run", "--seed", "green"], "--seed"),
            (["run", "--level", "perhaps"], "must"),
            (["explain", "no.such.scenario"], "shakedown list"),
        ]
    )
    func refusesWrongUse(arguments: [String], hint: String) async throws {
        let outcome = try await RunningProgram.run(self.shakedown, arguments, in: self.folder)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    }

    @Test("an unknown target is named with those that exist")
    func unknownTarget() async throws {
        let arguments = ["run", "routing.exact", "--target", "nosuch", "--report", self.folder.file("r").path]
        let outcome = try await RunningProgram.run(self.shakedown, arguments, in: self.folder)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("'nosuch'"))
        #expect(outcome.errors.contains("reference"))
    }

    @Test("a run of the same seed gives the same verdicts, and its reports are all there")
    func runsTwiceAlike() async throws {
        var verdicts: [String] = []
        for name in ["a", "b"] {
            let report = self.folder.file(name)
            let arguments = [
                "run", "routing.exact", "framing.*", "--seed", "0x5eed", "--quiet", "--report", report.path,
            ]
            let outcome = try await RunningProgram.run(self.shakedown, arguments, in: self.folder, within: 120)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            for file in ["junit.xml", "report.html", "report.json", "run.json", "summary.txt", "summary.md"] {
                #expect(FileManager.default.fileExists(atPath: report.appending(path: file).path), "\(file)")
            }
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: report.appending(path: "run.json")))
            let results = try #require((json as? [String: Any])?["results"] as? [[String: Any]])
            verdicts.append(
                results.map { result in
                    let id = (result["testCase"] as? [String: Any])?["id"] ?? ""
                    let outcome = (result["verdict"] as? [String: Any])?["outcome"] ?? ""
                    return "\(id) \(outcome)"
                }.joined(separator: "\n")
            )
        }
        #expect(verdicts[0] == verdicts[1])
        #expect(!verdicts[0].isEmpty)
    }

    @Test("a case is replayed as it was asked for: with its profile and strictness")
    func replay() async throws {
        let report = self.folder.file("r")
        let id = "routing.exact[role=edge,engine=openssl,version=1.3]"
        let arguments = ["run", id, "--profile", "ngrok", "--strict", "--seed", "0x5eed", "--report", report.path]
        let outcome = try await RunningProgram.run(self.shakedown, arguments, in: self.folder, within: 60)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: report.appending(path: "run.json")))
        let results = try #require((json as? [String: Any])?["results"] as? [[String: Any]])
        let line = "shakedown run --target reference --profile ngrok --strict --seed 0x5eed '\(id)'"
        #expect(results.map { $0["replay"] as? String } == [line])
    }

    @Test("what replays a case names the target's folder and the scenario files as they were named, for a shell")
    func replayOfOwnFiles() async throws {
        let target = self.folder.file("my targets").appending(path: "edge")
        let files = self.folder.file("mine")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Programs.root.appending(path: "Scenarios/Targets/reference"), to: target)
        try FileManager.default.copyItem(
            at: Programs.root.appending(path: "Scenarios/routing/exact.yaml"),
            to: files.appending(path: "exact.yaml")
        )
        let report = self.folder.file("own")
        let id = "routing.exact[role=edge,engine=openssl,version=1.3]"
        let asked = ["run", "mine/exact.yaml", id, "--target", "my targets/edge", "--report", report.path]
        let outcome = try await RunningProgram.run(
            self.shakedown,
            asked,
            in: self.folder,
            at: self.folder.url,
            within: 60
        )
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: report.appending(path: "run.json")))
        let run = try #require(json as? [String: Any])
        let results = try #require(run["results"] as? [[String: Any]])
        let seed = try #require(run["seed"] as? String)
        let line = "shakedown run --target 'my targets/edge' --seed \(seed) mine/exact.yaml '\(id)'"
        #expect(results.map { $0["replay"] as? String } == [line])
    }

    @Test("Ctrl-C stops every program, writes the reports, and ends with 1")
    func interrupted() async throws {
        let report = self.folder.file("interrupted")
        // Long enough to be interrupted: cases that wait for the hello's deadline.
        let arguments = ["run", "silence.*", "--report", report.path]
        let program = try RunningProgram(
            self.shakedown,
            arguments,
            in: self.folder,
            environment: ["TMPDIR": self.folder.url.path]
        )
        let isUnderWay = try await program.wait { program.errors.contains("running") && self.children.count >= 2 }
        #expect(isUnderWay, "\(program.errors)")
        program.process.interrupt()
        let outcome = try await program.end()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.output.contains("skipped"), "\(outcome.output)")
        #expect(FileManager.default.fileExists(atPath: report.appending(path: "junit.xml").path))
        #expect(self.children.isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: self.folder.url.path)
        #expect(!left.contains { $0.hasPrefix("shakedown-reference-") }, "\(left)")
    }

    /// Processes whose command line names this test's folder: the edge and the agents of its run.
    private var children: [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { Int($0) != nil }.compactMap { id in
            // The kernel says that these files are empty, so they are read to their end.
            let line = try? FileHandle(forReadingAtPath: "/proc/\(id)/cmdline")?.readToEnd()
            let text = String(decoding: line ?? Data(), as: UTF8.self)
            return text.contains(self.folder.url.path) && text.contains("shakedown-reference-") ? text : nil
        }
    }
}
