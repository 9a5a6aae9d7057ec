import ScenarioModel
import Synchronization
import Verdicts

/// The verdicts of a run: provisional until a later control has shown the target alive.
final class ResultBoard: Sendable {
    private struct Provisional {
        var testCase: Case
        var verdict: Verdict
        var observation: Observation
        var judge: Judgement
        var ended: ContinuousClock.Instant
        var seconds: Double
    }

    private struct State {
        var waiting: [Provisional] = []
        var results: [CaseResult] = []
        var ids: Set<String> = []
    }

    typealias Judgement = @Sendable (Case, Observation) -> Verdict

    private let state = Mutex(State())
    private let report: Performance.Report

    init(report: @escaping Performance.Report) { self.report = report }

    var results: [CaseResult] { self.state.withLock { $0.results } }

    func has(_ testCase: Case) -> Bool { self.state.withLock { $0.ids.contains(testCase.id) } }

    func add(
        _ testCase: Case,
        _ observation: Observation,
        began: ContinuousClock.Instant,
        judge: @escaping Judgement
    ) {
        let verdict = judge(testCase, observation)
        let now = ContinuousClock.now
        self.state.withLock { state in
            state.ids.insert(testCase.id)
            state.waiting.append(
                Provisional(
                    testCase: testCase,
                    verdict: verdict,
                    observation: observation,
                    judge: judge,
                    ended: now,
                    seconds: began.duration(to: now).seconds
                )
            )
        }
    }

    /// Makes final what ended before `instant`, when a control that began then has come through. `lateContacts` gives
    /// the upstreams as they are by now, or `nil` where nothing came after the case's own end.
    func confirm(
        before instant: ContinuousClock.Instant,
        lateContacts: (Case, Observation) -> [UpstreamObservation]?
    ) {
        let due = self.state.withLock { state in
            let due = state.waiting.filter { $0.ended <= instant }
            state.waiting.removeAll { $0.ended <= instant }
            return due
        }
        for entry in due {
            var entry = entry
            if let upstreams = lateContacts(entry.testCase, entry.observation) {
                entry.observation.upstreams = upstreams
                entry.verdict = entry.judge(entry.testCase, entry.observation)
            }
            self.finish(entry)
        }
    }

    /// Makes everything final as it is, when a run is interrupted.
    func confirmAll() {
        let due = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for entry in due { self.finish(entry) }
    }

    /// The target died. Connections that came through prove themselves and failures stay failures, but a refusal that no
    /// later control confirmed may be the silence of a dead target, so it is no verdict; what did not run was skipped.
    func condemn(unproven cases: [Case], because problem: String) {
        let due = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for var entry in due {
            if entry.testCase.expectsNoRoute, entry.verdict.outcome != .fail {
                entry.verdict.outcome = .skipped
                entry.verdict.summary = "not proven, because the target died at about this time"
            }
            self.finish(entry)
        }
        for testCase in cases where !self.has(testCase) { self.skip(testCase, because: problem) }
    }

    /// The case could not be played to its end, so there is no observation.
    func fault(_ testCase: Case, _ verdict: Verdict, began: ContinuousClock.Instant) {
        self.finish(testCase, verdict, seconds: began.duration(to: .now).seconds)
    }

    func skip(_ testCase: Case, because reason: String) {
        self.finish(testCase, Verdict(outcome: .skipped, summary: reason), seconds: 0)
    }

    private func finish(_ testCase: Case, _ verdict: Verdict, seconds: Double) {
        let result = self.report(testCase, verdict, nil, seconds)
        self.state.withLock { state in
            state.ids.insert(testCase.id)
            state.results.append(result)
        }
    }

    private func finish(_ entry: Provisional) {
        let result = self.report(entry.testCase, entry.verdict, entry.observation, entry.seconds)
        self.state.withLock { $0.results.append(result) }
    }
}
