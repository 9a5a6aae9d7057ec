import ScenarioModel
import Testing
import Verdicts

@Suite("Contracts")
struct ContractTests {
    private static func contract(_ observations: [String: String], missing: Int = 0) -> Contract {
        Contract(
            target: "haproxy",
            title: "HAProxy",
            version: "2.6.12",
            tool: "0.1.0",
            seed: "0x5eed",
            selection: ["framing.*", "--level", "must"],
            hasProbe: true,
            missing: missing,
            observations: observations
        )
    }

    @Test("what is written is read as the same, and is sorted")
    func text() throws {
        let contract = Self.contract(["b[role=edge]": "refused end=fin", "a[x=1]": "completed tls=1.3"], missing: 2)
        #expect(try Contract(reading: contract.text) == contract)
        let lines = contract.text.split(separator: "\n").suffix(2)
        #expect(lines == ["a[x=1] = completed tls=1.3", "b[role=edge] = refused end=fin"])
        let edited = contract.text.replacing("\na[x=1]", with: "\n# looked at by hand\na[x=1]")
        #expect(try Contract(reading: edited) == contract, "lines that begin with # are a person's")
    }

    @Test(
        "what is no contract is refused with its line",
        arguments: [
            ("nothing", 1, "no 'name: value'"), ("colour: red", 1, "there is no 'colour'"),
            ("contract: 1\ncontract: 1", 2, "a second 'contract'"), ("contract: 2\n", 1, "another version"),
            ("target: x\n\n", 1, "has no 'contract'"),
            ("contract: 1\n\nid without facts", 3, "no 'id = what was seen'"),
            ("contract: 1\n\na = b\na = c", 4, "a second line about a"),
        ]
    )
    func refuses(text: String, line: Int, words: String) throws {
        let error = try #require(throws: ContractError.self) { try Contract(reading: text) }
        #expect(error.line == line)
        #expect(error.sentence.contains(words), "\(error)")
    }

    @Test("each difference is named by its kind, the gravest first")
    func differences() {
        let contract = Self.contract([
            "same": "x", "changed": "completed end=fin", "unsteady": "x", "gone": "x", "untold": "x", "either": "x | y",
        ])
        let now = [
            "same": ["x"], "changed": ["completed end=reset", "completed end=reset"], "unsteady": ["y", "x"],
            "new": ["z"],
            "either": ["y"],
        ]
        let differences = contract.differences(from: now, untold: ["untold"]) { "run \($0)" }
        #expect(differences.map(\.kind) == [.changed, .unsteady, .gone, .new, .untold])
        #expect(differences.map(\.id) == ["changed", "unsteady", "gone", "new", "untold"])
        #expect(differences[0].before == "completed end=fin" && differences[0].after == "completed end=reset")
        #expect(differences[0].words == ("end=fin", "end=reset"))
        #expect(differences[0].replay == "run changed")
        #expect(differences.map(\.kind.isBreach) == [true, false, true, false, true])
    }

    @Test("several things that were seen are one line, whatever their order")
    func alternatives() {
        #expect(Contract.line(of: ["b", "a"]) == "a | b")
        #expect(Contract.alternatives(in: "a | b") == ["a", "b"])
        #expect(Contract.alternatives(in: "a") == ["a"])
    }
}

@Suite("What a contract says of a case")
struct ObservedFactsTests {
    private static func result(
        _ outcome: Outcome = .pass,
        exchange: Exchange = .echo,
        checks: [CheckResult] = [],
        upstreams: [UpstreamObservation] = [],
        client change: (inout ClientObservation) -> Void = { _ in }
    ) -> CaseResult {
        var result = Made.result("a.b[role=edge]", outcome, checks: checks)
        result.testCase.exchange = exchange
        var client = ClientObservation()
        client.leg.ending = .fin
        change(&client)
        result.observation = Observation(clients: [client], upstreams: upstreams)
        return result
    }

    private static func text(_ result: CaseResult) -> String? {
        ObservedFacts(result, deadlines: [.hello: 3, .idle: 6])?.text
    }

