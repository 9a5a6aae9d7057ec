import Testing

@testable import Verdicts

@Suite("Waivers")
struct WaiversTests {
    private static func waivers(_ glob: String, _ reason: String = "known", link: String? = nil) -> Waivers {
        Waivers(entries: [
            Waiver(
                cases: glob,
                outcome: .fail,
                reason: reason,
                link: link,
                expires: "2027-06-30",
                location: "haproxy/waivers.yaml:1"
            )
        ])
    }

    @Test(
        "what a waiver makes of a verdict",
        arguments: [
            (.fail, .expectedFail), (.hang, .expectedFail), (.pass, .unexpectedPass), (.passLenient, .unexpectedPass),
            (.informational, .unexpectedPass), (.unsupported, .unsupported), (.skipped, .skipped), (.error, .error),
            (.flaky, .flaky),
        ] as [(Outcome, Outcome)]
    )
    func applies(before: Outcome, after: Outcome) {
        let waivers = Self.waivers("a.*", link: "https://example.org/1")
        let verdict = waivers.apply(to: Verdict(outcome: before, summary: "why"), ofCase: "a.b[x]")
        #expect(verdict.outcome == after)
        #expect((verdict.waiver != nil) == (before != after))
        if let waiver = verdict.waiver {
            #expect(waiver == Waiver.Citation(cases: "a.*", reason: "known", link: "https://example.org/1"))
        }
    }

    @Test("a case that no waiver speaks of keeps its verdict")
    func leavesOthers() {
        let verdict = Verdict(outcome: .fail, summary: "why")
        #expect(Self.waivers("a.*").apply(to: verdict, ofCase: "b.a") == verdict)
    }

    @Test("a waiver without a case is a problem of the run, said with its place")
    func unused() {
        let results = [Made.result("a.b[x]", .fail)]
        #expect(Self.waivers("a.*").problems(amongAll: results) == [])
        #expect(
            Self.waivers("b.*").problems(amongAll: results)
                == ["haproxy/waivers.yaml:1: the waiver 'b.*' matches no case: remove it"]
        )
    }
}

@Suite("Version ranges")
struct VersionRangeTests {
    @Test(
        "a range holds for the versions that it names",
        arguments: [
            (">=2.6 <2.8", "2.6.12-1+deb12u4", true), (">=2.6 <2.8", "2.8.0", false), ("=2.6", "2.6.12", true),
            ("<=2.6", "2.6.12", true), (">2.6", "2.6.12", false), (">2.6", "2.10", true), ("<1.22.1", "1.22.0", true),
            (">=2", "unknown", false),
        ]
    )
    func holds(_ range: String, _ version: String, _ holds: Bool) throws {
        #expect(try #require(VersionRange(range)).contains(version) == holds)
    }

    @Test("what is no comparison is no range", arguments: ["2.6", ">= 2.6", "", ">x"])
    func refuses(_ text: String) {
        #expect(VersionRange(text) == nil)
    }
}
