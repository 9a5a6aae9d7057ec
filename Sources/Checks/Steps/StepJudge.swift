import ScenarioModel
import Verdicts

extension Judge {
    /// A play is judged step by step, each by its own expectation, and comes to what its worst step came to.
    func judge(_ play: Play, of testCase: Case, _ observation: Observation) -> Verdict {
        guard observation.clients.count == play.exchanges.count else {
            return Verdict(outcome: .error, summary: "the harness saw \(observation.clients.count) clients of the play")
        }
        let scenes = Scenes(testCase, observation)
        let steps = play.plan.flatMap(\.self)
        let verdicts = steps.map { self.judge($0, of: play, testCase, observation, scenes) }
        var whole = verdicts.min { $0.outcome.severity < $1.outcome.severity } ?? Verdict(outcome: .pass)
        whole.checks = zip(steps, verdicts).flatMap { step, verdict in
            verdict.checks.map { check in
                var check = check
                check.step = "\(step.number) \(step.step.action)"
                return check
            }
        }
        whole.brokenInvariant = verdicts.lazy.compactMap(\.brokenInvariant).first
        whole.summary = zip(steps, verdicts).filter { $0.1.outcome == whole.outcome && !$0.1.summary.isEmpty }
            .map { "\($0.0.title): \($0.1.summary)" }.joined(separator: "; ")
        return whole
    }

    /// Of a crowd the one that fared worst stands for all.
    private func judge(
        _ planned: PlannedStep,
        of play: Play,
        _ testCase: Case,
        _ observation: Observation,
        _ scenes: Scenes
    ) -> Verdict {
        guard let seen = observation.steps?.first(where: { $0.number == planned.number }) else {
            return Verdict(outcome: .error, summary: "the harness did not play it")
        }
        if case .target(.count(let expected)) = planned.step.action {
            return self.judge(expected, seen.counters ?? [:], of: testCase, observation.clients)
        }
        if case .api(let call) = planned.step.action {
            guard let answer = seen.answer else {
                return Verdict(outcome: .error, summary: "the harness has no answer of the API")
            }
            return Verdict(APICheck.results(of: call, answer))
        }
        if case .told(let events) = planned.step.action {
            guard let told = seen.told else {
                return Verdict(outcome: .error, summary: "the harness has not looked at its webhook")
            }
            return Verdict(ToldCheck.results(of: events, told))
        }
        let scene = testCase.scene(of: planned.step)
        let verdicts = planned.connections.map { connection -> Verdict in
            var verdict = Verdict(outcome: .pass)
            if planned.step.expectation != nil {
                var observed = scenes.scene(of: connection)
                observed.events = scenes.events(of: scene.client.serverName)
                verdict = self.judge(scene, observed)
                if play.isToResume(planned.step) {
                    self.demandSession(of: observation.clients[connection], in: &verdict)
                }
            }
            guard var deed = Self.deed(of: planned, on: connection, seen) else { return verdict }
            if case .reset = planned.step.action, deed.holds, scenes.holdsUpstreamOpen(connection) {
                deed.observed = "it is still open"
                deed.holds = false
            }
            verdict.checks.append(deed)
            if !deed.holds {
                let isOpen = observation.clients[connection].leg.ending == .stillOpen
                let outcome = isOpen ? Outcome.hang : .fail
                if outcome.severity < verdict.outcome.severity { verdict.outcome = outcome }
                let sentence = "\(deed.check): expected \(deed.expected), observed \(deed.observed)"
                verdict.summary = verdict.summary.isEmpty ? sentence : "\(verdict.summary); \(sentence)"
            }
            return verdict
        }
        var worst = verdicts.min { $0.outcome.severity < $1.outcome.severity } ?? Verdict(outcome: .pass)
        if let spread = Self.spread(of: planned, scenes), worst.outcome.isAcceptable {
            worst.checks.append(spread)
            if !spread.holds {
                worst.outcome = .fail
                worst.summary = "\(spread.check): expected \(spread.expected), observed \(spread.observed)"
            }
        }
        return worst
    }

    /// Whether each of the endpoints that a step names got somebody; `nil` where it names none.
    private static func spread(of planned: PlannedStep, _ scenes: Scenes) -> CheckResult? {
        let keys = planned.step.spread
        guard !keys.isEmpty else { return nil }
        let reached = planned.connections.flatMap { connection in
            scenes.scene(of: connection).upstreams.filter { !$0.connections.isEmpty }.map(\.endpoint)
        }
        let counts = keys.map { key in (key, reached.count { $0 == key }) }
        return CheckResult(
            check: "spread",
            expected: "one client at least on \(keys.joined(separator: " and on "))",
            observed: counts.map { "\($1) on \($0)" }.joined(separator: ", "),
            holds: counts.allSatisfy { $0.1 > 0 }
        )
    }

    /// A client that had no session to offer has tested nothing: whatever looks well is no pass.
    private func demandSession(of client: ClientObservation, in verdict: inout Verdict) {
        guard client.leg.ending != .refused, client.handshake.offeredSession != true else { return }
        let gap = CheckResult(
            check: "session",
            expected: "an earlier session, offered again",
            observed: "none: the server gave none, and nothing was tested",
            holds: false
        )
        verdict.checks.append(gap)
        guard verdict.outcome.isAcceptable else { return }
        verdict.outcome = self.promisesStrict ? .fail : .informational
        let sentence = "\(gap.check): expected \(gap.expected), observed \(gap.observed)"
        verdict.summary = verdict.summary.isEmpty ? sentence : "\(verdict.summary); \(sentence)"
    }

    /// Whether what was to be done on an open connection could be. Whether one should open is for its expectation to say.
    private static func deed(of planned: PlannedStep, on connection: Int, _ seen: StepObservation) -> CheckResult? {
        let asked: (check: String, expected: String)
        switch planned.step.action {
        case .say: asked = (check: "say", expected: "it can be said")
        case .hear(_, .all): asked = (check: "hear", expected: "all that is owed, byte for byte")
        case .hear(_, .some(let count)):
            asked = (check: "hear", expected: "\(count) bytes of what is owed, byte for byte")
        case .hear(_, .end): asked = (check: "hear", expected: "nothing but what is owed, and then the end")
        case .end: asked = (check: "end", expected: "nothing but what is owed, and then the end")
        case .reset: asked = (check: "reset", expected: "the upstream's connection ends with the client's")
        case .connect, .open, .wait, .agent, .target, .api, .told: return nil
        }
        let trouble = seen.troubles.first { $0.connection == connection }
        return CheckResult(
            check: asked.check,
            expected: asked.expected,
            observed: trouble?.sentence ?? "that",
            holds: trouble == nil
        )
    }
}
