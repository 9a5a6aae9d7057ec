import ScenarioModel
import Testing

@testable import Verdicts

@Suite("Declared behaviours")
struct BehaviourTests {
    /// A case that fails in the manner of a behaviour, and what else may be changed in it.
    private struct Failing {
        var testCase = Made.testCase("a.b[x]")
        var verdict: Verdict
        var observation = Observation(clients: [ClientObservation()], upstreams: [])

        init(_ failed: [String], exchange: Exchange = .echo, ending: LegEnding = .fin) {
            self.verdict = WaiversTests.verdict(.fail, failed: failed)
            self.testCase.exchange = exchange
            self.observation.clients[0].leg.ending = ending
        }

        mutating func dial(_ change: (inout UpstreamConnection) -> Void) {
            var connection = UpstreamConnection()
            change(&connection)
            self.observation.upstreams = [UpstreamObservation(endpoint: "tenant", connections: [connection])]
        }

        mutating func refuse(with alerts: [String] = []) {
            var refused = Expectation()
            refused.handshake = .refused
            refused.route = Expectation.Route.none
            refused.alerts = alerts
            self.testCase.expectation.strict = [refused]
        }

        func isExplained(by behaviour: Behaviour) -> Bool {
            behaviour.explains(self.verdict, of: self.testCase, self.observation)
        }
    }

    @Test("an early dial explains a connection that nothing came on")
    func dialsEarly() {
        var failing = Failing(["dialled"])
        failing.dial { _ in }
        #expect(failing.isExplained(by: .dialsEarly))
        failing.dial { $0.leg.receivedCount = 1 }
        #expect(!failing.isExplained(by: .dialsEarly))
        failing.dial { $0.leg.firstReadCount = 28 }
        #expect(!failing.isExplained(by: .dialsEarly))
        var misrouted = Failing(["dialled", "route"])
        misrouted.dial { _ in }
        #expect(!misrouted.isExplained(by: .dialsEarly))
    }

    @Test("no half-close explains what is lost in the exchanges that need one, and in no other")
    func noHalfClose() {
        for exchange in [Exchange.clientHalfClose, .upstreamHalfClose, .clientCloses] {
            #expect(Failing(["exchange", "bytes"], exchange: exchange).isExplained(by: .noHalfClose))
            #expect(!Failing(["exchange", "route"], exchange: exchange).isExplained(by: .noHalfClose))
        }
        var early = Failing(["exchange", "route"], exchange: .upstreamHalfClose)
        early.dial { _ in }
        #expect(early.isExplained(by: .noHalfClose), "the upstream's end took the client's bytes with it")
        early.observation.upstreams[0].endpoint = "other"
        #expect(!early.isExplained(by: .noHalfClose))
        var late = Failing(["exchange", "route"], exchange: .clientHalfClose)
        late.dial { _ in }
        #expect(!late.isExplained(by: .noHalfClose))
        #expect(!Failing(["exchange", "bytes"]).isExplained(by: .noHalfClose))
    }

    @Test("a refusal by reset explains the alert that went with it, where there is a refusal and a reset")
    func refusesByReset() {
        var failing = Failing(["alert", "ending"], ending: .reset)
        #expect(!failing.isExplained(by: .refusesByReset), "the client was to be served")
        failing.refuse()
        #expect(failing.isExplained(by: .refusesByReset))
        failing.observation.clients[0].applicationReceived.count = 1
        #expect(!failing.isExplained(by: .refusesByReset))
        var orderly = Failing(["alert", "ending"], ending: .fin)
        orderly.refuse()
        #expect(!orderly.isExplained(by: .refusesByReset))
    }

    /// A client who had to be refused, and whose bytes came to an endpoint.
    private func misrouted(to endpoint: String, refused: Bool = true) -> Failing {
        var failing = Failing(["never any-contacted", "route", "ending"])
        failing.verdict.brokenInvariant = .anyContacted
        var expected = Expectation()
        expected.route = refused ? Expectation.Route.none : .endpoint("tenant")
        expected.handshake = refused ? .refused : .completed
        failing.testCase.expectation.strict = [expected]
        failing.dial { $0.leg.receivedCount = 5 }
        failing.observation.upstreams[0].endpoint = endpoint
        return failing
    }

    @Test("a default route explains who came to the decoy and had to be refused, and nobody who came to another")
    func defaultRoute() {
        #expect(self.misrouted(to: "decoy").isExplained(by: .defaultRoute))
        #expect(!self.misrouted(to: "other").isExplained(by: .defaultRoute))
        #expect(!self.misrouted(to: "decoy", refused: false).isExplained(by: .defaultRoute))
        var both = self.misrouted(to: "decoy")
        both.observation.upstreams += self.misrouted(to: "other").observation.upstreams
        #expect(!both.isExplained(by: .defaultRoute))
        var early = both
        early.observation.upstreams[1].connections[0].leg.receivedCount = 0
        #expect(early.isExplained(by: .defaultRoute), "who was only dialled got nothing")
        var hanging = self.misrouted(to: "decoy")
        hanging.verdict.outcome = .hang
        hanging.verdict.brokenInvariant = nil
        #expect(hanging.isExplained(by: .defaultRoute))
        var skipped = self.misrouted(to: "decoy")
        skipped.verdict.brokenInvariant = .clientCertificateSkipped
        #expect(!skipped.isExplained(by: .defaultRoute))
        var answered = self.misrouted(to: "decoy")
        answered.verdict = WaiversTests.verdict(.fail, failed: ["never any-contacted", "certificate"])
        #expect(!answered.isExplained(by: .defaultRoute))
    }

