import ScenarioModel
import Synchronization
import Verdicts

/// What is known of every case of a run, at every moment: verdicts are provisional until a later control has shown the
/// target alive.
///
/// No lock is held while an observer is told or upstreams are asked, so that ``results(as:)`` answers at once from any
/// thread, also when everything else hangs.
final class ResultBoard: Sendable {
    /// What a case's result is made of, besides the case.
    struct Evidence: Sendable {
        var verdict: Verdict
        var observation: Observation?
        var seconds: Double = 0
    }

    typealias Judgement = @Sendable (Case, Observation) -> Verdict
    typealias ResultMaker = @Sendable (Case, Evidence) -> CaseResult

    private enum Entry: Sendable {
        case underWay
        case ended(Provisional)
        case final(CaseResult)
    }

    private struct Provisional: Sendable {
        var evidence: Evidence
        var judge: Judgement
        var later: Later
        var ended: ContinuousClock.Instant
    }

    /// What becomes of a case between its end and its confirmation.
    struct Later: Sendable {
        /// What is to be seen by now, `nil` when it is what was seen at the end.
        var look: @Sendable () -> Observation? = { nil }
        /// Nobody will look again.
        var release: @Sendable () -> Void = {}
    }

    private let cases: [Case]
    private let makeResult: ResultMaker
    private let observer: (any RunObserver)?
    private let entries = Mutex<[String: Entry]>([:])
    /// How far the run had come when it was settled as interrupted.
    private let settled = Mutex<RunReport.Interruption?>(nil)

    /// - Parameter makeResult: may neither wait nor call back.
    init(cases: [Case], observer: (any RunObserver)? = nil, makeResult: @escaping ResultMaker) {
        self.cases = cases
        self.observer = observer
        self.makeResult = makeResult
    }

    func begin(_ testCase: Case) {
        self.entries.withLock { $0[testCase.id] = .underWay }
        self.observer?.began(testCase)
    }

    func add(
        _ testCase: Case,
        _ observation: Observation,
        began: ContinuousClock.Instant,
        later: Later = Later(),
        judge: @escaping Judgement
    ) {
        let now = ContinuousClock.now
        let evidence = Evidence(
            verdict: judge(testCase, observation),
            observation: observation,
            seconds: began.duration(to: now).seconds
        )
        let entry = Provisional(evidence: evidence, judge: judge, later: later, ended: now)
        self.entries.withLock { $0[testCase.id] = .ended(entry) }
        self.observer?.ended(testCase)
    }

    /// The case could not be played to its end, so there is no observation.
    func fault(_ testCase: Case, _ verdict: Verdict, began: ContinuousClock.Instant) {
        self.finish(testCase, Evidence(verdict: verdict, seconds: began.duration(to: .now).seconds))
    }

    /// Makes final what ended before `instant`, when a control that began then has come through. What came after a case's
    /// end, a misrouted connection or a second event, counts as well.
    func confirm(before instant: ContinuousClock.Instant) {
        for (testCase, entry) in self.provisional where entry.ended <= instant {
            var evidence = entry.evidence
            if let observation = entry.later.look() {
                evidence.observation = observation
                evidence.verdict = entry.judge(testCase, observation)
            }
            evidence.verdict = CaseEnding.confirmed.verdict(of: testCase, at: .ended(evidence.verdict))
            self.finish(testCase, evidence)
            entry.later.release()
        }
    }

    /// Makes everything final: nothing more will be learnt.
    func settle(as ending: CaseEnding) {
        if ending == .interrupted {
            let interruption = self.interruption
            self.settled.withLock { $0 = interruption }
        }
        for testCase in self.cases {
            guard let evidence = self.evidence(of: testCase, as: ending) else { continue }
            self.finish(testCase, evidence)
        }
    }

    /// The results as they would be if the run ended now; nothing is changed by asking.
    func results(as ending: CaseEnding) -> [CaseResult] {
        self.entries.withLock { entries in
            self.cases.map { testCase in
                if case .final(let result) = entries[testCase.id] { return result }
                return self.makeResult(testCase, Self.evidence(of: testCase, entries[testCase.id], as: ending))
            }
        }
    }

    /// Those that are final.
    var results: [CaseResult] {
        self.entries.withLock { entries in
            self.cases.compactMap { testCase -> CaseResult? in
                guard case .final(let result) = entries[testCase.id] else { return nil }
                return result
            }
        }
    }

    /// How far the run has come, or had when it was interrupted.
    var interruption: RunReport.Interruption {
        if let settled = self.settled.withLock({ $0 }) { return settled }
        return self.entries.withLock { entries in
            var interruption = RunReport.Interruption()
            for testCase in self.cases {
                switch entries[testCase.id] {
                case nil: interruption.notBegun += 1
                case .underWay: interruption.cutShort += 1
                case .final: interruption.judged += 1
                case .ended(let entry):
                    let progress = CaseProgress.ended(entry.evidence.verdict)
                    let verdict = CaseEnding.interrupted.verdict(of: testCase, at: progress)
                    if verdict.outcome == .skipped { interruption.unproven += 1 } else { interruption.judged += 1 }
                }
            }
            return interruption
        }
    }

    private var provisional: [(Case, Provisional)] {
        self.entries.withLock { entries in
            self.cases.compactMap { testCase -> (Case, Provisional)? in
                guard case .ended(let entry) = entries[testCase.id] else { return nil }
                return (testCase, entry)
            }
        }
    }

    private func evidence(of testCase: Case, as ending: CaseEnding) -> Evidence? {
        self.entries.withLock { entries -> Evidence? in
            if case .final = entries[testCase.id] { return nil }
            return Self.evidence(of: testCase, entries[testCase.id], as: ending)
        }
    }

    private static func evidence(of testCase: Case, _ entry: Entry?, as ending: CaseEnding) -> Evidence {
        switch entry {
        case .ended(let entry):
            var evidence = entry.evidence
            evidence.verdict = ending.verdict(of: testCase, at: .ended(evidence.verdict))
            return evidence
        case .underWay: return Evidence(verdict: ending.verdict(of: testCase, at: .underWay))
        case nil, .final: return Evidence(verdict: ending.verdict(of: testCase, at: .notBegun))
        }
    }

    private func finish(_ testCase: Case, _ evidence: Evidence) {
        let result = self.makeResult(testCase, evidence)
        self.entries.withLock { $0[testCase.id] = .final(result) }
        self.observer?.finished(result)
    }
}
