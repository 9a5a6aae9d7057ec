import ScenarioModel
import Testing

@testable import Verdicts

@Suite("What targets did, in words")
struct ObservedWordsTests {
    private static let name = "tenant.shakedown.test"

    private static func testCase(_ choices: [(String, String)] = [], role: Role = .edge) -> Case {
        Case(
            id: "a.b[\(choices.map { "\($0.0)=\($0.1)" }.joined(separator: ","))]",
            scenario: "a.b",
            role: role,
            choices: [.init(name: "role", value: role.rawValue)] + choices.map { .init(name: $0.0, value: $0.1) },
            endpoints: [
                EndpointPlan(key: "tenant", domain: Self.name, role: role),
                EndpointPlan(key: "other", domain: "other.shakedown.test", role: role),
            ],
            client: ClientPlan(engine: .openssl, serverName: Self.name),
            exchange: .wait,
            expectation: GradedExpectation(strict: [])
        )
    }

    /// What a client saw, and which upstreams got a byte.
    struct Seen: Sendable, CustomTestStringConvertible {
        let words: String
        var alert: String?
        var received: [UInt8] = []
        var ending = LegEnding.fin
        var after = 3.0
        var isCompleted = false
        var isAnswered = false
        var reached: [String] = []
        var testDescription: String { self.words }

        var observation: Observation {
            var client = ClientObservation()
            client.leg.received = ByteString(self.received)
            client.leg.receivedCount = self.received.count
            client.leg.ending = self.ending
            client.leg.endedAfter = self.after
            client.handshake.isCompleted = self.isCompleted
            client.handshake.isAnswered = self.isAnswered
            if let alert { client.handshake.alertsReceived = [.init(level: 2, code: 1, name: alert)] }
            var connection = UpstreamConnection()
            connection.leg.receivedCount = 1
            return Observation(
                clients: [client],
                upstreams: ["tenant", "other", "decoy"].map { key in
                    UpstreamObservation(endpoint: key, connections: self.reached.contains(key) ? [connection] : [])
                }
            )
        }
    }

    @Test(
        "a connection is told by where it went, what came back and how it ended",
        arguments: [
            Seen(words: "alert unrecognized_name", alert: "unrecognized_name", received: [21, 3, 3]),
            Seen(
                words: "alert unrecognized_name, closed after 3 s",
                alert: "unrecognized_name",
                received: [21],
                after: 3_020
            ),
            Seen(words: "alert unknown_ca, reset", alert: "unknown_ca", received: [21], ending: .reset),
            Seen(words: "closed without a word"),
            Seen(words: "closed without a word after 3 s", after: 2_995),
            Seen(words: "reset without a word", ending: .reset),
            Seen(words: "still open after 10 s", ending: .stillOpen, after: 10_001),
            Seen(words: "connection refused", ending: .refused),
            Seen(
                words: "answered in the clear (HTTP/1.1 400 Bad Request), closed",
                received: Array("HTTP/1.1 400 Bad Request\r\nx: y".utf8)
            ),
            Seen(words: "answered in the clear (bytes that are no text), closed", received: [0, 1, 2]),
            Seen(words: "handshake completed, closed", received: [22], isCompleted: true, isAnswered: true),
            Seen(
                words: "goes to its upstream, handshake answered",
                received: [22],
                ending: .closedByUs,
                isAnswered: true,
                reached: ["tenant"]
            ),
            Seen(words: "goes to the upstream of another name, closed without a word", reached: ["other"]),
            Seen(words: "goes to a default upstream, closed without a word", reached: ["decoy"]),
            Seen(words: "nothing that a client sees", ending: .closedByUs),
        ]
    )
    func words(_ seen: Seen) {
        let result = CaseResult(testCase: Self.testCase(), verdict: Verdict(outcome: .pass))
        let words = ObservedWords.words(result, seen.observation, grade: .held, isAboutTransfer: false)
        #expect(words == seen.words)
    }

    @Test("of a transfer it is told whether all arrived, and else which check failed first")
    func transfer() {
        var result = CaseResult(testCase: Self.testCase(), verdict: Verdict(outcome: .pass))
        let seen = Seen(words: "", received: [22], isCompleted: true, reached: ["tenant"]).observation
        #expect(
            ObservedWords.words(result, seen, grade: .held, isAboutTransfer: true)
                == "everything arrives, in both directions"
        )
        result.verdict.summary = "the answer came in part"
        #expect(
            ObservedWords.words(result, seen, grade: .free, isAboutTransfer: true) == "the answer came in part",
            "what is tolerated is not all"
        )
        result.verdict.checks = [
            CheckResult(check: "route", expected: "tenant", observed: "tenant", holds: true),
            CheckResult(check: "bytes", expected: "identical", observed: "0 of 42 bytes came back", holds: false),
        ]
        #expect(
            ObservedWords.words(result, seen, grade: .failed, isAboutTransfer: true) == "bytes: 0 of 42 bytes came back"
        )
    }

    @Test("what says nothing of the target is told as such, whatever was seen")
    func nothingKnown() {
        let result = CaseResult(testCase: Self.testCase(), verdict: Verdict(outcome: .error))
        let seen = Seen(words: "").observation
        #expect(ObservedWords.words(result, seen, grade: .undecided, isAboutTransfer: false) == "not decided")
        #expect(ObservedWords.words(result, seen, grade: .unsupported, isAboutTransfer: true) == "not supported")
    }

    @Test("answers are together by their words, the usual first, with what is common to their cases alone")
    func answers() {
        func said(
            _ words: String,
            _ role: Role,
            _ version: String,
            _ grade: CompatibilityGrade = .held
        )
            -> Compatibility.Answer.Evidence
        {
            .init(testCase: Self.testCase([("version", version)], role: role), grade: grade, words: words)
        }
        let answers = Compatibility.Answer.all([
            said("alert a", .edge, "1.2"), said("alert a", .edge, "1.3", .lenient),
            said("alert a", .passthrough, "1.2"),
            said("alert b", .passthrough, "1.3", .failed),
            said("not supported", .agent, "1.2", .unsupported), said("not supported", .agent, "1.3", .unsupported),
        ])
        #expect(answers.map(\.words) == ["alert a", "alert b", "not supported"])
        #expect(answers.map(\.circumstances) == [[], ["passthrough", "TLS 1.3"], ["agent"]])
        #expect(answers.map(\.grade) == [.lenient, .failed, .unsupported])
        #expect(answers.map(\.cases.count) == [3, 1, 2])
    }
}
