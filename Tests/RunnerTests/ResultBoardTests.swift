import ScenarioModel
import Synchronization
import Testing
import Verdicts

@testable import Runner

@Suite("Verdicts wait for a control")
struct ResultBoardTests {
    @Test("a case is not final before a control that began after its end")
    func waits() {
        let board = Self.board([SampleCase.make("a", isRefused: true)])
        let before = ContinuousClock.now
        board.end("a", .pass, began: before)
        board.confirm(before: before)
        #expect(board.results.isEmpty)
        board.confirm(before: .now)
        #expect(board.results.map(\.verdict.outcome) == [.pass])
    }

    @Test("a refusal by a target that then died is no pass; a connection that came through is one")
    func condemns() {
        let board = Self.board([
            SampleCase.make("refused", isRefused: true), SampleCase.make("failed", isRefused: true),
            SampleCase.make("served"), SampleCase.make("not run", isRefused: true),
        ])
        board.end("refused", .pass)
        board.end("failed", .fail)
        board.end("served", .pass)
        board.settle(as: .targetDied("it died"))
        #expect(board.outcomes == ["refused": .skipped, "failed": .fail, "served": .pass, "not run": .skipped])
    }

    @Test("a contact that shows up after the case's end changes its verdict")
    func lateContact() {
        let testCase = SampleCase.make("a", isRefused: true)
        let board = Self.board([testCase])
        let contact = UpstreamObservation(endpoint: "tenant", connections: [UpstreamConnection()])
        let released = Mutex(false)
        board.add(
            testCase,
            .init(verdict: Verdict(outcome: .pass), observation: Self.nothingSeen),
            began: .now,
            later: .init(
                look: { (Observation(clients: [], upstreams: [contact]), Verdict(outcome: .fail)) },
                release: { released.withLock { $0 = true } }
            )
        )
        board.confirm(before: .now)
        #expect(released.withLock { $0 }, "nobody looks again")
        #expect(board.results.map(\.verdict.outcome) == [.fail])
        #expect(board.results[0].observation?.upstreams[0].connections.count == 1)
    }

