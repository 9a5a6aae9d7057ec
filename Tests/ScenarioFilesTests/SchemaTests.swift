import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import ScenarioFiles

/// Runs Python, where it has the two modules that check YAML against a JSON Schema. It takes a second to begin, during which
/// nobody waits on a thread that others need.
enum PythonSchema {
    static let isAvailable =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/env")
        && Self.status(of: "import yaml, jsonschema") == 0

    private static func status(of program: String) -> Int32? {
        let process = Self.process(program, [])
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }

    private static func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Returns what the validator printed of these files; throws when it failed.
    static func refused(_ files: [String]) async throws -> String {
        let process = Self.process(Self.validator, [SchemaTests.path] + files)
        let output = Pipe()
        process.standardOutput = output
        // What it prints fits into the pipe.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        struct Failed: Error {}
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// Prints a line per file that the schema refuses. libyaml reads the catalogue ten times as fast as Python does.
    private static let validator = """
        import sys, json, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for path in sys.argv[2:]:
            for error in validator.iter_errors(yaml.load(open(path), loader)):
                print(path, list(error.absolute_path), error.message[:200])
                break
        """
}

@Suite("The JSON Schema")
struct SchemaTests {
    static let path = Catalogue.repository + "/Docs/schema/scenario.schema.json"

    @Test("has the same keys as the reader, object by object", arguments: Grammar.all.map(\.name))
    func keys(name: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.path))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        let definition = try #require(definitions[name], "the schema has no definition '\(name)'")
        let object = (definition["anyOf"] as? [[String: Any]])?.first ?? definition
        let properties = try #require(object["properties"] as? [String: Any])
        let known = try #require(Grammar.all.first { $0.name == name })
        #expect(properties.keys.sorted() == known.keys.sorted())
        #expect(object["additionalProperties"] as? Bool == false)
    }

    @Test("defines nothing that the reader does not know")
    func definitions() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.path))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: Any])
        #expect(Set(definitions.keys) == Set(Grammar.all.map(\.name)).union(["defaults"]))
    }

    @Test(
        "accepts every file of the catalogue",
        .enabled(if: PythonSchema.isAvailable, "install python3-jsonschema and python3-yaml")
    )
    func acceptsCatalogue() async throws {
        let files = Set(try Catalogue.scenarios.get().map(\.file)).sorted()
        #expect(try await PythonSchema.refused(files) == "")
    }

    @Test(
        "refuses what the reader refuses",
        .enabled(if: PythonSchema.isAvailable, "install python3-jsonschema and python3-yaml")
    )
    func refuses() async throws {
        let slips = [
            ("segments:", "segmets:"), ("level: must", "level: musst"), ("handshake: completed", "handshake: complete"),
            ("exchange: echo", "exchange: ecko"), ("cuts: middle", "cuts: midle"), ("gap: 20ms", "gap: 20"),
            ("other-contacted", "others-contacted"), ("id: area.name", "id: area"),
            ("title: A title", "titel: A title"),
            ("{ route: tenant, handshake: completed }", "{}"), ("roles: [edge]", "roles: [egde]"),
        ]
        let folder = try TemporaryFolder()
        let good = folder.url.appending(path: "good.yaml")
        try Data(scenarioText().utf8).write(to: good)
        let bad = try slips.enumerated().map { number, slip in
            let file = folder.url.appending(path: "bad-\(number).yaml")
            try Data(scenarioText(slip.0, with: slip.1).utf8).write(to: file)
            return file.path
        }
        let refused = try await PythonSchema.refused([good.path] + bad).split(separator: "\n")
            .map { $0.prefix { $0 != " " } }.map(String.init)
        #expect(refused == bad)
    }
}
