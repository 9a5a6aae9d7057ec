import ArgumentParser
import ProgramKit
import Runner

/// How every command ends; Docs/exit-codes.md lists the codes.
enum Ending {
    /// Whoever read our output has gone: what a shell says of a program that SIGPIPE ended.
    static let brokenPipe = ExitStatus(rawValue: 128 + 13)

    /// Runs a command's body, says what went wrong, and ends with the status that this has.
    static func of(_ body: () async throws -> ExitStatus) async throws {
        let status: ExitStatus
        do {
            status = try await body()
        } catch {
            status = Self.report(error)
        }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    static func report(_ error: any Error) -> ExitStatus {
        // Nobody reads any more, which `| head` means to be so.
        if let error = error as? OutputError, error.isBrokenPipe { return Self.brokenPipe }
        return Complaint.report(ErrorWords.complaint(about: error), program: "shakedown", status: .software)
    }
}
