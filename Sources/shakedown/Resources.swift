import ArgumentParser
import Foundation

/// Where the catalogue, the recipes and the targets are: in the current folder, in one above it, or in one above the program.
struct Resources {
    let root: URL
    var scenarios: URL { self.root.appendingPathComponent("Scenarios") }
    var targets: URL { self.scenarios.appendingPathComponent("Targets") }
    var recipes: URL { self.root.appendingPathComponent("Certs") }
    var reports: URL { self.root.appendingPathComponent("Reports") }

    static func locate() throws -> Resources {
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        for start in [current, Self.executable.deletingLastPathComponent()] {
            var folder = start.standardizedFileURL
            while true {
                let scenarios = folder.appendingPathComponent("Scenarios/Targets").path
                if FileManager.default.fileExists(atPath: scenarios) { return Resources(root: folder) }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        throw Complaint(
            "no Scenarios folder here or above",
            hint: "run shakedown inside its checkout, or inside a folder that holds Scenarios/ and Certs/"
        )
    }

    /// The running program; its neighbours are `shakedown-edge` and `shakedown-agent`.
    static var executable: URL {
        let link = "/proc/self/exe"
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path)
    }
}

/// Something the user can put right, with how.
struct Complaint: Error, CustomStringConvertible {
    let message: String
    let hint: String?
    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
    var description: String { self.hint.map { "\(self.message)\nhint: \($0)" } ?? self.message }
}

/// How the program ends. Listed in Docs/exit-codes.md.
enum ExitStatus {
    /// Some verdict is not acceptable.
    static let unacceptable = ExitCode(1)
    static let usage = ExitCode(64)
    /// The harness itself failed.
    static let harness = ExitCode(70)

    /// Prints the error in our form and gives the code to end with.
    static func report(_ error: any Error, as code: ExitCode = harness) -> ExitCode {
        let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = index == 0 || !line.hasPrefix("hint: ") ? "shakedown: error: \(line)" : "\(line)"
            FileHandle.standardError.write(Data((text + "\n").utf8))
        }
        return code
    }
}
