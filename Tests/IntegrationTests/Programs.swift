import FolderTesting
import Foundation

/// Our own programs, as SwiftPM built them beside the tests.
enum Programs {
    static var folder: URL {
        // The test runner is either the bundle's own executable or a helper of the toolchain; the bundle is an argument then.
        let candidates = CommandLine.arguments.map { URL(fileURLWithPath: $0) } + [Bundle.main.bundleURL]
        for candidate in candidates {
            let folder = candidate.pathExtension == "xctest" ? candidate.deletingLastPathComponent() : candidate
            for place in [folder, folder.deletingLastPathComponent()] {
                let program = place.appending(path: "shakedown-edge").path
                if FileManager.default.isExecutableFile(atPath: program) { return place }
            }
        }
        return URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: ".build/release")
    }

    static func path(_ name: String) -> String { Self.folder.appending(path: name).path }

    /// The checkout, where Scenarios and Certs are.
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Whether the shell finds a program.
    static func isInstalled(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }
}

/// What a finished program left.
struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String
}

/// A program under way. Its output goes to files, which can be read while it runs and never fill a pipe, unless a test has
/// another place for it.
final class RunningProgram {
    let process = Process()
    let input = Pipe()
    private let outputFile: URL
    private let errorFile: URL

    init(
        _ executable: String,
        _ arguments: [String],
        in folder: TemporaryFolder,
        at directory: URL = Programs.root,
        environment: [String: String] = [:],
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws {
        let name = UUID().uuidString
        self.outputFile = folder.url.appending(path: "\(name).out")
        self.errorFile = folder.url.appending(path: "\(name).err")
        for file in [self.outputFile, self.errorFile] { try Data().write(to: file) }
        self.process.executableURL = URL(fileURLWithPath: executable)
        self.process.arguments = arguments
        self.process.currentDirectoryURL = directory
        self.process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        self.process.standardInput = self.input
        self.process.standardOutput = try output ?? FileHandle(forWritingTo: self.outputFile)
        self.process.standardError = try errors ?? FileHandle(forWritingTo: self.errorFile)
        try self.process.run()
    }

    var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }
    var outputByteCount: Int {
        ((try? FileManager.default.attributesOfItem(atPath: self.outputFile.path))?[.size] as? Int) ?? 0
    }
    var errors: String { (try? String(contentsOf: self.errorFile, encoding: .utf8)) ?? "" }

    /// Waits until a condition holds; `false` when the program ended or the time was up before.
    func wait(seconds: Double = 30, until condition: () -> Bool) async throws -> Bool {
        let limit = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < limit {
            if condition() { return true }
            if !self.process.isRunning { return condition() }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Waits for the end, and kills what does not end in time.
    func end(within seconds: Double = 60) async throws -> Outcome {
        let limit = ContinuousClock.now + .seconds(seconds)
        while self.process.isRunning, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(10)) }
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        self.process.waitUntilExit()
        return Outcome(status: self.process.terminationStatus, output: self.output, errors: self.errors)
    }

    static func run(
        _ executable: String,
        _ arguments: [String],
        in folder: TemporaryFolder,
        at directory: URL = Programs.root,
        input: String = "",
        environment: [String: String] = [:],
        within seconds: Double = 60
    ) async throws -> Outcome {
        let program = try RunningProgram(executable, arguments, in: folder, at: directory, environment: environment)
        try program.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try program.input.fileHandleForWriting.close()
        return try await program.end(within: seconds)
    }
}
