internal import Foundation
internal import ProgramKit

/// Finds the programs of targets and asks them questions.
struct ProgramSearch: Sendable {
    /// The target's name, for hints.
    var target: String
    /// The target's folder, where paths of its programs begin.
    var targetFolder: URL
    /// Where the programs are that are built with the harness.
    var ownPrograms: URL
    /// Where ``ProgramInstaller`` puts those of others, a folder each.
    var installed: URL?
    /// Where all others are: `PATH`, and the folders of system programs that the `PATH` of ordinary users lacks.
    var folders: [String]

    init(
        target: String,
        targetFolder: URL,
        ownPrograms: URL,
        installed: URL? = nil,
        path: String? = ProcessInfo.processInfo.environment["PATH"]
    ) {
        self.target = target
        self.targetFolder = targetFolder
        self.ownPrograms = ownPrograms
        self.installed = installed
        let path = (path ?? "").split(separator: ":").map(String.init)
        self.folders = path + ["/usr/local/sbin", "/usr/sbin", "/sbin"].filter { !path.contains($0) }
    }

    static var folderOfThisProgram: URL {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// A program of this machine.
    struct Found: Hashable, Sendable {
        var path: String
        /// What it needs in its environment to run from where it is.
        var environment: [String: String] = [:]
    }

    func find(_ program: TargetDescription.Program) throws(TargetError) -> Found {
        let hint = program.install.hint(target: self.target)
        if program.isOurs {
            let path = self.ownPrograms.appending(path: program.name).path
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw TargetError(
                    .programNotFound,
                    "\(program.name) is not beside the harness, in \(self.ownPrograms.path)",
                    hint: hint
                )
            }
            return Found(path: path)
        }
        if let path = program.path {
            let path = path.hasPrefix("/") ? path : self.targetFolder.appending(path: path).standardizedFileURL.path
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw TargetError(.programNotFound, "\(path) is no program that can be run", hint: hint)
            }
            return Found(path: path)
        }
        if let found = self.findInstalled(program) { return found }
        for folder in self.folders {
            let path = "\(folder)/\(program.name)"
            if FileManager.default.isExecutableFile(atPath: path) { return Found(path: path) }
        }
        throw TargetError(.programNotFound, "\(program.name) is not installed", hint: hint)
    }

    private func findInstalled(_ program: TargetDescription.Program) -> Found? {
        guard let file = program.install.file, let folder = self.installed?.appending(path: program.name) else {
            return nil
        }
        let path = folder.appending(path: file).path
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let libraries = ProgramInstaller.libraryFolders(in: folder)
        guard !libraries.isEmpty else { return Found(path: path) }
        return Found(path: path, environment: ["LD_LIBRARY_PATH": libraries.joined(separator: ":")])
    }

    /// What the probe's pattern finds in what the program prints to either output; `nil` when it is not there.
    func answer(
        to probe: TargetDescription.Probe,
        programs: [String: TargetDescription.Program]
    ) throws -> String? {
        guard let program = programs[probe.program] else { return nil }
        let output = try Self.output(of: self.find(program), probe.arguments)
        guard let match = try Regex(probe.pattern).firstMatch(in: output.text) else { return nil }
        let group = match.count > 1 ? match[1].substring : match[0].substring
        return group.map(String.init)
    }

    static func output(
        of program: Found,
        _ arguments: [String],
        in directory: URL? = nil
    ) throws(TargetError) -> (text: String, status: Int32) {
        try Self.output(of: [program.path] + arguments, environment: program.environment, in: directory)
    }

    /// Runs a program to its end with nothing on its standard input.
    static func output(
        of command: [String],
        environment: [String: String] = [:],
        in directory: URL? = nil
    ) throws(TargetError) -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
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
                "cannot run \(command[0]): \(OpenFiles.beyondLimit ?? Reason.text(of: error))"
            )
        }
    }
}
