import ConfigurationFiles
import ScenarioModel
import Testing

@testable import Targets

@Suite("What a target counts")
struct MetricsTests {
    private static let text = #"""
        # HELP connections_total Connections, "all" of them.
        # TYPE connections_total counter
        connections_total{outcome="served",reason="closed"} 3
        connections_total{outcome="refused", reason="unknown_name",} 2
        connections_total{outcome="a \"b\" {c}, d=\\",reason="closed"} 1 1700000000
        other_connections_total 100
        active 7.0
        broken{outcome="served" 1
        """#

    @Test(
        "is read by name and labels, and added up",
        arguments: [
            ("connections_total", 6), ("'connections_total{outcome=\"served\"}'", 3),
            ("'connections_total{reason=\"closed\"}'", 4), ("'connections_total{reason=\"idle\"}'", 0),
            ("'connections_total{reason=\"closed\",outcome=\"served\"}'", 3), ("active", 7), ("absent", 0),
            ("broken", 0), ("[active, other_connections_total]", 107),
        ]
    )
    func values(series: String, count: Int) throws {
        let yaml = "url: \"http://127.0.0.1:1/metrics\"\ncounters: { accepted: \(series) }\n"
        let plan = try MetricsPlan(YAMLValue.parse(yaml, file: "m.yaml"))
        #expect(plan.values(in: Self.text) == [.accepted: count])
    }

    @Test("what is no number, or beyond all numbers, is nothing that was counted", arguments: ["NaN", "+Inf", "1e300"])
    func notANumber(value: String) throws {
        let yaml = "url: \"http://127.0.0.1:1/metrics\"\ncounters: { accepted: odd_total }\n"
        let plan = try MetricsPlan(YAMLValue.parse(yaml, file: "m.yaml"))
        #expect(plan.values(in: "odd_total \(value)\n") == [.accepted: 0])
    }

    @Test("a name is told of by its samples, and by what announces it before there are any")
    func names() {
        let text = """
            # HELP announced_total What has a word about it.
            # TYPE typed counter
            # a remark about something_else
            sampled{a="b"} 1
            """
        let names = PrometheusSample.names(in: text)
        #expect(names.isSuperset(of: ["announced_total", "typed", "typed_total", "sampled"]))
        #expect(names.isDisjoint(with: ["something_else", "remark", "about", "b"]))
    }

    @Test("labels are what stands between their quotes, escapes and all")
    func labels() throws {
        let samples = PrometheusSample.all(in: Self.text)
        #expect(samples.map(\.value) == [3, 2, 1, 100, 7])
        #expect(samples[2].labels["outcome"] == #"a "b" {c}, d=\"#)
        #expect(samples[1].labels == ["outcome": "refused", "reason": "unknown_name"])
    }

    @Test(
        "what nobody can read is an error",
        arguments: [
            ("url: localhost/metrics\ncounters: { accepted: a }", "must be a URL"),
            ("url: \"http://h/m\"\ncounters: { acepted: a }", "acepted"),
            ("url: \"http://h/m\"\ncounters: { accepted: 'a{b}' }", "a name of Prometheus text"),
        ]
    )
    func errors(text: String, message: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            _ = try MetricsPlan(YAMLValue.parse(text, file: "m.yaml"))
        }
        #expect(error.message.contains(message), "\(error)")
    }
}
