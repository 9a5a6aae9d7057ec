import Testing
import TrafficPolicy

@Suite("Expressions put together at random")
struct RandomExpressionTests {
    private static let words = [
        "conn", ".", "client_ip", "conn.client_ip", "any", "vars", "x", "late", "==", "!=", "<", ">=", "in", "+", "-",
        "*", "/", "%", "&&",
        "||", "!", "?", ":", "(", ")", "[", "]", "{", "}", ",", "1", "0", "9223372036854775807", "2u", "1.5", "'a'",
        "\"b\"", "r'\\d+'",
        "b'\\xff'", "''", "true", "false", "null", "size", "has(", ".all(x,", ".map(x,", ".exists(", ".filter(x,",
        ".matches(", ".lower()",
        "int(", "string(", "timestamp('2026-01-01T00:00:00Z')", "duration('1h')", ".getHours()", "inCidrRange(",
        "[1,2,3]", "{'a':1}",
        "${", "\n", "\u{e9}", "\\", "'", "if", "0x", "1e", "//", "dyn(",
    ]

    /// Deterministic: a run that finds something can be run again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            // SplitMix64.
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var value = self.state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }

    @Test("are read or refused, have a value or an error, and never more")
    func random() {
        var generator = Generator(state: 20_260_301)
        var valueCount = 0
        for _ in 0..<50_000 {
            var source = ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                source += Self.words[Int.random(in: 0..<Self.words.count, using: &generator)]
                if Bool.random(using: &generator) { source += " " }
            }
            guard let expression = try? PolicyExpression(source, scope: ExpressionBench.scope) else { continue }
            var budget = EvaluationBudget(steps: 10_000)
            if (try? expression.evaluate(ExpressionBench.Variables(), budget: &budget)) != nil { valueCount += 1 }
        }
        // The words are such that some thousand are expressions; if none is, this tests nothing.
        #expect(valueCount > 500)
    }

    @Test("are read or refused where a good one lost, doubled or swapped a part")
    func mutated() throws {
        let good = [
            "conn.client_ip in ['::1', '192.0.2.7'] && cert.subject.contains('C=DE')",
            "cert.extensions.exists(e, e.critical && e.id.matches('^2\\\\.5\\\\.(29|30)\\\\.[0-9]{1,3}$'))",
            "(conn.client_port > 1024 ? vars.a : {'k': [1, 2.5, 3u]}['k'][0]) == 1 || has(vars.b)",
            "conn.ts.start - duration('1h30m') > timestamp('2026-01-01T00:00:00+01:00')",
        ]
        var generator = Generator(state: 7)
        for _ in 0..<5_000 {
            var bytes = Array(good[Int.random(in: 0..<good.count, using: &generator)].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(bytes[index], at: index)
                default: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &generator))
                }
            }
            let source = String(decoding: bytes, as: UTF8.self)
            guard let expression = try? PolicyExpression(source, scope: ExpressionBench.scope) else { continue }
            var budget = EvaluationBudget(steps: 10_000)
            _ = try? expression.evaluate(ExpressionBench.Variables(), budget: &budget)
        }
        for source in good { #expect(throws: Never.self) { try ExpressionBench.evaluate(source) } }
    }
}
