import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// How long the edge waits, for what comes first and for what comes next.
    var deadlineInquiries: [Inquiry] {
        guard let role = self.roles.first else { return [] }
        var hello = HelloPlan()
        hello.truncatedTo = 60
        var inquiries = [
            self.inquiry(
                .helloDeadline,
                "silence",
                .hello,
                self.make("silence", role, exchange: .wait, expecting: .keptOut) { _ in
                } client: { client in
                    client.engine = .bytes
                    client.opening = .nothing
                },
                "a client that says nothing"
            ),
            self.inquiry(
                .helloDeadline,
                "half a hello",
                .hello,
                self.make("half-a-hello", role, exchange: .wait, expecting: .keptOut) { _ in
                } client: { client in
                    client.engine = .bytes
                    client.opening = .builtHello(hello)
                },
                "60 bytes of a hello and then silence"
            ),
        ]
        for role in self.parties where role.terminatingParty != .upstream {
            let testCase = self.make("mid-handshake", role, exchange: .idle, expecting: .keptOut) { _ in
            } client: { client in
                client.engine = .bytes
                client.opening = .builtHello(HelloPlan())
            }
            inquiries.append(
                self.inquiry(
                    .handshakeDeadline,
                    role.rawValue,
                    .handshake,
                    testCase,
                    "a hello, its answer, and then silence",
                    countedFromHello: true
                )
            )
        }
        for role in self.parties {
            inquiries.append(
                self.inquiry(
                    .idleDeadline,
                    role.rawValue,
                    .idle,
                    self.make("idle", role, exchange: .idle, expecting: .served(role)),
                    "an echo and then silence"
                )
            )
            inquiries.append(
                self.inquiry(
                    .halfOpenDeadline,
                    "\(role.rawValue), client",
                    .halfOpen,
                    self.make("half-open-client", role, exchange: .clientHalfOpen, expecting: .served(role)),
                    "the client has said all, and the upstream never does"
                )
            )
            inquiries.append(
                self.inquiry(
                    .halfOpenDeadline,
                    "\(role.rawValue), upstream",
                    .halfOpen,
                    self.make("half-open-upstream", role, exchange: .upstreamHalfOpen, expecting: .served(role)),
                    "the upstream has said all, and the client never does",
                    isSeenUpstream: true
                )
            )
        }
        return inquiries
    }

    /// - Parameters:
    ///   - countedFromHello: the time begins when the first flight was sent, and not with the connection.
    ///   - isSeenUpstream: it is the upstream that sees the end: its client has been told it long before.
    private func inquiry(
        _ question: ProbeQuestion,
        _ subject: String,
        _ deadline: Deadline,
        _ testCase: Case,
        _ what: String,
        countedFromHello: Bool = false,
        isSeenUpstream: Bool = false
    ) -> Inquiry {
        let declared =
            self.definition.declares(.deadline(deadline), in: testCase.role) ? self.definition.deadlines[deadline] : nil
        var testCase = testCase
        // A time that is not the declared one is asked for again where the harness was late.
        if declared != nil { testCase.expectation.strict[0].within = .deadline(deadline) }
        return Inquiry(question, subject, cases: [testCase]) { [testCase] stage in
            let answer = try await stage.play(testCase, within: stage.patience)
            guard let kept = answer.kept(countedFromHello: countedFromHello, isSeenUpstream: isSeenUpstream) else {
                return [
                    ProbeFinding(
                        question,
                        subject,
                        found: "not reached",
                        declared: declared.map { "\($0) s" } ?? "no deadline",
                        declared == nil ? .noted : .contradicts,
                        evidence: "\(what): \(answer.verdict.summary)"
                    )
                ]
            }
            var finding = ProbeFinding.ofDeadline(
                question,
                subject,
                kept,
                declared: declared,
                evidence: isSeenUpstream ? what : "\(what): \(answer.client.refusalInWords)"
            )
            if finding.agreement == .contradicts, answer.isLate { finding.agreement = .undecided }
            return [finding]
        }
    }
}

extension ProbeStage.Answer {
    /// How long the connection was kept; `nil` where it did not come to that.
    fileprivate func kept(countedFromHello: Bool, isSeenUpstream: Bool) -> KeptFor? {
        let client = self.client
        if isSeenUpstream {
            guard let leg = self.observation.upstreams.flatMap(\.connections).last?.leg else { return nil }
            switch leg.ending {
            case .fin, .reset: return .ended(after: leg.endedAfter / 1_000)
            case .stillOpen, .closedByUs: return .open(after: leg.endedAfter / 1_000)
            case .refused: return nil
            }
        }
        if client.leg.ending == .refused { return nil }
        let isStarted = countedFromHello ? client.leg.phases?.helloSent.map { $0 / 1_000 } : 0
        guard let start = isStarted else { return nil }
        if let end = client.endedByPeerAfter { return .ended(after: end - start) }
        return .open(after: client.leg.endedAfter / 1_000 - start)
    }
}
