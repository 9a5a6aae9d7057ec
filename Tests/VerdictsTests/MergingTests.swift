import ScenarioModel
import Testing
import Verdicts

@Suite("Putting runs together")
struct MergingTests {
    private static func part(_ shard: String?, _ outcomes: [String: Outcome]) -> RunReport {
        var report = Made.report(outcomes.sorted { $0.key < $1.key }.map { Made.result($0.key, $0.value) })
        report.shard = shard.flatMap { Shard($0) }
        report.scenarios = [
            Scenario(
                id: "s",
                title: "S",
                rule: Rule(document: .house, section: "", level: .must),
                roles: [.edge]
            )
        ]
        return report
    }

    private static let parts = [
        Self.part("1/3", ["s[a]": .pass]), Self.part("3/3", ["s[c]": .fail]), Self.part("2/3", ["s[b]": .pass]),
    ]

    @Test("the parts of a selection are one run, in whatever order they come")
    func whole() throws {
        var parts = Self.parts
        parts[1].seed = "0x2"
        parts[1].durationSeconds = 7
        parts[1].startedAt = "2025-12-31T23:59:59Z"
        let report = try RunReport.merging(parts)
        #expect(report.results.map(\.testCase.id) == ["s[a]", "s[b]", "s[c]"])
        #expect(report.results.map(\.verdict.outcome) == [.pass, .pass, .fail])
        #expect(report.problems.isEmpty)
        #expect(report.shard == nil)
        #expect(report.seed == "0x1 0x2")
        #expect(report.durationSeconds == 7)
        #expect(report.startedAt == "2025-12-31T23:59:59Z")
        #expect(report.scenarios.count == 1)
        #expect(report.exitCode == 1)
    }

    @Test("a part that is missing fails the whole")
    func missing() throws {
        let report = try RunReport.merging([Self.parts[0], Self.parts[2]])
        #expect(report.problems == ["part 3/3 is missing"])
        #expect(report.exitCode == 1)
    }

    @Test("a case that is in two runs was repeated")
    func repeated() throws {
        let same = try RunReport.merging([
            Self.part(nil, ["s[a]": .pass, "s[b]": .pass]), Self.part(nil, ["s[a]": .fail, "s[b]": .pass]),
            Self.part(nil, ["s[a]": .pass, "s[b]": .pass]),
        ])
        #expect(same.results.map(\.verdict.outcome) == [.flaky, .pass])
        #expect(same.results[0].repetitions?.counts == [.pass: 2, .fail: 1])
        #expect(same.repetitions == 3)
        let parts = try RunReport.merging(Self.parts)
        #expect(parts.repetitions == nil)
    }

    @Test("what only the whole catalogue can tell of waivers is told of the whole, and of no less")
    func waivers() throws {
        let stale = Waiver(
            cases: "gone*",
            outcome: .fail,
            checks: ["route"],
            reason: "known",
            expires: "2099-01-01",
            location: "waivers.yaml:1"
        )
        var parts = Self.parts
        for index in parts.indices { parts[index].waivers = [stale] }
        let whole = try RunReport.merging(parts)
        #expect(whole.problems == ["waivers.yaml:1: the waiver 'gone*' matches no case: remove it"])
        #expect(try RunReport.merging(Array(parts.dropLast())).problems == ["part 2/3 is missing"])
        #expect(try RunReport.merging(Self.parts).problems.isEmpty, "less than the catalogue was selected")
    }

    @Test("an interrupted part interrupts the whole")
    func interrupted() throws {
        var parts = Self.parts
        for index in 0..<2 {
            parts[index].isInterrupted = true
            parts[index].interruption = RunReport.Interruption(judged: 1, notBegun: 2)
        }
        let report = try RunReport.merging(parts)
        #expect(report.isInterrupted)
        #expect(report.interruption == RunReport.Interruption(judged: 2, notBegun: 4))
    }

    @Test("runs that are not alike are not put together")
    func unlike() {
        func expectRefused(_ text: String, _ change: (inout RunReport) -> Void) {
            var other = Self.parts[2]
            change(&other)
            #expect {
                try RunReport.merging([Self.parts[0], other])
            } throws: { ($0 as? RunReport.MergeTrouble)?.description == text }
        }
        expectRefused("one is a run of T 1, another of T 2") { $0.target.version = "2" }
        expectRefused("one was made by version 1, another by 2") { $0.tool.version = "2" }
        expectRefused("they were held to different profiles of rules (--profile)") { $0.target.profile = .rfc }
        expectRefused("one is part 1/3 and another part 2/4: of different divisions") { $0.shard = Shard("2/4") }
    }
}
