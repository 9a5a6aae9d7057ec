import FolderTesting
import Foundation
import Reports
import Testing
import Verdicts

@Suite("Reading a run back")
struct RunFileTests {
    /// A run as JSON, with one change.
    private static func text(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> Data {
        let data = try JSONWriter.renderRun(SampleRun.everyOutcome())
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        change(&object)
        return try JSONSerialization.data(withJSONObject: object)
    }

    private static func problem(_ data: Data) throws -> RunFileError {
        try #require(throws: RunFileError.self) { try RunFile.decode(data, name: "old/run.json") }
    }

    @Test(
        "what is no run is told from what is a broken one",
        arguments: [
            ("", .notJSON, "old/run.json is not JSON, or was cut short"),
            ("{\"schemaVersion\": 1", .notJSON, "old/run.json is not JSON, or was cut short"),
            ("[]", .notARun, "old/run.json is not a run: it holds no object"),
            (
                "{\"results\": []}", .notARun,
                "old/run.json is not a run: it has no schemaVersion\nhint: of a run's files it is run.json that is read"
            ),
            ("{\"schemaVersion\": \"1\"}", .malformed, "old/run.json has the wrong kind of value at schemaVersion"),
            (
                "{\"schemaVersion\": 2, \"form\": \"another\"}", .otherVersion,
                "old/run.json has schema version 2, and this program reads version 1"
            ),
            ("{\"schemaVersion\": 1}", .malformed, "old/run.json lacks tool"),
        ] as [(String, RunFileError.Code, String)]
    )
    func refuses(text: String, code: RunFileError.Code, message: String) throws {
        let problem = try Self.problem(Data(text.utf8))
        #expect(problem.code == code)
        #expect(problem.description == message)
    }

    @Test("a value that cannot be is told by its place")
    func places() throws {
        let outcome = try Self.text { run in
            guard var results = run["results"] as? [[String: Any]] else { return }
            results[3]["verdict"] = ["outcome": "fine", "summary": "", "checks": []]
            run["results"] = results
        }
        let problem = try Self.problem(outcome)
        #expect(problem.description == "old/run.json has a value that it cannot have at results[3].verdict.outcome")
        let seed = try Self.problem(Self.text { $0["seed"] = 5 })
        #expect(seed.description == "old/run.json has the wrong kind of value at seed")
    }

    @Test("two results for one case are no run")
    func duplicates() throws {
        let twice = try Self.text { run in
            guard let results = run["results"] as? [[String: Any]] else { return }
            run["results"] = results + results.prefix(1)
        }
        #expect(try Self.problem(twice).code == .malformed)
    }

    @Test("a run of before there were notes, configurations and comparisons is still read")
    func olderFiles() throws {
        var report = SampleRun.everyOutcome()
        let old = try Self.text { run in
            run["configuration"] = nil
            run["comparison"] = nil
            var target = run["target"] as? [String: Any]
            target?["notes"] = nil
            target?["lacks"] = nil
            run["target"] = target
        }
        report.configuration = nil
        report.target.notes = nil
        report.target.lacks = nil
        #expect(try RunFile.decode(old, name: "run.json") == report)
    }

    @Test("a run is read by its folder, by its file, and by a link to either, as Reports/latest is one")
    func links() throws {
        try withTemporaryFolder { root in
            let folder = root.appending(path: "run-1", directoryHint: .isDirectory)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Self.text().write(to: folder.appending(path: "run.json"))
            for (link, destination) in [("latest", "run-1"), ("file", "run-1/run.json")] {
                try FileManager.default.createSymbolicLink(
                    atPath: root.appending(path: link).path,
                    withDestinationPath: destination
                )
            }
            for path in ["run-1", "run-1/run.json", "latest", "latest/run.json", "file"] {
                #expect(try RunFile.read(URL(fileURLWithPath: "\(root.path)/\(path)")).target.name == "haproxy")
            }
        }
    }

    @Test("a file that is not there says what to name instead")
    func missing() throws {
        try withTemporaryFolder { folder in
            let folderError = try #require(throws: RunFileError.self) { try RunFile.read(folder) }
            #expect(folderError.description.contains("has no run.json\nhint: name a folder that a run wrote"))
            let fileError = try #require(throws: RunFileError.self) {
                try RunFile.read(folder.appending(path: "run.json"))
            }
            #expect(fileError.code == .unreadable)
        }
    }
}
