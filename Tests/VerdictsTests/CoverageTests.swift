import ScenarioModel
import Testing

@testable import Verdicts

@Suite("Coverage")
struct CoverageTests {
    private static func requirement(
        _ id: String,
        _ level: Rule.Level = .must,
        _ proof: Requirement.Proof,
        former: String? = nil,
        document: Rule.Document = .rfc(9846)
    ) -> Requirement {
        Requirement(
            id: id,
            rule: Rule(document: document, section: "5.1", level: level),
            formerSection: former,
            text: "This is \(id).",
            proof: proof
        )
    }

    private static let tls = RequirementList(
        document: .rfc(9846),
        title: "TLS",
        scope: "Some of it.",
        formerDocument: .rfc(8446),
        requirements: [
            Self.requirement("one", .must, .scenarios(["a.one", "a.two"]), former: "5.1"),
            Self.requirement("two", .must, .scenarios(["b.one"]), former: "5.2"),
            Self.requirement("three", .must, .missing),
            Self.requirement("four", .must, .unobservable(reason: "it is inside"), former: "5.1"),
            Self.requirement("five", .should, .missing, former: "5.1"),
            Self.requirement("six", .may, .missing, former: "5.1"),
        ]
    )
    private static let proxy = RequirementList(
        document: .proxyProtocol,
        title: "PROXY",
        scope: "All of it.",
        requirements: [Self.requirement("seven", .must, .scenarios(["b.one"]), document: .proxyProtocol)]
    )

    private static func scenario(_ id: String, cases: Int, _ document: Rule.Document = .rfc(9846)) -> Scenario {
        var scenario = Scenario(
            id: id,
            title: id,
            rule: Rule(document: document, section: "5.1", level: .must),
            roles: [.edge]
        )
        scenario.cases = (0..<cases).map { Made.testCase("\(id)[\($0)]") }
        return scenario
    }

    private static let scenarios = [
        Self.scenario("a.one", cases: 2), Self.scenario("a.two", cases: 3), Self.scenario("b.one", cases: 1),
    ]

    private static func coverage(_ results: [CaseResult]? = nil, profile: Profile? = .rfc) -> Coverage {
        var run = results.map { Made.report($0) }
        run?.target.profile = profile
        run?.scenarios = Self.scenarios + [Self.scenario("c.one", cases: 1, .house)]
        return Coverage(of: [Self.tls, Self.proxy], scenarios: Self.scenarios, run: run)
    }

    private static func answer(
        to id: String,
        _ results: [CaseResult],
        profile: Profile? = .rfc
    ) -> Coverage.Answer? {
        let coverage = Self.coverage(results, profile: profile)
        return coverage.documents.flatMap(\.sentences).first { $0.id == id }?.answer
    }

    @Test("counts what is covered, what is not, and what nobody outside can tell, by level")
    func tallies() {
        let must = Self.coverage().documents[0].tally(of: .must)
        #expect(must.sentences == 4 && must.covered == 2 && must.missing == 1 && must.unobservable == 1)
        #expect(must.observable == 3)
        let should = Self.coverage().documents[0].tally(of: .should)
        #expect(should.sentences == 1 && should.missing == 1)
        #expect(Self.coverage().tally(of: .must).sentences == 5)
        #expect(Self.coverage().tally(of: .must, from: [.proxyProtocol]).sentences == 1)
        #expect(Self.coverage().documents[0].sentences[0].caseCount == 5)
    }

    @Test("says nothing of a target without a run")
    func noRun() {
        #expect(Self.coverage().target == nil)
        #expect(Self.coverage().documents.flatMap(\.sentences).allSatisfy { $0.answer == nil })
    }

    @Test(
        "takes a sentence for held by a case that came out well, and by none that says nothing",
        arguments: [
            (Outcome.pass, Coverage.Finding.held), (.passLenient, .held), (.unexpectedPass, .held),
            (.informational, .held), (.fail, .failed), (.failShould, .failed), (.expectedFail, .failed),
            (.hang, .failed), (.flaky, .failed), (.unsupported, .notAsked), (.skipped, .notAsked), (.error, .notAsked),
        ]
    )
    func findings(outcome: Outcome, finding: Coverage.Finding) {
        let answer = Self.answer(to: "one", [Made.result("a.one[0]", outcome)])
        #expect(answer?.finding == finding)
        #expect(answer?.asked == (finding == .notAsked ? 0 : 1))
    }