    @Test("an interrupted run keeps what was seen, says what is unproven, and counts how far it came")
    func interrupted() {
        let ids = ["confirmed", "refused", "served", "under way", "not begun"]
        let board = Self.board(ids.map { SampleCase.make($0, isRefused: $0 != "served") })
        board.end("confirmed", .pass)
        board.confirm(before: .now)
        board.end("refused", .pass)
        board.end("served", .pass)
        board.begin(SampleCase.make("under way"))
        let expected = RunReport.Interruption(judged: 2, unproven: 1, cutShort: 1, notBegun: 1)
        #expect(board.interruption == expected)

        let snapshot = board.results(as: .interrupted)
        #expect(board.results.map(\.testCase.id) == ["confirmed"], "asking changes nothing")
        board.settle(as: .interrupted)
        #expect(board.results == snapshot, "asking in the middle gives what stopping gives")
        #expect(
            board.outcomes == [
                "confirmed": .pass, "refused": .skipped, "served": .pass, "under way": .skipped, "not begun": .skipped,
            ]
        )
        #expect(board.results.first { $0.testCase.id == "refused" }?.observation == Self.nothingSeen)
        #expect(board.interruption == expected, "settling does not make verdicts of what had none")
    }

    @Test("what was refused while the target was restarted is played again, and what came through is not")
    func doubtful() {
        let ids = ["refused", "failed", "served", "under way", "before", "after"]
        let board = Self.board(ids.map { SampleCase.make($0, isRefused: $0 != "served") })
        board.end("before", .pass, began: .now)
        let lost = ContinuousClock.now
        for id in ["refused", "served"] {
            board.begin(SampleCase.make(id))
            board.end(id, .pass, began: lost)
        }
        board.end("failed", .fail, began: lost)
        board.begin(SampleCase.make("under way"))
        #expect(board.doubt(from: lost, to: .now) == 3, "two that ended, and one that may")
        let back = ContinuousClock.now
        board.end("after", .pass, began: back)
        board.end("under way", .pass, began: lost)
        #expect(board.interruption.unproven == 5, "an interruption leaves all refusals unproven")
        board.confirm(before: .now)
        #expect(board.outcomes == ["served": .pass, "before": .pass, "after": .pass])

        #expect(board.takeDoubtful().map(\.id) == ["refused", "failed", "under way"])
        #expect(board.begin(SampleCase.make("refused")) == 1, "it is known to have been played before")
        board.end("refused", .pass)
        board.confirm(before: .now)
        #expect(board.outcomes["refused"] == .pass)
        board.settle(as: .targetDied("it was restarted again and again"))
        #expect(board.outcomes["failed"] == .skipped)
        #expect(board.outcomes["under way"] == .skipped)
    }

    @Test("what failed while the harness was late is played again, and is nobody's failure where that goes on")
    func lateHarness() {
        let ids = ["once", "always", "invariant", "late pass"]
        let board = ResultBoard(cases: ids.map { SampleCase.make($0) }) { testCase, evidence in
            CaseResult(
                testCase: testCase,
                verdict: evidence.isOfLateHarness ? evidence.verdict.ofLateHarness : evidence.verdict
            )
        }
        func end(_ id: String, _ verdict: Verdict) {
            board.add(SampleCase.make(id), .init(verdict: verdict, isOfLateHarness: true), began: .now)
        }
        let failed = Verdict(outcome: .fail, summary: "route: expected tenant, observed none")
        end("once", failed)
        end("always", failed)
        end("invariant", Verdict(outcome: .fail, brokenInvariant: .otherContacted))
        end("late pass", Verdict(outcome: .pass))
        board.confirm(before: .now)
        #expect(board.outcomes == ["invariant": .fail, "late pass": .pass])
        #expect(board.takeDoubtful().map(\.id) == ["once", "always"])
        board.end("once", .fail)
        end("always", failed)
        board.confirm(before: .now)
        #expect(board.outcomes["once"] == .fail, "it failed in time as well")
        #expect(board.takeDoubtful().map(\.id) == ["always"])
        board.settleUndecided()
        let verdict = board.results.first { $0.testCase.id == "always" }?.verdict
        #expect(verdict?.outcome == .error)
        #expect(verdict?.summary.hasSuffix("it looked like 'fail': \(failed.summary)") == true)
    }

    @Test("a case that was played again is confirmed by its last end, and keeps no other waiting")
    func playedAgain() {
        let board = Self.board(["again", "other"].map { SampleCase.make($0, isRefused: true) })
        let lost = ContinuousClock.now
        board.end("again", .pass, began: lost)
        #expect(board.doubt(from: lost, to: .now) == 1)
        #expect(board.takeDoubtful().map(\.id) == ["again"])
        board.end("other", .pass)
        let between = ContinuousClock.now
        board.end("again", .fail)
        board.confirm(before: between)
        #expect(board.outcomes == ["other": .pass])
        board.confirm(before: .now)
        #expect(board.outcomes == ["other": .pass, "again": .fail])
    }

    @Test("each result is given away once, when it is final, and what comes back is what is kept")
    func keeping() {
        let given = Mutex<[String]>([])
        let cases = ["final", "under way"].map { SampleCase.make($0) }
        let board = ResultBoard(
            cases: cases,
            keep: { result in
                given.withLock { $0.append(result.testCase.id) }
                var kept = result
                kept.observation = nil
                return kept
            },
            makeResult: { CaseResult(testCase: $0, verdict: $1.verdict, observation: $1.observation) }
        )
        board.end("final", .pass)
        board.confirm(before: .now)
        #expect(board.results(as: .interrupted).map(\.observation) == [nil, nil])
        #expect(given.withLock { $0 } == ["final"], "what a run would be if it ended now is nobody's yet")
        board.settle(as: .interrupted)
        #expect(given.withLock { $0 } == ["final", "under way"])
    }

    @Test("an observer hears of each step of a case once")
    func tells() {
        let observer = RecordingObserver()
        let cases = ["played", "faulted"].map { SampleCase.make($0) }
        let board = Self.board(cases, observer: observer)
        board.begin(cases[0])
        board.end("played", .pass)
        board.begin(cases[1])
        board.fault(cases[1], Verdict(outcome: .error), began: .now)
        board.confirm(before: .now)
        board.settle(as: .confirmed)
        #expect(
            observer.heard.withLock { $0 } == [
                "began played", "ended played", "began faulted", "finished faulted", "finished played",
            ]
        )
    }

    fileprivate static let nothingSeen = Observation(
        clients: [],
        upstreams: [UpstreamObservation(endpoint: "tenant")]
    )

    private static func board(_ cases: [Case], observer: (any RunObserver)? = nil) -> ResultBoard {
        ResultBoard(cases: cases, observer: observer) { testCase, evidence in
            CaseResult(
                testCase: testCase,
                verdict: evidence.verdict,
                observation: evidence.observation,
                durationSeconds: evidence.seconds
            )
        }
    }
}

private final class RecordingObserver: RunObserver {
    let heard = Mutex<[String]>([])

    private func hear(_ text: String) { self.heard.withLock { $0.append(text) } }
    func started(total: Int) { self.hear("started \(total)") }
    func began(_ testCase: Case) { self.hear("began \(testCase.id)") }
    func ended(_ testCase: Case) { self.hear("ended \(testCase.id)") }
    func finished(_ result: CaseResult) { self.hear("finished \(result.testCase.id)") }
    func note(_ text: String) { self.hear(text) }
}

extension ResultBoard {
    /// A case that saw nothing, with the verdict that a judge would give.
    fileprivate func end(_ id: String, _ outcome: Outcome, began: ContinuousClock.Instant = .now) {
        let testCase = SampleCase.make(id, isRefused: id != "served")
        let evidence = Evidence(verdict: Verdict(outcome: outcome), observation: ResultBoardTests.nothingSeen)
        self.add(testCase, evidence, began: began)
    }

    fileprivate var outcomes: [String: Outcome] {
        Dictionary(uniqueKeysWithValues: self.results.map { ($0.testCase.id, $0.verdict.outcome) })
    }
}
