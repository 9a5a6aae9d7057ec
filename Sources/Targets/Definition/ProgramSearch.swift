internal import Foundation
internal import ProgramKit

/// Finds the programs of targets and asks them questions.
struct ProgramSearch: Sendable {
    /// Where the programs are that are built with the harness.
    var ownPrograms: URL
    /// Where all others are: `PATH`, and the folders of system programs that the `PATH` of ordinary users lacks.
    var folders: [String]

    init(ownPrograms: URL, path: String? = ProcessInfo.processInfo.environment["PATH"]) {
        self.ownPrograms = ownPrograms
        let path = (path ?? "").split(separator: ":").map(String.init)
        self.folders = path + ["/usr/local/sbin", "/usr/sbin", "/sbin"].filter { !path.contains($0) }
    }

    static var folderOfThisProgram: URL {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent()
    }

    func path(of program: TargetDescription.Program) throws(TargetError) -> String {
        if program.isOurs {
            let path = self.ownPrograms.appending(path: program.name).path
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw TargetError(
                    .programNotFound,
                    "\(program.name) is not beside the harness, in \(self.ownPrograms.path)",
                    hint: program.install
                )
            }
            return path
        }
        for folder in self.folders {
            let path = "\(folder)/\(program.name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw TargetError(.programNotFound, "\(program.name) is not installed", hint: program.install)
    }

    /// What the probe's pattern finds in what the program prints to either output; `nil` when it is not there.
    func answer(
        to probe: TargetDescription.Probe,
        programs: [String: TargetDescription.Program]
    ) throws -> String? {
        guard let program = programs[probe.program] else { return nil }
        let output = try Self.output(of: [self.path(of: program)] + probe.arguments)
        guard let match = try Regex(probe.pattern).firstMatch(in: output.text) else { return nil }
        let group = match.count > 1 ? match[1].substring : match[0].substring
        return group.map(String.init)
    }

    /// Runs a program to its end with nothing on its standard input.
    static func output(
        of command: [String],
        in directory: URL? = nil
    ) throws(TargetError) -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = directory
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.run()
            let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (String(decoding: data, as: UTF8.self), process.terminationStatus)
        } catch {
            throw TargetError(
                .cannotRun,
                "cannot run \(command[0]): \(Reason.text(of: error))"
            )
        }
    }
}
