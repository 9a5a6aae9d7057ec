import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import ScenarioFiles

/// Runs Python, where it has the two modules that check YAML against a JSON Schema.
enum PythonSchema {
    static let isAvailable = (try? Self.run("import yaml, jsonschema", [])) == ""

    /// Returns what the program printed; throws when it failed.
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        struct Failed: Error {}
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: data, as: UTF8.self)
    }

    /// Prints a line per file that the schema refuses.
    static let validator = """
        import sys, json, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for path in sys.argv[2:]:
            for error in validator.iter_errors(yaml.safe_load(open(path))):
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
    func acceptsCatalogue() throws {
        let files = Set(try Catalogue.scenarios.get().map(\.file)).sorted()
        #expect(try PythonSchema.run(PythonSchema.validator, [Self.path] + files) == "")
    }

    @Test(
        "refuses what the reader refuses",
        .enabled(if: PythonSchema.isAvailable, "install python3-jsonschema and python3-yaml"),
        arguments: [
            ("segments:", "segmets:"), ("level: must", "level: musst"), ("handshake: completed", "handshake: complete"),
            ("exchange: echo", "exchange: ecko"), ("cuts: middle", "cuts: midle"), ("gap: 20ms", "gap: 20"),
            ("other-contacted", "others-contacted"), ("id: area.name", "id: area"),
            ("title: A title", "titel: A title"),
            ("{ route: tenant, handshake: completed }", "{}"), ("roles: [edge]", "roles: [egde]"),
        ]
    )
    func refuses(old: String, new: String) throws {
        try withTemporaryFolder { folder in
            let good = folder.appending(path: "good.yaml")
            let bad = folder.appending(path: "bad.yaml")
            try Data(scenarioText().utf8).write(to: good)
            try Data(scenarioText(old, with: new).utf8).write(to: bad)
            let printed = try PythonSchema.run(PythonSchema.validator, [Self.path, good.path, bad.path])
            #expect(printed.hasPrefix(bad.path))
        }
    }
}
