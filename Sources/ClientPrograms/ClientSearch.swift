internal import Foundation
internal import ProgramKit
internal import Synchronization

/// What of a client is on this machine.
package enum FoundClient: Sendable {
    case here(Place)
    /// What is missing, in a sentence, and how to get it.
    case missing(String, remedy: String)

    package struct Place: Sendable {
        package var version: String
        /// Of each program its path.
        var programs: [String: String]
        /// What the programs need in their environment.
        var environment: [String: String]
    }
}

/// Looks for a client's programs in `PATH`, and asks one of them for the version.
struct ClientSearch {
    let description: ClientDescription
    let folder: URL
    /// Where `shakedown clients --install` puts packages, a folder for each client.
    let installed: URL

    func result() -> FoundClient {
        var programs: [String: String] = [:]
        for (name, installation) in self.description.programs.sorted(by: { $0.key < $1.key }) {
            guard let path = self.path(of: name, installation) else {
                return .missing("\(name) is not installed", remedy: self.remedy(installation))
            }
            programs[name] = path
        }
        let packages = ClientInstaller.folder(of: self.description.name, in: self.installed)
        let environment =
            FileManager.default.fileExists(atPath: packages.path) ? ["PYTHONPATH": packages.path] : [:]
        let question = self.description.version
        let remedy = self.remedy(
            self.description.programs.values.first { if case .pip = $0 { true } else { false } }
                ?? self.description.programs[question.program] ?? .byHand("")
        )
        do {
            let values = [ClientTemplate.Word.folder: self.folder.path]
            let answer = try ProgramAnswer.of(
                [programs[question.program] ?? question.program]
                    + question.arguments.map { try ClientTemplate.render($0, values) },
                environment: environment
            )
            guard let match = try Regex(question.pattern).firstMatch(in: answer) else {
                let words = answer.split(separator: "\n").last.map(String.init) ?? "nothing"
                return .missing("\(question.program) tells no version: \(words)", remedy: remedy)
            }
            let range = match.count > 1 ? match[1].range : match.range
            let version = range.map { String(answer[$0]) } ?? ""
            return .here(.init(version: version, programs: programs, environment: environment))
        } catch {
            return .missing("\(question.program) tells no version: \(Reason.text(of: error))", remedy: remedy)
        }
    }

    /// Packages bring no program: they are modules of a program that is here.
    private func path(of name: String, _ installation: ClientDescription.Installation) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/usr/sbin"]
        let program = if case .pip = installation { "python3" } else { name }
        return folders.lazy.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func remedy(_ installation: ClientDescription.Installation) -> String {
        switch installation {
        case .byHand(let command): command
        case .pip: "shakedown clients --install \(self.description.name)"
        }
    }
}

/// What a program prints to either output when it is run to its end with nothing on its standard input.
enum ProgramAnswer {
    /// The only programs that are asked tell their version.
    private static let patience = 20.0

    static func of(_ command: [String], environment: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let guardian = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: guardian)
        defer { guardian.cancel() }
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Places for what several threads find, each its own.
final class SearchResults: Sendable {
    private let places: Mutex<[FoundClient?]>

    init(count: Int) { self.places = Mutex(Array(repeating: nil, count: count)) }

    func set(_ result: FoundClient, at index: Int) { self.places.withLock { $0[index] = result } }

    var all: [FoundClient] { self.places.withLock { $0.compactMap(\.self) } }
}
