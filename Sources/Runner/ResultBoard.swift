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
        /// The harness itself was late, in this play as in all before it.
        var isOfLateHarness = false
    }

    typealias ResultMaker = @Sendable (Case, Evidence) -> CaseResult

    /// Kept beside the table of all cases and not inside it: half of a table is room for more.
    private indirect enum Entry: Sendable {
        case underWay(since: ContinuousClock.Instant)
        case ended(Provisional)
        /// The target was restarted meanwhile, or the harness late, so that it must be played again.
        case doubtful(Provisional)
        case final(CaseResult)
    }

    fileprivate struct Provisional: Sendable {
        var testCase: Case
        var evidence: Evidence
        var later: Later
        var began: ContinuousClock.Instant
        var ended: ContinuousClock.Instant
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// The cases that ended and are not confirmed, in the order of their ends. One that was played again stands here
        /// twice, and counts with its last end.
        var unconfirmed: [(id: String, ended: ContinuousClock.Instant)] = []
        /// How often each case was begun.
        var plays: [String: Int] = [:]
        /// When the target was being restarted.
        var gaps: [ClosedRange<ContinuousClock.Instant>] = []
        /// How far the run had come when it was settled as interrupted.
        var settled: RunReport.Interruption?
    }

    /// What becomes of a case between its end and its confirmation.
    struct Later: Sendable {
        /// What is to be seen by now, `nil` when it is what was seen at the end.
        var look: @Sendable () -> (Observation, Verdict)? = { nil }
        /// Nobody will look again.
        var release: @Sendable () -> Void = {}
    }

    let cases: [Case]
    private let makeResult: ResultMaker
    private let keep: @Sendable (CaseResult) -> CaseResult
    private let observer: (any RunObserver)?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - keep: takes each final result once, and gives back what of it is to stay in memory.
    ///   - makeResult: may neither wait nor call back.
    init(
        cases: [Case],
        observer: (any RunObserver)? = nil,
        keep: @escaping @Sendable (CaseResult) -> CaseResult = { $0 },
        makeResult: @escaping ResultMaker
    ) {
        self.cases = cases
        self.observer = observer
        self.keep = keep
        self.makeResult = makeResult
    }

    /// Returns how often the case was begun before.
    @discardableResult
    func begin(_ testCase: Case) -> Int {
        let before = self.state.withLock { state in
            state.entries[testCase.id] = .underWay(since: .now)
            state.plays[testCase.id, default: 0] += 1
            return state.plays[testCase.id, default: 1] - 1
        }
        if before == 0 { self.observer?.began(testCase) }
        return before
    }

    func add(_ testCase: Case, _ evidence: Evidence, began: ContinuousClock.Instant, later: Later = Later()) {
        let entry = Provisional(testCase: testCase, evidence: evidence, later: later, began: began, ended: .now)
        let isFirst = self.state.withLock { state in
            let isDoubtful =
                entry.isOwedToLateness || state.gaps.contains { $0.overlaps(began...entry.ended) } && entry.isDoubtful
            state.entries[testCase.id] = isDoubtful ? .doubtful(entry) : .ended(entry)
            if !isDoubtful { state.unconfirmed.append((testCase.id, entry.ended)) }
            return state.plays[testCase.id, default: 1] == 1
        }
        if isFirst { self.observer?.ended(testCase) }
    }

    /// The target lost connections at some time between these. What was seen then, and neither came through nor broke an
    /// invariant, may be owed to that alone; gives how many cases that are.
    func doubt(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Int {
        self.state.withLock { state in
            state.gaps.append(start...end)
            var count = 0
            for testCase in self.cases {
                switch state.entries[testCase.id] {
                case .ended(let entry)?
                where (start...end).overlaps(entry.began...entry.ended) && entry.isDoubtful:
                    state.entries[testCase.id] = .doubtful(entry)
                    count += 1
                case .underWay?: count += 1
                case .ended?, .doubtful?, .final?, nil: break
                }
            }
            return count
        }
    }

    /// The cases that must be played again.
    func takeDoubtful() -> [Case] {
        self.state.withLock { state in
            // What is played from now on is no more in doubt for what was.
            state.gaps = []
            return self.cases.filter { testCase in
                guard case .doubtful(let entry)? = state.entries[testCase.id] else { return false }
                entry.later.release()
                return true
            }
        }
    }

    /// Makes final what failed while the harness was late, however often it was played. To be asked of cases that were taken
    /// as doubtful, and that nobody plays any more.
    func settleUndecided() {
        for testCase in self.cases {
            let evidence = self.state.withLock { state -> Evidence? in
                guard case .doubtful(let entry)? = state.entries[testCase.id], entry.isOwedToLateness else {
                    return nil
                }
                return entry.evidence
            }
            if let evidence { self.finish(testCase, evidence) }
        }
    }

    /// The case could not be played to its end, so there is no observation.
    func fault(_ testCase: Case, _ verdict: Verdict, began: ContinuousClock.Instant, isOfLateHarness: Bool = false) {
        let seconds = began.duration(to: .now).seconds
        self.finish(testCase, Evidence(verdict: verdict, seconds: seconds, isOfLateHarness: isOfLateHarness))
    }

    /// Makes final what ended before `instant`, when a control that began then has come through. What came after a case's
    /// end, a misrouted connection or a second event, counts as well.
    func confirm(before instant: ContinuousClock.Instant) {
        for entry in self.takeUnconfirmed(before: instant) {
            let testCase = entry.testCase
            var evidence = entry.evidence
            if let (observation, verdict) = entry.later.look() {
                evidence.observation = observation
                evidence.verdict = verdict
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
            self.state.withLock { $0.settled = interruption }
        }
        for testCase in self.cases {
            guard let evidence = self.evidence(of: testCase, as: ending) else { continue }
            self.finish(testCase, evidence)
        }
    }

    /// The results as they would be if the run ended now; nothing is changed by asking.
    func results(as ending: CaseEnding) -> [CaseResult] {
        self.state.withLock { state in
            self.cases.map { testCase in
                if case .final(let result) = state.entries[testCase.id] { return result }
                return self.makeResult(testCase, Self.evidence(of: testCase, state.entries[testCase.id], as: ending))
            }
        }
    }

    /// Those that are final.
    var results: [CaseResult] {
        self.state.withLock { state in
            self.cases.compactMap { testCase -> CaseResult? in
                guard case .final(let result) = state.entries[testCase.id] else { return nil }
                return result
            }
        }
    }

    /// How far the run has come, or had when it was interrupted.
    var interruption: RunReport.Interruption {
        self.state.withLock { state in
            if let settled = state.settled { return settled }
            var interruption = RunReport.Interruption()
            for testCase in self.cases {
                switch state.entries[testCase.id] {
                case nil: interruption.notBegun += 1
                case .underWay: interruption.cutShort += 1
                case .final: interruption.judged += 1
                case .doubtful: interruption.unproven += 1
                case .ended(let entry):
                    let progress = CaseProgress.ended(entry.evidence.verdict)
                    let verdict = CaseEnding.interrupted.verdict(of: testCase, at: progress)
                    if verdict.outcome == .skipped { interruption.unproven += 1 } else { interruption.judged += 1 }
                }
            }
            return interruption
        }
    }

    /// Nobody looks at the others: what a control costs does not grow with the cases of the run.
    private func takeUnconfirmed(before instant: ContinuousClock.Instant) -> [Provisional] {
        self.state.withLock { state in
            let ended = state.unconfirmed.prefix { $0.ended <= instant }
            defer { state.unconfirmed.removeFirst(ended.count) }
            return ended.compactMap { id, end in
                guard case .ended(let entry)? = state.entries[id], entry.ended == end else { return nil }
                return entry
            }
        }
    }

    private func evidence(of testCase: Case, as ending: CaseEnding) -> Evidence? {
        self.state.withLock { state -> Evidence? in
            if case .final = state.entries[testCase.id] { return nil }
            return Self.evidence(of: testCase, state.entries[testCase.id], as: ending)
        }
    }

    private static func evidence(of testCase: Case, _ entry: Entry?, as ending: CaseEnding) -> Evidence {
        switch entry {
        case .ended(let entry):
            var evidence = entry.evidence
            evidence.verdict = ending.verdict(of: testCase, at: .ended(evidence.verdict))
            return evidence
        case .doubtful(let entry):
            var evidence = entry.evidence
            evidence.verdict = ending.unproven(evidence.verdict)
            return evidence
        case .underWay: return Evidence(verdict: ending.verdict(of: testCase, at: .underWay))
        case nil, .final: return Evidence(verdict: ending.verdict(of: testCase, at: .notBegun))
        }
    }

    private func finish(_ testCase: Case, _ evidence: Evidence) {
        let result = self.keep(self.makeResult(testCase, evidence))
        self.state.withLock { $0.entries[testCase.id] = .final(result) }
        self.observer?.finished(result)
    }
}

extension ResultBoard.Provisional {
    /// Whether what was seen may be owed to a target that was being restarted.
    fileprivate var isDoubtful: Bool {
        let verdict = self.evidence.verdict
        if verdict.brokenInvariant != nil { return false }
        return self.testCase.expectsNoRoute || !verdict.outcome.isAcceptable
    }

    /// Whether what was seen may be owed to a harness that was late.
    fileprivate var isOwedToLateness: Bool {
        let verdict = self.evidence.verdict
        return self.evidence.isOfLateHarness && !verdict.outcome.isAcceptable && verdict.brokenInvariant == nil
    }
}
