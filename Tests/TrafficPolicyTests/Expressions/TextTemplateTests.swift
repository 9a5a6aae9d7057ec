import Testing
import TrafficPolicy

@Suite("Texts with expressions in them")
struct TextTemplateTests {
    private func value(_ source: String) throws -> ExpressionValue {
        var budget = EvaluationBudget()
        return try TextTemplate(source, scope: ExpressionBench.scope).value(
            ExpressionBench.Variables(),
            budget: &budget
        )
    }

    @Test(
        "have the values in their place",
        arguments: [
            ("", "\"\""), ("plain $ {} }", "\"plain $ {} }\""), ("from ${conn.client_ip}!", "\"from 192.0.2.7!\""),
            ("${conn.client_ip}:${conn.client_port}", "\"192.0.2.7:50000\""),
            ("a${1.5}${2u}${true}${null}", "\"a1.52truenull\""),
            ("x ${[1, 'a']} ${ {'k': 2.0} }", #""x [1,\"a\"] {\"k\":2.0}""#),
            ("at ${conn.ts.start}", "\"at 2026-03-01T12:00:00Z\""),
            ("${'}'}${\"{\"}", "\"}{\""), ("x${b'ab'}${duration('90s')}", "\"xab90s\""), ("é${'é'}", "\"éé\""),
            ("$${1}", "\"$1\""),
        ]
    )
    func texts(_ source: String, _ value: String) throws {
        #expect(try self.value(source).description == value)
    }

    @Test(
        "that are one expression keep its type",
        arguments: [
            ("${conn.client_port}", "50000"), ("${uint(1.5) + 10u}", "11u"), ("${vars.a}", "1"),
            ("${[1, 2]}", "[1, 2]"), ("${ {'a': 1}.a }", "1"),
            (" ${1}", "\" 1\""), ("${null}", "null"),
        ]
    )
    func types(_ source: String, _ value: String) throws {
        #expect(try self.value(source).description == value)
    }

    @Test(
        "are refused where their expression is wrong",
        arguments: [
            ("a ${", "the end where a value should be", 5), ("a ${}", "'}' where a value should be", 5),
            ("a ${1", "the end where '}' should be", 6),
            ("é ${conn.client_pi}", "there is no 'conn.client_pi'; did you mean 'conn.client_ip'?", 5),
            ("${1 2}", "a number where '}' should be", 5),
        ]
    )
    func refusals(_ source: String, _ message: String, _ column: Int) throws {
        let error = try #require(throws: ExpressionError.self) {
            try TextTemplate(source, scope: ExpressionBench.scope)
        }
        #expect(error.message == message)
        #expect(error.column == column)
    }

    @Test("cost what they become")
    func budget() throws {
        var budget = EvaluationBudget(steps: 100)
        let template = try TextTemplate("a" + "${conn.client_ip}".repeated(100), scope: ExpressionBench.scope)
        let error = try #require(throws: EvaluationError.self) {
            try template.text(ExpressionBench.Variables(), budget: &budget)
        }
        #expect(error.code == .tooManySteps)
    }
}