    @Test("times are classes: at once, a deadline that the target declares, or whole seconds")
    func times() {
        func refused(after milliseconds: Double) -> String? {
            Self.text(
                Self.result(exchange: .wait) { client in
                    client.leg.endedAfter = milliseconds
                }
            )
        }
        let words = "refused end=silent-close after="
        #expect(refused(after: 12) == words + "at-once reached=nobody")
        #expect(refused(after: 900) == refused(after: 12))
        #expect(refused(after: 3_010) == words + "3s reached=nobody")
        #expect(refused(after: 3_900) == refused(after: 3_010))
        #expect(refused(after: 2_800) == refused(after: 3_010), "who accepts counts from a moment earlier")
        #expect(refused(after: 6_100) == words + "6s reached=nobody")
        #expect(refused(after: 9_000) == words + "8-to-10-s reached=nobody")
    }

    @Test("how the system ends a connection behind an alert or a close_notify makes no difference")
    func endings() {
        func ended(_ ending: LegEnding) -> String? {
            Self.text(
                Self.result(exchange: .wait) { client in
                    client.leg.ending = ending
                    client.leg.receivedCount = 7
                    client.handshake.alertsReceived = [.init(level: 2, code: 112, name: "unrecognized_name")]
                }
            )
        }
        #expect(ended(.fin) == "refused alert=unrecognized_name end=alert after=at-once reached=nobody")
        #expect(ended(.reset) == ended(.fin))
        let bare = Self.text(
            Self.result(exchange: .wait) { client in
                client.leg.ending = .reset
                client.leg.receivedCount = 7
            }
        )
        #expect(bare == "refused said-something-else end=reset after=at-once reached=nobody")
    }

    @Test("a client that has said and heard all ends by itself, so its end is nobody's")
    func completed() {
        let upstreams = [UpstreamObservation(endpoint: "other", connections: [UpstreamConnection()])]
        let result = Self.result(upstreams: upstreams) { client in
            client.handshake.isCompleted = true
            client.handshake.isAnswered = true
            client.handshake.version = .tls13
            client.handshake.cipherSuite = "TLS_AES_128_GCM_SHA256"
            client.exchangeCompleted = true
        }
        #expect(Self.text(result) == "completed tls=1.3 suite=TLS_AES_128_GCM_SHA256 reached=nobody dialled=other")
    }

    @Test("what hangs on the order in which things come is left out")
    func chance() {
        func answered(_ ending: LegEnding) -> String? {
            var result = Self.result(exchange: .wait) { client in
                client.handshake.isAnswered = true
                client.leg.ending = ending
                client.leg.endedAfter = 80
            }
            result.testCase.client.engine = .bytes
            return Self.text(result)
        }
        #expect(answered(.closedByUs) == "answered reached=nobody")
        #expect(answered(.fin) == answered(.closedByUs))
        func closed(after milliseconds: Double) -> String? {
            Self.text(Self.result(exchange: .clientCloses) { $0.leg.endedAfter = milliseconds })
        }
        #expect(closed(after: 4_000) == closed(after: 10))
    }

    @Test("what a waiver says to fail now and then is told as that")
    func flaky() {
        let waiver = Waiver(
            cases: "a.*",
            outcome: .fail,
            checks: ["alert"],
            isFlaky: true,
            reason: "now and then",
            expires: "2099-01-01",
            location: ""
        )
        for result in [Self.result(.pass), Self.result(.expectedFail)] {
            let facts = ObservedFacts(result, deadlines: [:], waivers: Waivers(entries: [waiver]))
            #expect(facts?.text == ObservedFacts.nowAndThen)
        }
    }

    @Test("what is not as it must be is named, and what was not told is not told")
    func unmet() {
        let failed = Made.failed("never any-contacted", expected: "", observed: "")
        #expect(
            Self.text(Self.result(.fail, exchange: .wait, checks: [failed]))?.hasSuffix("unmet=never-any-contacted")
                == true
        )
        for outcome in [Outcome.unsupported, .skipped, .error] { #expect(Self.text(Self.result(outcome)) == nil) }
    }
}
