import ConfigurationFiles
import ScenarioModel
import Testing
import Verdicts

@Suite("Globs that cover cases")
struct GlobCoverTests {
    private static func ids(_ roles: [String], _ cuts: [String]) -> [String] {
        roles.flatMap { role in cuts.map { "framing.split[role=\(role),engine=openssl,cut=\($0)]" } }
    }

    @Test("as few as there are, as short as can be, and none matches what it must not")
    func covers() {
        let all = Set(Self.ids(["edge", "passthrough"], ["middle", "name", "end"]))
        func globs(_ ids: [String]) -> [String] { GlobCover.globs(for: Set(ids), avoiding: all.subtracting(ids)) }
        #expect(globs(Self.ids(["edge", "passthrough"], ["name"])) == ["framing.split[*cut=name]"])
        #expect(globs(Self.ids(["edge"], ["middle", "name", "end"])) == ["framing.split[role=edge,*]"])
        #expect(globs(Self.ids(["edge"], ["name"])) == ["framing.split[role=edge,*cut=name]"])
        #expect(globs(Array(all)) == ["framing.split[*]"])
        let two = globs(Self.ids(["edge", "passthrough"], ["name", "end"]))
        #expect(two == ["framing.split[*cut=end]", "framing.split[*cut=name]"])
        #expect(GlobCover.globs(for: ["plain", "other[a=1]"], avoiding: []) == ["other[*]", "plain"])
    }

    @Test("every id is matched and no other, whatever is asked for", arguments: 0..<40)
    func always(seed: Int) {
        let all = Self.ids(["edge", "passthrough", "agent"], ["middle", "name", "end", "first-byte"])
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        let ids = all.filter { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % 3 == 0
        }
        let others = Set(all).subtracting(ids)
        let globs = GlobCover.globs(for: Set(ids), avoiding: others).map { Glob($0) }
        #expect(ids.allSatisfy { id in globs.contains { $0.matches(id) } })
        #expect(!others.contains { id in globs.contains { $0.matches(id) } })
    }
}

@Suite("Waivers that follow what fails")
struct WaiverUpdateTests {
    private static func waiver(
        _ cases: String,
        checks: [String] = ["route"],
        isFlaky: Bool = false,
        line: Int = 1
    ) -> Waiver {
        Waiver(
            cases: cases,
            outcome: .fail,
            checks: checks,
            isFlaky: isFlaky,
            reason: "because of \(cases)",
            expires: "2099-01-01",
            location: "t/waivers.yaml:\(line)"
        )
    }

    private static func id(_ cut: String) -> String { "framing.split[role=edge,cut=\(cut)]" }

    /// What a run says of cases that fail by these checks; without any they pass.
    private static func results(_ failures: [String: [String]], _ waivers: Waivers) -> [CaseResult] {
        failures.sorted { $0.key < $1.key }.map { cut, checks in
            let verdict = Verdict(
                outcome: checks.isEmpty ? .pass : .fail,
                summary: checks.isEmpty ? "" : "it failed",
                checks: checks.map { Made.failed($0, expected: "a", observed: "b") }
            )
            return CaseResult(
                testCase: Made.testCase(Self.id(cut)),
                verdict: waivers.apply(to: verdict, ofCase: Self.id(cut))
            )
        }
    }

    private static func update(
        _ entries: [Waiver],
        _ failures: [String: [String]],
        besides: Set<String> = []
    ) -> WaiverUpdate {
        let waivers = Waivers(entries: entries)
        let results = Self.results(failures, waivers)
        return WaiverUpdate(waivers, results: results, catalogue: Set(results.map(\.testCase.id)).union(besides))
    }

    @Test("what is right stays as it is")
    func nothing() {
        #expect(Self.update([Self.waiver("*cut=name]")], ["name": ["route"], "end": []]).isEmpty)
        #expect(Self.update([Self.waiver("*cut=name]", isFlaky: true)], ["name": []]).isEmpty, "it fails now and then")
    }

