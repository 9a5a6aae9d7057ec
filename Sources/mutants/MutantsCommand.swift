import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit

@main
struct MutantsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutants",
        abstract: "Plants small bugs in the edge and the agent, one at a time, and sees what notices.",
        discussion: """
            EXAMPLES
              make mutants                         all of them; about an hour on two cores
              make mutants ONLY='routing.*'        one chapter

            Every bug of Mutants/*.yaml is built into a copy of the checkout, asleep until the environment names it. Each is
            tried against all that is to notice it; where that sees nothing, against the whole suite, and then the tests of the
            edge and the agent.
            """
    )

    @Argument(help: "The bugs to plant, by name: globs.")
    var only: [String] = []

    @Option(help: "Where the copy and the logs are.")
    var folder = ".build/mutants"

    @Option(help: "The file that the table is written to.")
    var table: String?

    /// Of a hundred bugs as many are to be noticed.
    private static let goal = 0.95

    func run() throws {
        do {
            try self.perform()
        } catch let error as ExitCode {
            throw error
        } catch {
            throw ExitCode(Complaint.report(error, program: "mutants", status: .software).rawValue)
        }
    }

    private func perform() throws {
        let source = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        let folder = URL(filePath: self.folder, relativeTo: source).absoluteURL
        let all = try Mutant.all(in: source.appending(path: "Mutants"))
        let globs = self.only.map(Glob.init)
        let mutants = all.filter { mutant in globs.isEmpty || globs.contains { $0.matches(mutant.id) } }
        guard !mutants.isEmpty else { throw Complaint("no bug of Mutants/ has such a name") }
        let checkout = folder.appending(path: "checkout")
        let logs = folder.appending(path: "logs")
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)

        try self.say("planting \(all.count) bugs in \(checkout.path)")
        try Planting(checkout: checkout).plant(all, from: source)
        let log = logs.appending(path: "build.log")
        guard try Command("make", ["build", "build-tests"], in: checkout).status(log: log) == 0 else {
            throw Complaint("the copy cannot be built", hint: "see \(log.path)")
        }
        let trial = Trial(checkout: checkout, logs: logs)
        let asleep = try trial.runAsleep()
        guard asleep == .survived else {
            throw Complaint(
                "the copy fails without any bug awake: \(asleep.words)",
                hint: "see \(logs.path)/none.*"
            )
        }
        var table = Table()
        for (index, mutant) in mutants.enumerated() {
            table.add(mutant, try trial.run(mutant))
            try self.say("\(index + 1)/\(mutants.count) \(table.lastLine)")
            // After each, so that a pass that is broken off leaves what it found.
            if let file = self.table { try table.markdown.write(toFile: file, atomically: true, encoding: .utf8) }
        }
        try self.say("\n\(table.summary)")
        if table.share < Self.goal { throw ExitCode(1) }
    }

    /// At once, so that a long pass can be followed in a file.
    private func say(_ line: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }
}
