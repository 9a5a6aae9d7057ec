import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Grades")
struct GradeTests {
    private let refusal = Made.expect {
        $0.route = Expectation.Route.none; $0.handshake = .refused; $0.endings = [.alert]
    }
    private let silence = Made.expect {
        $0.route = Expectation.Route.none; $0.handshake = .refused; $0.endings = [.silentClose]
    }
    private let routed = Made.expect { $0.route = .endpoint("tenant") }

    private func graded(_ observation: Observation, never: [Invariant] = []) -> Verdict {
        let testCase = Made.testCase(
            .edge,
            strict: [self.refusal],
            lenient: [self.silence],
            tolerated: [self.routed],
            never: never
        )
        return Made.judge.judge(testCase, observation)
    }

    @Test("a target that lets nobody connect fails every case, also one that must be refused")
    func unreachable() {
        let refused = Made.refused(nil).with {
            $0.clients[0].leg.ending = .refused
            $0.clients[0].leg.timeline = [TimelineEntry(at: 1, kind: .end, detail: "connection refused")]
        }
        let verdict = self.graded(refused)
        #expect(verdict.outcome == .fail)
        #expect(verdict.isOfUnreachableTarget)
        #expect(verdict.summary == "connect: expected a TCP connection to the target, observed connection refused")
    }

    @Test("bytes at an upstream that is not the case's fail it, though no invariant of its own says so")
    func elsewhere() {
        let testCase = Made.testCase(.edge, strict: [Made.expect { $0.handshake = .completed }])
        let observation = Made.good(.edge)
        #expect(Made.judge.judge(testCase, observation).outcome == .pass)
        let strange = observation.with {
            $0.upstreams.append(UpstreamObservation(endpoint: "b-2.shakedown.test", connections: [$0.tenantConnection]))
        }
        let verdict = Made.judge.judge(testCase, strange)
        #expect(verdict.outcome == .fail)
        #expect(verdict.brokenInvariant == .otherContacted)
    }

    @Test("the first grade that matches decides")
    func grades() {
        #expect(self.graded(Made.refused()).outcome == .pass)
        #expect(self.graded(Made.refused()).summary == "")
        let lenient = self.graded(Made.refused(nil))
        #expect(lenient.outcome == .passLenient)
        #expect(
            lenient.summary
                == "sound, though not the strict answer: ending: expected a fatal alert and the end, observed a close without a byte"
        )
        #expect(self.graded(Made.good(.edge)).outcome == .informational)
    }

    @Test("a target that promises the strict answer is held to it, whatever others may do")
    func strict() {
        let testCase = Made.testCase(
            .edge,
            strict: [self.refusal],
            lenient: [self.silence],
            tolerated: [self.routed]
        )
        #expect(Made.strictJudge.judge(testCase, Made.refused()).outcome == .pass)
        #expect(Made.strictJudge.judge(testCase, Made.refused(nil)).outcome == .fail)
        #expect(Made.strictJudge.judge(testCase, Made.good(.edge)).outcome == .fail)
    }

    @Test("an answer in clear breaks the invariant of a port that is for TLS alone, and no other's")
    func tlsOnly() {
        let testCase = Made.testCase(.edge, strict: [self.refusal], never: [.plaintextReply])
        let answer = Made.refused().with { $0.clients[0].leg.received = ByteString("HTTP/1.1 400".utf8) }
        #expect(Made.judge.judge(testCase, answer).brokenInvariant == .plaintextReply)
        let verdict = Made.strictJudge.judge(testCase, answer)
        #expect(verdict.outcome == .pass)
        #expect(!verdict.checks.contains { $0.check == "never plaintext-reply" })
    }

    @Test("what no grade allows fails, and says what was expected and what was observed")
    func fails() {
        let observation = Made.refused().with { $0.clients[0].handshake.alertsReceived = [] }
        let verdict = self.graded(observation)
        #expect(verdict.outcome == .fail)
        #expect(verdict.summary == "ending: expected a fatal alert and the end, observed FIN without close_notify")
        #expect(verdict.checks.map(\.check) == ["route", "handshake", "ending"])
    }

    @Test("a broken invariant fails whatever else was seen")
    func invariantFirst() {
        let verdict = self.graded(Made.good(.edge), never: [.anyContacted])
        #expect(verdict.outcome == .fail)
        #expect(verdict.brokenInvariant == .anyContacted)
        #expect(
            verdict.summary == "never any-contacted: expected never bytes of the client at any upstream, "
                + "observed a connection on tenant with application data"
        )
    }

    @Test("a connection that is held open when its end was due hangs")
    func hang() {
        let observation = Made.refused(nil).with {
            $0.clients[0].leg.ending = .stillOpen; $0.clients[0].leg.endedAfter = 20_000
        }
        let verdict = self.graded(observation)
        #expect(verdict.outcome == .hang)
        #expect(verdict.summary.contains("still open after 20000 ms"))
    }

    @Test("an open connection is no hang where no end was due")
    func openIsFine() {
        let observation = Made.good(.edge).with { $0.clients[0].leg.ending = .stillOpen }
        #expect(Made.judge.judge(Made.testCase(.edge, strict: [self.routed]), observation).outcome == .pass)
    }

    @Test("the harness's own troubles are errors and never the target's failures")
    func errors() {
        let testCase = Made.testCase(.edge, strict: [self.refusal])
        #expect(Made.judge.judge(testCase, Observation(clients: [], upstreams: [])).outcome == .error)
        let unknownRecipe = Made.testCase(.edge, strict: [Made.expect { $0.certificate = "never-minted" }])
        #expect(
            Made.judge.judge(unknownRecipe, Made.good(.edge)).summary
                == "the harness has no certificate called never-minted"
        )
        let idle = Made.testCase(.edge, strict: [Made.expect { $0.within = .deadline(.idle) }])
        #expect(Made.judge.judge(idle, Made.good(.edge)).outcome == .error)
        let event = Made.testCase(.edge, strict: [Made.expect { $0.event = .one(ipPolicyDecision: nil) }])
        #expect(Made.judge.judge(event, Made.good(.edge).with { $0.events = nil }).outcome == .error)
        #expect(Made.judge.judge(Made.testCase(.edge, strict: []), Made.good(.edge)).outcome == .error)
    }

    @Test("the checks of the nearest strict alternative are shown")
    func nearest() {
        let far = Made.expect {
            $0.route = .endpoint("other"); $0.handshake = .completed; $0.alerts = ["decode_error"]
        }
        let near = Made.expect {
            $0.route = Expectation.Route.none; $0.alerts = ["decode_error"]
        }
        let verdict = Made.judge.judge(Made.testCase(.edge, strict: [far, near]), Made.refused())
        #expect(verdict.summary == "alert: expected fatal decode_error, observed fatal unrecognized_name (112)")
    }
}

