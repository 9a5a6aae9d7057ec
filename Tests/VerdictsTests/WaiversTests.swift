import ScenarioModel
import Testing

@testable import Verdicts

@Suite("Waivers")
struct WaiversTests {
    static func waiver(
        _ glob: String = "a.*",
        outcome: Outcome = .fail,
        checks: [String] = ["route", "bytes"],
        isFlaky: Bool = false,
        reason: String = "known"
    ) -> Waiver {
        Waiver(
            cases: glob,
            outcome: outcome,
            checks: checks,
            isFlaky: isFlaky,
            reason: reason,
            link: "https://example.org/1",
            expires: "2027-06-30",
            location: "haproxy/waivers.yaml:1"
        )
    }

    static func verdict(_ outcome: Outcome, failed: [String] = ["route"], broken: Invariant? = nil) -> Verdict {
        Verdict(
            outcome: outcome,
            summary: "why",
            checks: failed.map { Made.failed($0, expected: "this", observed: "that") },
            brokenInvariant: broken
        )
    }

    @Test(
        "what a waiver of a failure makes of a verdict",
        arguments: [
            (.fail, .expectedFail), (.hang, .hang), (.pass, .unexpectedPass), (.passLenient, .unexpectedPass),
            (.informational, .unexpectedPass), (.unsupported, .unsupported), (.skipped, .skipped), (.error, .error),
            (.flaky, .flaky),
        ] as [(Outcome, Outcome)]
    )
    func applies(before: Outcome, after: Outcome) {
        let verdict = Waivers(entries: [Self.waiver()]).apply(to: Self.verdict(before), ofCase: "a.b[x]")
        #expect(verdict.outcome == after)
        #expect((verdict.waiver != nil) == (before != after))
        if let waiver = verdict.waiver {
            #expect(waiver == Waiver.Citation(cases: "a.*", reason: "known", link: "https://example.org/1"))
        }
    }

    struct Wider: Sendable, CustomTestStringConvertible {
        var outcome = Outcome.fail
        var failed: [String]
        var broken: Invariant?
        var summary: String
        var testDescription: String { self.summary }
    }

    @Test(
        "a failure that is more than what is waived stays one, and says what is more",
        arguments: [
            Wider(
                failed: ["route", "handshake"],
                summary: "the waiver 'a.*' covers route and bytes, and handshake failed as well: why"
            ),
            Wider(
                failed: ["handshake", "alert", "handshake", "bytes"],
                summary: "the waiver 'a.*' covers route and bytes, and handshake and alert failed as well: why"
            ),
            Wider(
                failed: ["never any-contacted", "route"],
                broken: .anyContacted,
                summary: "the waiver 'a.*' covers route and bytes, and never any-contacted failed as well: why"
            ),
            Wider(
                outcome: .hang,
                failed: ["route"],
                summary: "the waiver 'a.*' is for fail, and the connection was held open: why"
            ),
            Wider(failed: [], summary: "the waiver 'a.*' covers route and bytes, and it was no check that failed: why"),
        ]
    )
    func narrow(_ wider: Wider) {
        let before = Self.verdict(wider.outcome, failed: wider.failed, broken: wider.broken)
        let after = Waivers(entries: [Self.waiver()]).apply(to: before, ofCase: "a.b[x]")
        #expect(after.outcome == wider.outcome)
        #expect(after.summary == wider.summary)
        #expect(after.waiver == nil)
    }

    @Test("a broken invariant is waived by its own name")
    func invariant() {
        let waivers = Waivers(entries: [Self.waiver(checks: ["never any-contacted", "route"])])
        let broken = Self.verdict(.fail, failed: ["never any-contacted", "route"], broken: .anyContacted)
        #expect(waivers.apply(to: broken, ofCase: "a.b[x]").outcome == .expectedFail)
    }

    @Test("of several waivers for a case the one that covers it speaks")
    func several() {
        let waivers = Waivers(entries: [
            Self.waiver(checks: ["alert"], reason: "first"), Self.waiver(checks: ["route"], reason: "second"),
            Self.waiver(outcome: .hang, checks: ["within"], reason: "third"),
        ])
        #expect(waivers.apply(to: Self.verdict(.fail), ofCase: "a.b").waiver?.reason == "second")
        let hang = waivers.apply(to: Self.verdict(.hang, failed: ["within"]), ofCase: "a.b")
        #expect(hang.outcome == .expectedFail)
        #expect(hang.waiver?.reason == "third")
    }

    @Test("a case that fails now and then may pass, and still fails by its own checks only")
    func flaky() {
        let waivers = Waivers(entries: [Self.waiver(isFlaky: true)])
        #expect(waivers.apply(to: Self.verdict(.pass, failed: []), ofCase: "a.b").outcome == .pass)
        #expect(waivers.apply(to: Self.verdict(.fail), ofCase: "a.b").waiver?.isFlaky == true)
        #expect(waivers.apply(to: Self.verdict(.fail, failed: ["alert"]), ofCase: "a.b").outcome == .fail)
    }

    @Test("a case that no waiver speaks of keeps its verdict")
    func leavesOthers() {
        #expect(Waivers(entries: [Self.waiver()]).apply(to: Self.verdict(.fail), ofCase: "b.a") == Self.verdict(.fail))
    }

    @Test("a waiver without a case is a problem of the run, and so is a check of it that never fails")
    func unused() {
        func problems(_ waiver: Waiver, _ verdicts: [Verdict]) -> [String] {
            let waivers = Waivers(entries: [waiver])
            let results = verdicts.enumerated().map { number, verdict in
                var result = Made.result("a.b[\(number)]", .pass)
                result.verdict = waivers.apply(to: verdict, ofCase: result.testCase.id)
                return result
            }
            return waivers.problems(amongAll: results)
        }
        let place = "haproxy/waivers.yaml:1: the waiver"
        let both = [Self.verdict(.fail), Self.verdict(.fail, failed: ["bytes"])]
        #expect(problems(Self.waiver(), both) == [])
        #expect(problems(Self.waiver("b.*"), both) == ["\(place) 'b.*' matches no case: remove it"])
        #expect(problems(Self.waiver("b.*[*engine=program*"), both) == [], "no client of the run is a program")
        #expect(
            problems(Self.waiver(), [both[0]])
                == ["\(place) 'a.*' covers bytes, which failed in none of its cases: remove it there"]
        )
        #expect(problems(Self.waiver(), [Self.verdict(.unsupported, failed: [])]) == [], "nothing was learnt")
        #expect(problems(Self.waiver(isFlaky: true), [both[0]]) == [])
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
