import ScenarioModel
import Testing
import Verdicts

@Suite("What a probe found, beside what is declared")
struct ProbeFindingTests {
    @Test(
        "a capability agrees where both say the same, and only a promise that is not kept is wrong",
        arguments: [
            (true, true, .agrees), (true, false, .contradicts), (false, true, .undeclared), (false, false, .agrees),
        ]
            as [(Bool, Bool, ProbeFinding.Agreement)]
    )
    func capability(declared: Bool, found: Bool, agreement: ProbeFinding.Agreement) {
        #expect(ProbeFinding.Agreement(declared: declared, found: found) == agreement)
    }

    @Test(
        "a deadline is kept from a tenth before it to one and a half seconds after it",
        arguments: [
            (KeptFor.ended(after: 2.95), 3, .agrees, "after 3.0 s", "3 s"),
            (.ended(after: 4.4), 3, .agrees, "after 4.4 s", "3 s"),
            (.ended(after: 2.8), 3, .contradicts, "after 2.8 s", "2 to 4 s"),
            (.ended(after: 4.6), 3, .contradicts, "after 4.6 s", "4 to 6 s"),
            (.ended(after: 0.04), 3, .contradicts, "after 0.0 s", "at once"),
            (.ended(after: 5.0), nil, .undeclared, "after 5.0 s", "4 to 6 s"),
            (.open(after: 10.0), 3, .contradicts, "not within 10 s", "not within 10 s"),
            (.open(after: 10.0), nil, .agrees, "not within 10 s", "not within 10 s"),
            (.open(after: 10.0), 60, .noted, "not within 10 s", "not within 10 s"),
        ] as [(KeptFor, Double?, ProbeFinding.Agreement, String, String)]
    )
    func deadline(kept: KeptFor, declared: Double?, agreement: ProbeFinding.Agreement, found: String, steady: String) {
        let finding = ProbeFinding.ofDeadline(.helloDeadline, "silence", kept, declared: declared, evidence: "")
        #expect(finding.agreement == agreement)
        #expect(finding.found == found)
        #expect(finding.steady == steady)
    }

    private static func report(
        _ agreements: [ProbeFinding.Agreement],
        isStrict: Bool = false,
        problems: [String] = []
    ) -> ProbeReport {
        var report = ProbeReport(
            tool: .init(version: "1"),
            target: .init(name: "t", title: "T", version: "1"),
            seed: "0x1",
            startedAt: "",
            isStrict: isStrict
        )
        report.findings = agreements.map { ProbeFinding(.role, found: "yes", $0, evidence: "") }
        report.problems = problems
        return report
    }

    @Test("a wrong declaration fails, and what the harness could not tell is its own trouble")
    func exitCodes() {
        #expect(Self.report([.agrees, .noted, .undeclared]).exitCode == 0)
        #expect(Self.report([.agrees, .undeclared], isStrict: true).exitCode == 1)
        #expect(Self.report([.agrees, .contradicts]).exitCode == 1)
        #expect(Self.report([.contradicts, .undecided]).exitCode == 70)
        #expect(Self.report([.agrees], problems: ["the target died"]).exitCode == 1)
    }

    @Test("a habit that is declared and shows in no role is declared wrongly, and in one is enough")
    func habits() {
        var target = RunReport.TargetIdentity(name: "t", title: "T", version: "1")
        target.behaviours = [DeclaredBehaviour(.noHalfClose, reason: "", location: "")]
        let kept = ProbeFinding(.halfClose, "edge", found: "both directions go on", .noted, evidence: "")
        let lost = ProbeFinding(.halfClose, "passthrough", found: "the client's end ends both", .agrees, evidence: "")
        #expect(target.habitsShown(in: [kept, kept]).map(\.agreement) == [.contradicts, .contradicts])
        #expect(target.habitsShown(in: [kept, lost]).map(\.agreement) == [.noted, .agrees])
        target.behaviours = nil
        #expect(target.habitsShown(in: [kept]).map(\.agreement) == [.noted])
    }

    // MARK: Sizes

    /// Plays a search against an edge that answers as a function says; gives how many rounds it took.
    private static func search(_ range: ClosedRange<Int>, atOnce: Int, answers: (Int) -> Bool) -> (SizeSearch, Int) {
        var search = SizeSearch(range: range)
        var rounds = 0
        while true {
            let sizes = search.next(atMost: atOnce)
            if sizes.isEmpty || rounds > 100 { return (search, rounds) }
            #expect(sizes.count <= atOnce && sizes == sizes.sorted() && Set(sizes).count == sizes.count)
            #expect(sizes.allSatisfy(range.contains))
            search.learn(Dictionary(uniqueKeysWithValues: sizes.map { ($0, answers($0)) }))
            rounds += 1
        }
    }

    @Test("finds the limit to the byte, wherever it is, in as few rounds as there are", arguments: [1, 2, 7, 64])
    func limits(atOnce: Int) {
        for limit in [512, 513, 1_000, 16_383, 16_384, 65_536, 131_070, 131_071] {
            let (search, rounds) = Self.search(512...131_072, atOnce: atOnce) { $0 <= limit }
            #expect(search.answered == limit)
            #expect(search.unanswered == limit + 1)
            #expect(search.exceptions.isEmpty)
            if atOnce == 64 { #expect(rounds <= 4) }
        }
    }

    @Test("an edge that answers all or none has no limit in the range")
    func noLimit() {
        var (search, _) = Self.search(512...131_072, atOnce: 64) { _ in true }
        #expect(search.answered == 131_072 && search.unanswered == nil)
        (search, _) = Self.search(512...131_072, atOnce: 64) { _ in false }
        #expect(search.answered == nil && search.unanswered == 512)
    }

    @Test("a size that is answered above one that is not is an exception, and no limit")
    func holes() {
        let (search, _) = Self.search(512...131_072, atOnce: 64) { !(40_000...70_000).contains($0) }
        #expect(!search.exceptions.isEmpty)
    }
}