    @Test("takes a sentence for failed by one case that failed, among any number that passed")
    func oneFailed() {
        let results = [
            Made.result("a.one[0]", .pass), Made.result("a.two[0]", .fail), Made.result("a.two[1]", .pass),
            Made.result("b.one[0]", .pass), Made.result("a.one[1]", .unsupported),
        ]
        #expect(
            Self.answer(to: "one", results)
                == Coverage.Answer(finding: .failed, asked: 3, lenient: 0, failedCases: ["a.two[0]"])
        )
        #expect(Self.answer(to: "two", results)?.finding == .held)
        #expect(Self.answer(to: "three", results)?.finding == .notAsked)
    }

    @Test("takes what came out informational for held only where the target promises the scenario's rule")
    func informational() {
        let list = RequirementList(
            document: .rfc(9846),
            title: "TLS",
            scope: "Some of it.",
            requirements: [Self.requirement("house", .must, .scenarios(["c.one"]))]
        )
        func finding(_ profile: Profile?) -> Coverage.Finding? {
            var run = Made.report([Made.result("c.one[0]", .informational)])
            run.target.profile = profile
            run.scenarios = [Self.scenario("c.one", cases: 1, .house)]
            let coverage = Coverage(of: [list], scenarios: run.scenarios, run: run)
            return coverage.documents[0].sentences[0].answer?.finding
        }
        #expect(finding(.rfc) == .notAsked)
        #expect(finding(.all) == .held)
        // Of a report from before there were profiles: everybody was held to everything.
        #expect(finding(nil) == .held)
    }

    @Test("tells what was held to the letter from what was held as other sound edges do")
    func lenient() {
        let results = [
            Made.result("a.one[0]", .pass), Made.result("a.one[1]", .passLenient),
            Made.result("a.two[0]", .informational), Made.result("b.one[0]", .pass),
        ]
        #expect(Self.answer(to: "one", results)?.lenient == 2)
        let tally = Self.coverage(results).documents[0].tally(of: .must)
        #expect(tally.held == 2 && tally.heldStrictly == 1)
        let text = CoverageText.render(Self.coverage(results), .everything)
        #expect(text.contains("    held: 3 of 3 cases, 2 of them leniently\n"), "\(text)")
    }

    @Test("can be of some documents alone")
    func only() {
        let some = Self.coverage().only([.proxyProtocol])
        #expect(some.documents.map(\.name) == [.proxyProtocol])
        #expect(some.tally(of: .must).sentences == 1)
    }

    @Test("prints a table, figures, and what no scenario checks")
    func text() {
        #expect(
            CoverageText.render(Self.coverage()) == """
                                        sentences   covered  not covered  not observable
                RFC 9846        MUST            4  2   50 %     1   25 %        1   25 %
                                SHOULD          1  0    0 %     1  100 %        0    0 %
                PROXY protocol  MUST            1  1  100 %     0    0 %        0    0 %
                together        MUST            5  3   60 %     1   20 %        1   20 %
                                SHOULD          1  0    0 %     1  100 %        0    0 %

                MUSTs covered of those that can be observed: 3 of 4 (75 %)
                SHOULDs covered of those that can be observed: 0 of 1 (0 %)

                not covered

                  RFC 9846 5.1 (not in RFC 8446)  MUST  three
                    This is three.
                  RFC 9846 5.1  SHOULD  five
                    This is five.

                """
        )
        #expect(
            CoverageText.missing(Self.coverage()) == """
                  RFC 9846 5.1 (not in RFC 8446)  MUST  three
                    This is three.
                  RFC 9846 5.1  SHOULD  five
                    This is five.

                """
        )
    }

    @Test("prints of a run what was held of what was asked, and what failed")
    func textOfARun() {
        let results = [
            Made.result("a.one[0]", .pass), Made.result("a.two[0]", .fail), Made.result("b.one[0]", .pass),
        ]
        let text = CoverageText.render(Self.coverage(results))
        #expect(
            text.contains(
                """
                RFC 9846        MUST            4  2   50 %     1   25 %        1   25 %     1       1          2
                """
            ),
            "\(text)"
        )
        #expect(
            text.contains(
                """

                T 1
                RFC MUSTs held of those asked: 1 of 2 (50 %), 1 of them in every case to the letter
                PROXY protocol MUSTs held of those asked: 1 of 1 (100 %), 1 of them in every case to the letter

                failed

                  RFC 9846 5.1  MUST  one
                    This is one.
                    failed: 1 of 2 cases: a.two[0]

                not covered

                """
            ),
            "\(text)"
        )
    }

    @Test("prints everything: what checks each sentence, or why nobody can tell, and what a run came to")
    func everything() {
        let plain = CoverageText.render(Self.coverage(), .everything)
        #expect(
            plain.hasSuffix(
                """
                RFC 9846: TLS, which replaces RFC 8446
                Some of it.

                  RFC 9846 5.1  MUST  one
                    This is one.
                    covered: a.one, a.two (5 cases)
                  RFC 9846 5.1 (RFC 8446 5.2)  MUST  two
                    This is two.
                    covered: b.one (1 case)
                  RFC 9846 5.1 (not in RFC 8446)  MUST  three
                    This is three.
                    not covered
                  RFC 9846 5.1  MUST  four
                    This is four.
                    not observable: it is inside
                  RFC 9846 5.1  SHOULD  five
                    This is five.
                    not covered
                  RFC 9846 5.1  MAY  six
                    This is six.
                    not covered

                PROXY protocol: PROXY
                All of it.

                  PROXY protocol 5.1  MUST  seven
                    This is seven.
                    covered: b.one (1 case)

                """
            ),
            "\(plain)"
        )
        let failed = (0..<5).map { Made.result("a.one[\($0)]", .fail) }
        let run = CoverageText.render(Self.coverage(failed), .everything)
        #expect(run.contains("    failed: 5 of 5 cases: a.one[0], a.one[1], a.one[2] and 2 more\n"), "\(run)")
        #expect(run.contains("    covered: b.one (1 case)\n    not asked\n"), "\(run)")
        let held = CoverageText.render(Self.coverage([Made.result("b.one[0]", .pass)]), .everything)
        #expect(held.contains("    covered: b.one (1 case)\n    held: 1 of 1 cases\n"), "\(held)")
    }

    @Test("rounds to whole per cent, and says all or none only of all or none", arguments: [(199, "99 %"), (1, "1 %")])
    func percent(covered: Int, percent: String) {
        let requirements = (0..<200).map { number in
            Self.requirement("\(number)", .must, number < covered ? .scenarios(["a.one"]) : .missing)
        }
        let list = RequirementList(document: .rfc(1), title: "", scope: "", requirements: requirements)
        let text = CoverageText.render(Coverage(of: [list], scenarios: []))
        #expect(text.contains("\(covered) of 200 (\(percent))"), "\(text)")
    }
}
