import EdgeServer
import PrometheusMetrics
import Testing

@Suite("Counters by values that nobody lists")
struct BoundedCountersTests {
    private static func lines(_ store: PrometheusMetrics) -> [String] {
        store.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test("each value has its own, once it was met")
    func values() {
        let store = PrometheusMetrics()
        let counters = BoundedCounters(of: CounterFamily("a_total", "A.", in: store), by: "code")
        #expect(Self.lines(store).isEmpty)
        for value in ["x", "y", "x"] { counters.increment(value) }
        #expect(
            Self.lines(store) == [#"shakedown_edge_a_total{code="x"} 2"#, #"shakedown_edge_a_total{code="y"} 1"#]
        )
    }

    @Test("beyond a number of them they count together, and those that were met before as before")
    func bounded() {
        let store = PrometheusMetrics()
        let counters = BoundedCounters(of: CounterFamily("a_total", "A.", in: store), by: "code")
        for value in 0..<BoundedCounters.limit + 3 { counters.increment("\(value)") }
        counters.increment("0")
        counters.increment("\(BoundedCounters.limit)")
        let lines = Self.lines(store)
        #expect(lines.count == BoundedCounters.limit + 1)
        #expect(lines.contains(#"shakedown_edge_a_total{code="other"} 4"#))
        #expect(lines.contains(#"shakedown_edge_a_total{code="0"} 2"#))
    }
}
