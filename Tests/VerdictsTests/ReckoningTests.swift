import ScenarioModel
import Testing
import Verdicts

@Suite("What a judged case counts as for a target")
struct ReckoningTests {
    static func reckoning(
        _ document: Rule.Document,
        _ level: Rule.Level = .must,
        profile: Profile,
        waivers: Waivers = .none
    ) -> Reckoning {
        let scenario = Scenario(
            id: "a.b",
            title: "",
            rule: Rule(document: document, section: "1", level: level),
            roles: [.edge]
        )
        return Reckoning(of: "HAProxy", profile: profile, scenarios: [scenario], waivers: waivers)
    }

    @Test(
        "a failure of a rule that the target does not promise is noted, and all else stays",
        arguments: [
            (.fail, .informational), (.hang, .informational), (.pass, .pass), (.passLenient, .passLenient),
            (.informational, .informational), (.unsupported, .unsupported), (.skipped, .skipped), (.error, .error),
            (.flaky, .flaky),
        ] as [(Outcome, Outcome)]
    )
    func unpromised(before: Outcome, after: Outcome) {
        let reckoning = Self.reckoning(.ngrokTLSEndpoints, profile: .rfc)
        let judged = Verdict(outcome: before, summary: "it hung up")
        let verdict = reckoning.verdict(judged, of: Made.testCase("a.b[x]"), nil)
        #expect(verdict.outcome == after)
        let said = "ngrok's rule, which HAProxy does not promise: it hung up"
        #expect(verdict.summary == (before == after ? "it hung up" : said))
    }

    @Test("a broken security invariant is nobody's choice", arguments: Profile.allCases)
    func invariants(profile: Profile) {
        let judged = Verdict(outcome: .fail, summary: "it leaked", brokenInvariant: .clientCertificateSkipped)
        for document in [Rule.Document.ngrokTLSEndpoints, .house, .rfc(9846)] {
            let reckoning = Self.reckoning(document, profile: profile)
            #expect(reckoning.verdict(judged, of: Made.testCase("a.b[x]"), nil) == judged)
        }
    }

    @Test(
        "a profile promises the rules of its origins",
        arguments: [
            (.rfc, [.rfc, .proxyProtocol, .features]), (.ngrok, [.rfc, .proxyProtocol, .features, .ngrok]),
            (.all, Rule.Origin.allCases),
        ] as [(Profile, [Rule.Origin])]
    )
    func profiles(profile: Profile, origins: [Rule.Origin]) {
        #expect(Rule.Origin.allCases.filter(profile.promises) == origins)
    }

    @Test(
        "a failed SHOULD is not a failed MUST, however it shows, unless it broke an invariant",
        arguments: [
            (.should, .fail, nil, .failShould), (.should, .hang, nil, .failShould), (.must, .fail, nil, .fail),
            (.must, .hang, nil, .hang), (.may, .fail, nil, .fail), (.should, .fail, .otherContacted, .fail),
            (.should, .pass, nil, .pass), (.should, .error, nil, .error),
        ] as [(Rule.Level, Outcome, Invariant?, Outcome)]
    )
    func levels(level: Rule.Level, judged: Outcome, broken: Invariant?, outcome: Outcome) {
        let reckoning = Self.reckoning(.rfc(9846), level, profile: .rfc)
        let verdict = Verdict(outcome: judged, summary: "why", brokenInvariant: broken)
        #expect(reckoning.verdict(verdict, of: Made.testCase("a.b[x]"), nil).outcome == outcome)
    }

    @Test("a waiver for a rule that the target does not promise is out of date")
    func unneededWaiver() {
        let waivers = Waivers(entries: [WaiversTests.waiver()])
        let reckoning = Self.reckoning(.ngrokTLSEndpoints, profile: .rfc, waivers: waivers)
        let verdict = reckoning.verdict(WaiversTests.verdict(.fail), of: Made.testCase("a.b[x]"), nil)
        #expect(verdict.outcome == .unexpectedPass)
    }
}

@Suite("Documents of rules")
struct RuleDocumentTests {
    @Test(
        "a document has one name and one origin",
        arguments: [
            ("RFC 9846", .rfc), ("RFC 1", .rfc), ("PROXY protocol", .proxyProtocol), ("declared features", .features),
            ("ngrok TLS endpoints", .ngrok), ("house", .house),
        ] as [(String, Rule.Origin)]
    )
    func known(name: String, origin: Rule.Origin) throws {
        let document = try #require(Rule.Document(name))
        #expect(document.description == name)
        #expect(document.origin == origin)
    }

    @Test(
        "what is not in the registry is no document",
        arguments: [
            "RFC", "RFC ", "RFC 0", "RFC 98460", "RFC 09846", "RFC +9846", "RFC 98 46", "rfc 9846", "House", "",
            "NGROK",
        ]
    )
    func unknown(name: String) {
        #expect(Rule.Document(name) == nil)
    }
}
