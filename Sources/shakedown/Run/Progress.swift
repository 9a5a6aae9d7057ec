import Foundation
import ProgramKit
import Reports
import Runner

extension RunJournal: ResultKeeper {}
extension ProgressDisplay: RunObserver {}

extension ProgressDisplay {
    static func onStandardError(quiet: Bool) -> ProgressDisplay {
        let traits = TerminalTraits.detect(
            fileDescriptor: STDERR_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        return ProgressDisplay(
            output: StandardStreams.say,
            isTerminal: traits.isTerminal,
            width: traits.width,
            color: traits.hasColor,
            quiet: quiet
        )
    }

    /// Draws again and again while the body runs, so that the clock moves also when nothing ends.
    func ticking<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(250))
                self.tick()
            }
        }
        defer { ticker.cancel() }
        return try await body()
    }
}
