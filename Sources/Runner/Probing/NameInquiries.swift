import Clients
import ScenarioModel
import Targets
import Verdicts

/// What became of a client that named no endpoint.
private enum Fate: Hashable, Sendable {
    case refused(String)
    /// It was handed on to this endpoint's upstream.
    case routed(to: String)
    /// TLS went on with a certificate that is kept for such, and nobody was reached.
    case answered

    init(_ answer: ProbeStage.Answer) {
        if let endpoint = answer.reached.first {
            self = .routed(to: endpoint)
        } else if answer.client.handshake.isAnswered || answer.client.handshake.isCompleted {
            self = .answered
        } else {
            self = .refused(answer.client.refusalInWords)
        }
    }

    /// The habit that it shows; `nil` of a refusal, which needs none.
    var behaviour: Behaviour? {
        switch self {
        case .refused: nil
        case .routed: .defaultRoute
        case .answered: .defaultCertificate
        }
    }

    var words: String {
        switch self {
        case .refused(let how): "refused: \(how)"
        case .routed(to: Behaviour.decoy): "sent to the first endpoint"
        case .routed(let endpoint): "sent to the upstream of \(endpoint)"
        case .answered: "answered with a default certificate"
        }
    }
}

extension ProbeCases {
    /// Clients that name nobody who is served, and clients that say something else than TLS.
    var nameInquiries: [Inquiry] {
        guard let role = self.roles.first else { return [] }
        let nobody = self.make("default-route", role, expecting: .keptOut) { _ in
        } client: {
            $0.serverName = "nobody-at-all.\(Stage.baseDomain)"
        }
        let nameless = self.make("server-name", role, expecting: .keptOut) { _ in
        } client: {
            $0.serverName = nil
        }
        return [
            Inquiry(.defaultRoute, cases: [nobody, nameless]) { stage in
                try await self.findings(.defaultRoute, "a name that nobody serves", nobody, beside: nameless, stage)
            },
            Inquiry(.serverName, cases: [nobody, nameless]) { stage in
                try await self.findings(.serverName, "no server name", nameless, beside: nobody, stage)
            },
            self.refusals(role),
            self.openings(role),
        ]
    }

    /// - Parameter other: a habit that is declared may show with one of the two only.
    private func findings(
        _ question: ProbeQuestion,
        _ what: String,
        _ testCase: Case,
        beside other: Case,
        _ stage: ProbeStage
    ) async throws -> [ProbeFinding] {
        let habits = Set(self.behaviours).intersection([.defaultRoute, .defaultCertificate])
        let seen = Fate(try await stage.play(testCase))
        let agreement: ProbeFinding.Agreement
        if let behaviour = seen.behaviour {
            // Whose upstream it is not the decoy's belongs to somebody.
            let isElsewhere = if case .routed(let endpoint) = seen { endpoint != Behaviour.decoy } else { false }
            agreement = isElsewhere ? .contradicts : habits.contains(behaviour) ? .agrees : .undeclared
        } else if habits.isEmpty {
            agreement = .agrees
        } else {
            let beside = Fate(try await stage.play(other)).behaviour
            agreement = beside.map(habits.contains) == true ? .agrees : .contradicts
        }
        let declared = habits.map(\.rawValue).sorted().joined(separator: ", ")
        return [
            ProbeFinding(
                question,
                found: seen.words,
                declared: habits.isEmpty ? "no default" : declared,
                agreement,
                evidence: "a client that asks for \(what)"
            )
        ]
    }

    var behaviours: [Behaviour] { (self.definition.identity.behaviours ?? []).map(\.behaviour) }

    /// Whether whoever is refused sees a reset. Which of both it is may hang on what the edge had not read, so several ask.
    private func refusals(_ role: Role) -> Inquiry {
        let testCase = self.make("refusals", role, expecting: .keptOut) { _ in
        } client: {
            $0.serverName = "nobody-either.\(Stage.baseDomain)"
        }
        let isDeclared = self.behaviours.contains(.refusesByReset)
        return Inquiry(.refusals, cases: [testCase]) { stage in
            var endings: [String] = []
            for turn in 0..<4 {
                var plan = testCase.client
                if turn % 2 == 1 { plan.serverName = nil }
                let client = try await stage.greet(plan, as: "\(testCase.id)#\(turn)", within: .seconds(4)).observation
                guard !client.handshake.isCompleted, client.leg.ending != .stillOpen else { continue }
                endings.append(client.leg.ending == .reset ? "reset" : "end")
            }
            let found = endings.contains("reset")
            let words = endings.isEmpty ? "nobody was refused" : found ? "by a reset" : "by an orderly end"
            return [
                ProbeFinding(
                    .refusals,
                    found: words,
                    declared: isDeclared
                        ? Behaviour.refusesByReset.rawValue : "no \(Behaviour.refusesByReset.rawValue)",
                    .init(declared: isDeclared, found: found),
                    evidence: "four clients that name nobody who is served: \(endings.joined(separator: ", "))"
                )
            ]
        }
    }

    /// What is said to those who do not begin with TLS.
    private func openings(_ role: Role) -> Inquiry {
        let openings: [(name: String, bytes: [UInt8])] = [
            ("HTTP", Array("GET / HTTP/1.1\r\nHost: nobody.\(Stage.baseDomain)\r\n\r\n".utf8)),
            ("SMTP", Array("EHLO probe.\(Stage.baseDomain)\r\n".utf8)),
            ("garbage", (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 129) }),
        ]
        let testCase = self.make("tls-only", role, expecting: .keptOut)
        let isDeclared = self.definition.declares(.tlsOnly)
        return Inquiry(.tlsOnly, cases: [testCase]) { stage in
            var spoken: [String] = []
            var answers: [String] = []
            for (name, bytes) in openings {
                let plan = ClientPlan(
                    engine: .bytes,
                    serverName: nil,
                    opening: .raw(name: name, bytes: ByteString(bytes))
                )
                let client = try await stage.greet(
                    plan,
                    as: "\(testCase.id)#\(name)",
                    exchange: .wait,
                    within: .seconds(4)
                ).observation
                // Whatever is no record of TLS is a word.
                let isSpoken = client.leg.receivedCount > 0 && client.handshake.alertsReceived.isEmpty
                if isSpoken { spoken.append(name) }
                answers.append("\(name): \(isSpoken ? "an answer in clear" : client.refusalInWords)")
            }
            return [
                ProbeFinding(
                    .tlsOnly,
                    found: spoken.isEmpty ? "yes" : "no",
                    declared: isDeclared ? Feature.tlsOnly.rawValue : "no \(Feature.tlsOnly.rawValue)",
                    .init(declared: isDeclared, found: spoken.isEmpty),
                    evidence: answers.joined(separator: ", ")
                )
            ]
        }
    }
}