@Suite("Invariants")
struct InvariantTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let invariant: Invariant
        let observation: Observation
        let holds: Bool
        var testDescription: String { self.name }
    }

    /// A connection that brought application data.
    static let stranger = Made.good(.edge).tenantConnection
    static let empty = UpstreamConnection()

    @Test(
        "hold until they are broken",
        arguments: [
            Row(
                name: "only the expected upstream",
                invariant: .otherContacted,
                observation: Made.good(.edge),
                holds: true
            ),
            Row(
                name: "another upstream too",
                invariant: .otherContacted,
                observation: Made.good(.edge).with { $0.upstreams[1].connections = [Self.stranger] },
                holds: false
            ),
            Row(
                name: "the decoy",
                invariant: .otherContacted,
                observation: Made.good(.edge).with { $0.upstreams[2].connections = [Self.stranger] },
                holds: false
            ),
            Row(
                name: "another upstream was dialled",
                invariant: .otherContacted,
                observation: Made.good(.edge).with { $0.upstreams[1].connections = [Self.empty] },
                holds: true
            ),
            Row(
                name: "a byte at the decoy",
                invariant: .otherContacted,
                observation: Made.good(.edge).with {
                    $0.upstreams[2].connections = [Self.empty]
                    $0.upstreams[2].connections[0].leg.receivedCount = 1
                },
                holds: false
            ),
            Row(
                name: "dialled, and nothing came",
                invariant: .anyContacted,
                observation: Made.refused().with { $0.upstreams[0].connections = [Self.empty] },
                holds: true
            ),
            Row(name: "no data", invariant: .upstreamGotData, observation: Made.refused(), holds: true),
            Row(name: "data", invariant: .upstreamGotData, observation: Made.good(.edge), holds: false),
            Row(
                name: "no data, and a dial",
                invariant: .upstreamGotData,
                observation: Made.refused().with { $0.upstreams[0].connections = [Self.empty] },
                holds: true
            ),
            Row(name: "nobody", invariant: .anyContacted, observation: Made.refused(), holds: true),
            Row(name: "somebody", invariant: .anyContacted, observation: Made.good(.edge), holds: false),
            Row(
                name: "no application data",
                invariant: .clientCertificateSkipped,
                observation: Made.refused(),
                holds: true
            ),
            Row(
                name: "data at the upstream",
                invariant: .clientCertificateSkipped,
                observation: Made.good(.edge),
                holds: false
            ),
            Row(
                name: "what the upstream says first, at the client",
                invariant: .clientCertificateSkipped,
                observation: Made.refused().with {
                    $0.upstreams[0].connections = [Self.empty]
                    $0.tenantConnection.applicationSent = Made.application("220 ready\r\n")
                    $0.clients[0].applicationReceived = Made.application("220 ready\r\n")
                },
                holds: false
            ),
            Row(
                name: "what the edge itself says, at the client",
                invariant: .clientCertificateSkipped,
                observation: Made.refused().with {
                    $0.upstreams[0].connections = [Self.empty]
                    $0.clients[0].applicationReceived = Made.application("HTTP/1.1 400 Bad Request\r\n")
                },
                holds: true
            ),
            Row(
                name: "data at an endpoint that asks for no certificate",
                invariant: .clientCertificateSkipped,
                observation: Made.refused().with {
                    $0.upstreams[1].connections = [Self.stranger]
                    $0.clients[0].applicationReceived = Self.stranger.applicationSent
                },
                holds: true
            ),
            Row(name: "an alert", invariant: .plaintextReply, observation: Made.refused(), holds: true),
            Row(name: "nothing", invariant: .plaintextReply, observation: Made.refused(nil), holds: true),
            Row(
                name: "an SMTP greeting",
                invariant: .plaintextReply,
                observation: Made.refused().with { $0.clients[0].leg.received = ByteString("220 ready".utf8) },
                holds: false
            ),
            Row(
                name: "PostgreSQL's S",
                invariant: .plaintextReply,
                observation: Made.refused().with { $0.clients[0].leg.received = ByteString("S".utf8) },
                holds: false
            ),
            Row(
                name: "a record type and no record version",
                invariant: .plaintextReply,
                observation: Made.refused().with { $0.clients[0].leg.received = ByteString([21, 9]) },
                holds: false
            ),
        ]
    )
    func hold(_ row: Row) {
        let expectation = Made.expect { $0.route = .endpoint("tenant") }
        let testCase = Made.testCase(.edge, strict: [expectation], never: [row.invariant])
        let verdict = Made.judge.judge(testCase, row.observation)
        #expect((verdict.brokenInvariant == nil) == row.holds)
        #expect((verdict.brokenInvariant == row.invariant) == !row.holds)
    }

    @Test(
        "mutual TLS is skipped at whatever endpoint demands it of a client without a certificate",
        arguments: [(certificate: String?.none, isSkipped: true), (certificate: "client-good", isSkipped: false)]
    )
    func anotherGuardedEndpoint(certificate: String?, isSkipped: Bool) {
        let refused = Made.expect { $0.route = Expectation.Route.none }
        var testCase = Made.testCase(.edge, strict: [refused], never: [.clientCertificateSkipped])
        testCase.endpoints[0].mutualTLS = ["ca-clients-other"]
        testCase.endpoints[1].mutualTLS = ["ca-clients"]
        testCase.client.certificate = certificate
        let seen = Made.refused().with { $0.upstreams[1].connections = [Self.stranger] }
        #expect((Made.judge.judge(testCase, seen).brokenInvariant == .clientCertificateSkipped) == isSkipped)
    }

    @Test("below a wildcard the most specific endpoint is the one that is asked for", arguments: ["shop", "SHOP"])
    func mostSpecificEndpoint(label: String) {
        let refused = Made.expect { $0.route = Expectation.Route.none }
        var testCase = Made.testCase(.edge, strict: [refused], never: [.clientCertificateSkipped])
        testCase.endpoints[0].domain = "*.wild-1.shakedown.test"
        testCase.endpoints[1].domain = "shop.wild-1.shakedown.test"
        testCase.client.serverName = "\(label).wild-1.shakedown.test"
        testCase.client.certificate = "client-good"
        let verdicts = [0, 1].map { place in
            Made.judge.judge(testCase, Made.refused().with { $0.upstreams[place].connections = [Self.stranger] })
        }
        #expect(verdicts.map(\.brokenInvariant) == [nil, .clientCertificateSkipped])
    }

    @Test("an endpoint that a tolerated alternative allows is no other")
    func toleratedEndpoint() {
        let none = Made.expect { $0.route = Expectation.Route.none }
        let tenant = Made.expect { $0.route = .endpoint("tenant") }
        let strictOnly = Made.testCase(.edge, strict: [none], never: [.otherContacted])
        #expect(Made.judge.judge(strictOnly, Made.good(.edge)).brokenInvariant == .otherContacted)
        let tolerant = Made.testCase(.edge, strict: [none], tolerated: [tenant], never: [.otherContacted])
        #expect(Made.judge.judge(tolerant, Made.good(.edge)).outcome == .informational)
    }
}
