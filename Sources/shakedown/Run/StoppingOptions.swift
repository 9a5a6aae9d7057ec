import ArgumentParser
import Verdicts

/// The flags that say how often a run is made, and when it is enough.
struct StoppingOptions: ParsableArguments {
    @Option(
        name: .customLong("repeat"),
        help: "Runs it all so often; a case whose outcome changes is flaky. (default: 1)"
    )
    var repetitions: Int?

    @Flag(help: "Runs it all until a verdict is not acceptable, or as often as --repeat says.")
    var untilFailure = false

    @Flag(help: "Ends at the first verdict that is not acceptable; what has no verdict then is skipped.")
    var failFast = false

    func validate() throws {
        if let repetitions, repetitions < 1 { throw ValidationError("--repeat must be at least 1") }
    }

    /// `nil` is for ever.
    var limit: Int? { self.repetitions ?? (self.untilFailure ? nil : 1) }
}

/// The flag against a suite that silently shrank.
struct MinimumOptions: ParsableArguments {
    @Option(
        name: .customLong("min"),
        help: "How many cases must have been played at least: fewer are a failure, so that no suite shrinks unseen."
    )
    var minimum: Int?

    func validate() throws {
        if let minimum, minimum < 1 { throw ValidationError("--min must be at least 1") }
    }

    /// What is wrong with a run that played too few cases. An interrupted one has said so already.
    func shortfall(of report: RunReport) -> String? {
        guard let minimum, !report.isInterrupted else { return nil }
        let played = report.results.count { $0.verdict.outcome != .unsupported && $0.verdict.outcome != .skipped }
        guard played < minimum else { return nil }
        return "\(played) cases were played, and --min asks for \(minimum): scenarios are gone, or the target does less"
    }
}
