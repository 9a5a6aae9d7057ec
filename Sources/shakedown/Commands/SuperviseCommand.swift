import ArgumentParser
import Foundation
import Targets

/// Runs one program of a target and ends it when the harness is gone, however the harness ended.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Runs a command until standard input ends.",
        shouldDisplay: false
    )

    @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String] = []
}
