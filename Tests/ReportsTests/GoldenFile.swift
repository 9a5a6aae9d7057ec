import FolderTesting
import Foundation
import Testing

/// A text that was looked at by a person once and must not change by accident.
///
/// `SHAKEDOWN_UPDATE_GOLDEN=1 swift test` writes the files again; the difference belongs in the review.
enum GoldenFile {
    static func expect(_ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = TestFolder.sources.appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["SHAKEDOWN_UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}

enum TestFolder {
    static let sources = URL(filePath: #filePath).deletingLastPathComponent()
}

/// A program of the machine that some tests need.
struct Tool: Sendable {
    let path: String

    init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        let paths = folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return nil }
        self.path = path
    }

    /// Runs the program to its end. Its output goes to files, so that a full pipe cannot stop it.
    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try withTemporaryFolder { folder in
            let (process, output) = try self.prepared(arguments, in: folder)
            try process.run()
            process.waitUntilExit()
            return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
        }
    }

    /// The same of a program that takes its time: no thread waits for it.
    func runAside(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        try await withTemporaryFolder { folder in
            let (process, output) = try self.prepared(arguments, in: folder)
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in continuation.resume() }
                do {
                    try process.run()
                } catch {
                    process.terminationHandler = nil
                    continuation.resume(throwing: error)
                }
            }
            return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
        }
    }

    private func prepared(_ arguments: [String], in folder: URL) throws -> (Process, output: URL) {
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: self.path)
        process.arguments = arguments
        process.standardOutput = handle
        process.standardError = handle
        return (process, output)
    }
}

extension Trait where Self == ConditionTrait {
    static var requiresXMLLint: Self {
        .enabled(if: Tool("xmllint") != nil, "install xmllint (libxml2-utils)")
    }

    static var requiresChromium: Self {
        .enabled(if: Tool("chromium") != nil, "install chromium")
    }

    /// The schemas of others are not part of this repository; Schemas/README.md says which are looked for.
    static func requiresSchema(_ name: String) -> Self {
        .enabled(if: foreignSchema(name) != nil, "put \(name) in a folder and name it in SHAKEDOWN_SCHEMAS")
    }
}

func foreignSchema(_ name: String) -> String? {
    guard let folder = ProcessInfo.processInfo.environment["SHAKEDOWN_SCHEMAS"] else { return nil }
    let path = "\(folder)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
}

/// Checks a document against a schema of somebody else's, with Python's jsonschema.
func expectJSONSchema(_ name: String, of document: Data) throws {
    let schema = try #require(foreignSchema(name))
    let python = try #require(Tool("python3"), "install python3 with its jsonschema module")
    try withTemporaryFolder { folder in
        let file = folder.appending(path: "document.json")
        try document.write(to: file)
        let script =
            "import json, jsonschema, sys; jsonschema.validate(json.load(open(sys.argv[1])), "
            + "json.load(open(sys.argv[2])), format_checker=jsonschema.FormatChecker())"
        let result = try python.run(["-c", script, file.path, schema])
        #expect(result.status == 0, "\(result.output.suffix(2_000))")
    }
}
