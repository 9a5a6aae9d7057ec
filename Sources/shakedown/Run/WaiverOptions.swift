import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit
import ScenarioFiles
import ScenarioModel
import Targets
import Verdicts

/// The flags that have a target's waivers follow what it does now.
struct WaiverOptions: ParsableArguments {
    @Flag(
        name: .customLong("update-waivers"),
        help: """
            Changes the target's waivers, as little as possible, so that exactly what failed is waived. What is added has a reason \
            that somebody must fill in before it is read.
            """
    )
    var update = false

    @Option(name: .customLong("waiver-reason"), help: "The reason of what --update-waivers adds.")
    var reason: String?

    func validate() throws {
        if self.reason != nil, !self.update { throw ValidationError("--waiver-reason is for --update-waivers") }
        if let reason, reason.allSatisfy(\.isWhitespace) || reason.hasPrefix(WaiverUpdate.openReason) {
            throw ValidationError("--waiver-reason must say why it fails")
        }
    }

    /// Changes the file once a run is over, and says what it changed.
    ///
    /// - Throws: ``Complaint`` where the run says too little, or the file cannot be changed; nothing is changed then.
    func update(after report: RunReport, _ waivers: Waivers, of target: TargetDefinition, _ resources: Resources) throws
    {
        guard self.update else { return }
        let file = target.waiversFile
        let undecided = report.count(.error) + report.count(.skipped)
        guard !report.isInterrupted, undecided == 0 else {
            throw Complaint(
                "\(file.path) was not changed: the run was interrupted, or could not tell of \(undecided) cases",
                hint: "run it again, with less beside it"
            )
        }
        let catalogue = Set(
            try ScenarioLoader().load(paths: [resources.scenarios.path]).flatMap(\.cases).map(\.id)
                + report.results.map(\.testCase.id)
        )
        let update = WaiverUpdate(waivers, results: report.results, catalogue: catalogue)
        guard !update.isEmpty else { return StandardStreams.say("shakedown: \(file.path) is as it should be\n") }
        var text = try WaiverText(file)
        try text.apply(update, reason: self.reason, version: target.identity.version)
        try text.write()
        StandardStreams.say(Self.summary(of: update, file, hasReason: self.reason != nil))
        let flaky = report.count(.flaky)
        if flaky > 0 {
            StandardStreams.say("shakedown: \(flaky) flaky cases are not waived: that is a person's to decide\n")
        }
    }

    private static func summary(of update: WaiverUpdate, _ file: URL, hasReason: Bool) -> String {
        var lines = update.removed.map { "  removed   \($0.cases.pattern)" }
        for narrowing in update.narrowed {
            let parts = narrowing.parts.map { "\($0.cases): \($0.checks.joined(separator: ", "))" }
            lines.append("  narrowed  \(narrowing.waiver.cases.pattern) to \(parts.joined(separator: "; "))")
        }
        lines += update.added.map { "  added     \($0.cases): \($0.checks.joined(separator: ", "))" }
        let open =
            update.added.isEmpty || hasReason
            ? "" : "give each that was added its reason: until then the file is refused\n"
        return "shakedown: \(file.path):\n" + lines.map { "\($0)\n" }.joined() + open
    }
}
