import ArgumentParser
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioModel
import Targets
import Verdicts

/// Several targets that are run one after the other, each into a folder of its own and a column of the page.
struct CompatibilityTour: Sendable {
    /// What of the catalogue is played.
    struct Selection: Sendable {
        var coversCatalogue: Bool
        var shard: Shard?
        /// Scenario files that were named, which a replay must name too.
        var files: [String]
    }

    let candidates: [Candidate]
    let runs: CompatibilityRuns
    /// Above the folders of the runs.
    let folder: URL
    let seed: Seed
    let jobs: Int
    let selection: Selection
    let recipes: URL
    let isQuiet: Bool

    /// A target that cannot be run keeps no other from it; the page says why.
    ///
    /// - Returns: 1 when it was interrupted; else what the last trouble that kept a target from being run says.
    func run() async throws -> ExitStatus {
        var status = ExitStatus.success
        for (number, candidate) in self.candidates.enumerated() {
            let identity = candidate.definition.identity
            if !self.isQuiet {
                StandardStreams.say(
                    "shakedown: \(identity.title) \(identity.version), \(number + 1) of \(self.candidates.count)\n"
                )
            }
            do {
                try await self.run(candidate)
            } catch {
                if Task.isCancelled {
                    self.runs.miss(candidate.notRun)
                    return ExitStatus(rawValue: 1)
                }
                status = Ending.report(error)
                self.runs.miss(Self.failed(identity, ErrorWords.complaint(about: error)))
            }
            if Task.isCancelled { return ExitStatus(rawValue: 1) }
        }
        return status
    }

    private static func failed(
        _ identity: RunReport.TargetIdentity,
        _ complaint: Complaint
    ) -> Compatibility.AbsentTarget {
        .init(
            name: identity.name,
            title: "\(identity.title) \(identity.version)",
            state: .failedToRun,
            reason: complaint.message,
            remedy: complaint.hint
        )
    }

    private func run(_ candidate: Candidate) async throws {
        let name = candidate.definition.name
        let session = RunSession(place: .named(self.folder.appending(path: name)), junitDialect: .jenkins)
        self.runs.begin(name, session)
        let progress = ProgressDisplay.onStandardError(quiet: self.isQuiet)
        let options = self.options(for: candidate)
        let once = try StoppingOptions.parse([])
        do {
            let report = try await progress.ticking {
                try await session.run(once, observer: progress) { observer in
                    SuiteRun(
                        scenarios: candidate.scenarios,
                        target: candidate.definition,
                        waivers: candidate.waivers,
                        options: options,
                        observer: observer,
                        keeper: session.journal
                    )
                }
            }
            progress.ended()
            try self.runs.add(report, id: name, journal: session.journal)
            _ = try session.write(report)
        } catch {
            progress.ended()
            session.abandon()
            throw error
        }
    }

    private func options(for candidate: Candidate) -> RunOptions {
        let command = ["shakedown", "run", "--target", candidate.definition.reference, "--seed", "\(self.seed)"]
        return RunOptions(
            seed: self.seed,
            jobs: self.jobs,
            command: ShellWords(["shakedown"] + CommandLine.arguments.dropFirst()).text,
            replay: ShellWords(command + self.selection.files).text,
            keepsWorkDirectory: false,
            isStrict: false,
            coversCatalogue: self.selection.coversCatalogue,
            shard: self.selection.shard,
            recipesDirectory: self.recipes,
            version: Version.text
        )
    }
}

extension Candidate {
    /// As the page has it where the runs were interrupted before it had begun.
    var notRun: Compatibility.AbsentTarget {
        let identity = self.definition.identity
        return .init(
            name: identity.name,
            title: "\(identity.title) \(identity.version)",
            state: .notRun,
            reason: "the runs were interrupted before its turn",
            remedy: "shakedown compat --targets \(self.definition.reference)"
        )
    }
}
