import Clients
import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// What the edge speaks where it ends TLS itself.
    var tlsInquiries: [Inquiry] {
        guard let role = self.terminating else { return [] }
        let testCase = self.make("tls", role, expecting: .served(role))
        let isALPNDeclared = self.definition.declares(.alpn, in: role)
        var inquiries = [
            Inquiry(.versions, role.rawValue, cases: [testCase]) { stage in
                try await [Self.versions(testCase, stage)]
            },
            Inquiry(.alpn, role.rawValue, cases: [testCase]) { stage in
                try await [Self.alpn(testCase, isDeclared: isALPNDeclared, stage)]
            },
        ]
        for version in [TLSVersion.tls12, .tls13] {
            let subject = "\(role.rawValue), TLS \(version.rawValue)"
            inquiries.append(
                Inquiry(.resumption, subject, cases: [testCase]) { stage in
                    try await [Self.resumption(testCase, version, subject, stage)]
                }
            )
        }
        return inquiries + [self.earlyDial(role)]
    }

    private static let patience = Duration.seconds(6)

    /// Each version alone, from a client that would speak it.
    private static func versions(_ testCase: Case, _ stage: ProbeStage) async throws -> ProbeFinding {
        var spoken: [String] = []
        var refused: [String] = []
        for version in TLSVersion.allCases {
            var plan = testCase.client
            plan.minimumVersion = version
            plan.maximumVersion = version
            let client = try await stage.greet(plan, as: "\(testCase.id)#\(version.rawValue)", within: Self.patience)
                .observation
            if client.handshake.isCompleted {
                spoken.append(version.rawValue)
            } else {
                refused.append("\(version.rawValue): \(client.refusalInWords)")
            }
        }
        return ProbeFinding(
            .versions,
            testCase.role.rawValue,
            found: spoken.isEmpty ? "none" : "TLS \(spoken.joined(separator: ", "))",
            .noted,
            evidence: refused.isEmpty ? "none is refused" : refused.joined(separator: "; ")
        )
    }

    private static func alpn(
        _ testCase: Case,
        isDeclared: Bool,
        _ stage: ProbeStage
    ) async throws -> ProbeFinding {
        var plan = testCase.client
        plan.alpn = ["h2", "http/1.1"]
        let client = try await stage.greet(plan, as: "\(testCase.id)#alpn", within: Self.patience).observation
        let selected = client.handshake.alpn
        let found = client.handshake.isCompleted ? selected ?? "none" : "refused: \(client.refusalInWords)"
        return ProbeFinding(
            .alpn,
            testCase.role.rawValue,
            found: found,
            declared: isDeclared ? Feature.alpn.rawValue : "no \(Feature.alpn.rawValue)",
            .init(declared: isDeclared, found: selected != nil),
            evidence: "a client that offers h2 and http/1.1"
        )
    }

    private static func resumption(
        _ testCase: Case,
        _ version: TLSVersion,
        _ subject: String,
        _ stage: ProbeStage
    ) async throws -> ProbeFinding {
        func finding(_ found: String, _ evidence: String) -> ProbeFinding {
            ProbeFinding(.resumption, subject, found: found, .noted, evidence: evidence)
        }
        var plan = testCase.client
        plan.minimumVersion = version
        plan.maximumVersion = version
        let id = "\(testCase.id)#resumption.\(version.rawValue)"
        let first = try await stage.greet(plan, as: id, within: Self.patience, saving: true)
        guard first.observation.handshake.isCompleted else {
            return finding("not spoken", first.observation.refusalInWords)
        }
        guard let session = first.session else { return finding("no", "no session was given") }
        let second = try await stage.greet(plan, as: "\(id).again", within: Self.patience, resuming: session)
            .observation
        guard second.handshake.isCompleted else {
            return finding("no", "a client that offers a session is refused: \(second.refusalInWords)")
        }
        let isResumed = second.handshake.isResumed == true
        return finding(
            isResumed ? "yes" : "no",
            isResumed ? "a session is resumed" : "a session is given, and not resumed"
        )
    }

    /// Whoever leaves in the middle of the handshake has not been let in.
    private func earlyDial(_ role: Role) -> Inquiry {
        var expectation = Expectation()
        expectation.route = Expectation.Route.none
        expectation.dialled = .never
        let testCase = self.make("early-dial", role, exchange: .wait, expecting: expectation) { _ in
        } client: { client in
            client.engine = .bytes
            client.opening = .builtHello(HelloPlan())
        }
        let isDeclared = self.behaviours.contains(.dialsEarly)
        return Inquiry(.earlyDial, role.rawValue, cases: [testCase]) { stage in
            let answer = try await stage.play(testCase)
            guard answer.client.handshake.isAnswered else {
                return [
                    ProbeFinding(
                        .earlyDial,
                        role.rawValue,
                        found: "not reached",
                        isDeclared ? .contradicts : .noted,
                        evidence: "a hello that is answered: \(answer.client.refusalInWords)"
                    )
                ]
            }
            let found = answer.dialled.contains("tenant")
            return [
                ProbeFinding(
                    .earlyDial,
                    role.rawValue,
                    found: found ? "yes" : "no",
                    declared: isDeclared ? Behaviour.dialsEarly.rawValue : "no \(Behaviour.dialsEarly.rawValue)",
                    .init(declared: isDeclared, found: found),
                    evidence: "a client that left in the middle of the handshake"
                )
            ]
        }
    }
}
