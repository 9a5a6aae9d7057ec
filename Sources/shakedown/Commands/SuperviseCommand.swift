import ArgumentParser
import Targets

/// Runs one program of a target, and ends it when the harness is gone, however the harness ended.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Runs a command until standard input ends.",
        shouldDisplay: false
    )

    /// Read by ``Supervisor`` itself.
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    func run() throws {
        throw ExitCode(Supervisor.run(arguments: self.arguments))
    }
}
