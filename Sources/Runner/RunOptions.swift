package import ClientPrograms
package import Foundation
package import ScenarioModel
package import Verdicts

/// What a run is asked to do.
package struct RunOptions: Sendable {
    package var seed: Seed
    /// How many cases are under way at once, besides those that only wait.
    package var jobs: Int
    /// The command line, for the report.
    package var command: String
    /// The command line that makes one case of the run again, up to the case's id.
    package var replay: String
    /// The work directory, with the rendered configuration and the programs' logs, is kept and named in a note.
    package var keepsWorkDirectory: Bool
    /// Lenient answers fail, whatever the target promises.
    package var isStrict: Bool
    /// Whose rules the target is held to, whatever it promises.
    package var profile: Profile?
    /// Nothing of the catalogue was left out, unless it is in another part of it (``shard``), so that a waiver without a case
    /// can be told.
    package var coversCatalogue: Bool
    package var evidence: KeptEvidence
    /// The part of the selection that is run; `nil` for all of it.
    package var shard: Shard?
    /// What failed in it is expected to fail again.
    package var baseline: Baseline?
    package var recipesDirectory: URL
    package var version: String
    /// Those that cases of the engine `program` may name.
    package var clients: [ClientProgram]

    package init(
        seed: Seed,
        jobs: Int,
        command: String,
        replay: String,
        keepsWorkDirectory: Bool,
        isStrict: Bool,
        profile: Profile? = nil,
        coversCatalogue: Bool,
        evidence: KeptEvidence = .failures,
        shard: Shard? = nil,
        baseline: Baseline? = nil,
        recipesDirectory: URL,
        version: String,
        clients: [ClientProgram] = []
    ) {
        self.seed = seed
        self.jobs = jobs
        self.command = command
        self.replay = replay
        self.keepsWorkDirectory = keepsWorkDirectory
        self.isStrict = isStrict
        self.profile = profile
        self.coversCatalogue = coversCatalogue
        self.evidence = evidence
        self.shard = shard
        self.baseline = baseline
        self.recipesDirectory = recipesDirectory
        self.version = version
        self.clients = clients
    }
}

extension RunOptions {
    /// Why a case's client cannot be had, in a sentence; `nil` where it can, and where it is no program.
    func obstacle(to testCase: Case) -> String? {
        guard testCase.client.engine == .program else { return nil }
        let name = testCase.client.program ?? ""
        guard let client = self.clients.first(where: { $0.name == name }) else {
            return "the client \(name) was not chosen: --clients \(name)"
        }
        return client.obstacle(to: testCase.client)
    }
}

/// Someone who writes results down, so that the run need not hold all of them.
package protocol ResultKeeper: Sendable {
    /// - Parameter outline: the run before its first case.
    func begin(_ outline: RunReport)
    /// Takes a result when it is final, and gives back what of it is to stay in memory.
    func keep(_ result: CaseResult) -> CaseResult
}

/// Someone who is told how a run gets on.
package protocol RunObserver: Sendable {
    /// - Parameter total: the cases that will be run; those that the target cannot run are finished besides.
    func started(total: Int)
    func began(_ testCase: Case)
    /// The case has been played and seen; its verdict waits for a control.
    func ended(_ testCase: Case)
    /// The case's verdict is final.
    func finished(_ result: CaseResult)
    func note(_ text: String)
}