    @Test(
        "a default certificate explains a handshake that had to be refused for its name, where no upstream got a byte"
    )
    func defaultCertificate() {
        var failing = Failing(["handshake", "alert", "ending"])
        failing.refuse()
        #expect(
            !failing.isExplained(by: .defaultCertificate),
            "it had to be refused, and nothing says that it was for the name"
        )
        failing.refuse(with: ["decode_error"])
        #expect(!failing.isExplained(by: .defaultCertificate))
        failing.refuse(with: ["illegal_parameter", "unrecognized_name"])
        #expect(failing.isExplained(by: .defaultCertificate))
        failing.dial { _ in }
        #expect(failing.isExplained(by: .defaultCertificate), "who was only dialled got nothing")
        failing.dial { $0.leg.receivedCount = 1 }
        #expect(!failing.isExplained(by: .defaultCertificate))
        var routed = Failing(["handshake", "alert", "ending"])
        routed.refuse(with: ["unrecognized_name"])
        routed.testCase.expectation.strict[0].route = .endpoint("tenant")
        #expect(!routed.isExplained(by: .defaultCertificate), "the endpoint is there")
        var misrouted = Failing(["handshake", "route"])
        misrouted.refuse(with: ["unrecognized_name"])
        #expect(!misrouted.isExplained(by: .defaultCertificate))
    }

    @Test(
        "none but a default route explains a broken invariant, a hang, or a failure of no check",
        arguments: Behaviour.allCases.filter { $0 != .defaultRoute }
    )
    func never(behaviour: Behaviour) {
        let failed = [
            "dialsEarly": ["dialled"], "noHalfClose": ["bytes"], "refusesByReset": ["ending"],
            "defaultCertificate": ["handshake"],
        ]["\(behaviour)"]
        var failing = Failing(failed ?? [], exchange: .clientHalfClose, ending: .reset)
        failing.refuse(with: ["unrecognized_name"])
        #expect(failing.isExplained(by: behaviour))
        var hanging = failing
        hanging.verdict.outcome = .hang
        #expect(!hanging.isExplained(by: behaviour))
        var broken = failing
        broken.verdict.brokenInvariant = .otherContacted
        #expect(!broken.isExplained(by: behaviour))
        var other = failing
        other.verdict.checks = []
        #expect(!other.isExplained(by: behaviour))
    }

    @Test("what is explained is an expected failure that says so; what never shows is a problem of the run")
    func declared() {
        let failing = Failing(["bytes"], exchange: .clientHalfClose)
        let declared = DeclaredBehaviour(
            .noHalfClose,
            reason: "proxy_half_close is off",
            link: "https://example.org/2",
            location: "nginx/target.yaml:9"
        )
        let reckoning = Reckoning(
            of: "nginx",
            profile: .rfc,
            scenarios: [],
            behaviours: [declared],
            waivers: .none
        )
        let verdict = reckoning.verdict(failing.verdict, of: failing.testCase, failing.observation)
        #expect(verdict.outcome == .expectedFail)
        #expect(verdict.summary == "why (declared: proxy_half_close is off)")
        #expect(verdict.waiver?.source == "behaviour no-half-close")
        let result = CaseResult(testCase: failing.testCase, verdict: verdict, observation: failing.observation)
        #expect(reckoning.problems(amongAll: [result]) == [])
        #expect(
            reckoning.problems(amongAll: [Made.result("a.b[x]", .pass)])
                == ["nginx/target.yaml:9: the behaviour 'no-half-close' shows in no case: remove it"]
        )
    }

    @Test("a behaviour that shows only against rules that are not promised is not out of date")
    func shownElsewhere() {
        var failing = Failing(["dialled"])
        failing.dial { _ in }
        let house = Rule(document: .house, section: "Upstreams", level: .should)
        let reckoning = Reckoning(
            of: "Envoy",
            profile: .rfc,
            scenarios: [Scenario(id: "a.b", title: "", rule: house, roles: [.edge])],
            behaviours: [DeclaredBehaviour(.dialsEarly, reason: "it does", location: "envoy/target.yaml:9")],
            waivers: .none
        )
        let verdict = reckoning.verdict(failing.verdict, of: failing.testCase, failing.observation)
        #expect(verdict.outcome == .informational)
        let result = CaseResult(testCase: failing.testCase, verdict: verdict, observation: failing.observation)
        #expect(reckoning.problems(amongAll: [result]) == [])
    }
}