    @Test("one that matches nothing, or whose cases pass, goes")
    func removes() {
        let gone = Self.waiver("no.such[*]")
        let passes = Self.waiver("*cut=end]", line: 2)
        let update = Self.update([gone, passes], ["end": []])
        #expect(update.removed == [gone, passes])
        #expect(update.narrowed.isEmpty && update.added.isEmpty)
    }

    @Test("one that covers more than what fails is narrowed, by its cases and by its checks")
    func narrows() throws {
        let wide = Self.waiver("framing.split[*]", checks: ["route", "bytes"])
        let update = Self.update([wide], ["name": ["route"], "end": [], "middle": []])
        #expect(update.removed.isEmpty && update.added.isEmpty)
        let narrowing = try #require(update.narrowed.first)
        #expect(narrowing.parts == [.init(cases: "framing.split[*cut=name]", checks: ["route"])])
    }

    @Test("what a neighbour foretells already is left to it")
    func neighbours() throws {
        let wide = Self.waiver("framing.split[*]")
        let exact = Self.waiver("*cut=name]", line: 9)
        let update = Self.update([wide, exact], ["name": ["route"], "middle": ["route"], "end": []])
        #expect(update.removed.isEmpty)
        #expect(
            update.narrowed == [
                .init(waiver: wide, parts: [.init(cases: "framing.split[*cut=middle]", checks: ["route"])])
            ]
        )
        #expect(Self.update([wide, exact], ["name": ["route"], "end": []]).removed == [wide])
    }

    @Test("one of whose cases not all were played is left alone")
    func partial() {
        let wide = Self.waiver("framing.*")
        #expect(Self.update([wide], ["end": []], besides: ["framing.other[a=1]"]).isEmpty)
    }

    @Test("a new failure gets an entry of its own, and so does a known one that fails in another way too")
    func adds() throws {
        var update = Self.update([], ["name": ["route"], "end": [], "middle": ["route"]])
        #expect(update.added.map(\.cases) == ["framing.split[*cut=middle]", "framing.split[*cut=name]"])
        #expect(update.added.allSatisfy { $0.outcome == .fail && $0.checks == ["route"] && $0.count == 1 })
        let known = Self.waiver("*cut=name]")
        update = Self.update([known], ["name": ["route", "handshake"], "end": []])
        #expect(update.removed == [known], "nothing fails by it alone any more")
        #expect(update.added.map(\.checks) == [["route", "handshake"]])
    }

    @Test("what it makes of the waivers foretells exactly what failed")
    func isExact() {
        let failures = [
            "a": ["route"], "b": ["route", "bytes"], "c": [], "d": ["bytes"], "e": [],
            "f": ["never any-contacted", "route"],
        ]
        let before = [
            Self.waiver("framing.split[*]", checks: ["route", "bytes", "alert"]), Self.waiver("*cut=e]", line: 9),
        ]
        let update = Self.update(before, failures)
        var entries = before.filter { !update.removed.contains($0) }.flatMap { waiver -> [Waiver] in
            guard let narrowing = update.narrowed.first(where: { $0.waiver == waiver }) else { return [waiver] }
            return narrowing.parts.map { Self.waiver($0.cases, checks: $0.checks) }
        }
        entries += update.added.map { Self.waiver($0.cases, checks: $0.checks) }
        let waivers = Waivers(entries: entries)
        let results = Self.results(failures, waivers)
        for result in results {
            let failed = failures.contains { Self.id($0.key) == result.testCase.id && !$0.value.isEmpty }
            #expect(result.verdict.outcome == (failed ? .expectedFail : .pass), "\(result.testCase.id)")
        }
        #expect(waivers.problems(amongAll: results) == [])
        #expect(Self.update(entries, failures).isEmpty, "and there is nothing more to do")
    }

    @Test("a recommendation that was held open is waived as a hang")
    func recommendations() {
        var result = Made.result("a[x=1]", .failShould, checks: [Made.failed("ending", expected: "", observed: "")])
        func outcome() -> Outcome? {
            WaiverUpdate(.none, results: [result], catalogue: ["a[x=1]"]).added.first?.outcome
        }
        #expect(outcome() == .fail)
        result.verdict.wasHeldOpen = true
        #expect(outcome() == .hang)
    }
}
