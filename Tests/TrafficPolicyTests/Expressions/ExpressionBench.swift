import Addresses
import Testing
import TrafficPolicy

/// A few names with values, and one without.
enum ExpressionBench {
    static let scope = ExpressionScope(
        [
            .init("conn.client_ip", slot: 0, type: .string), .init("conn.client_port", slot: 1, type: .int),
            .init("conn.ts.start", slot: 2, type: .timestamp), .init("cert.subject", slot: 3, type: .string),
            .init("cert.subject.country", slot: 4, type: .list(.string)),
            .init(
                "cert.extensions",
                slot: 5,
                type: .list(.record(RecordType(fields: ["id": .string, "critical": .bool])))
            ),
            .init("late", slot: 6, type: .string),
            .init("vars", slot: 7, type: .record(RecordType(fields: ["a": .dynamic, "b": .dynamic]))),
            .init("any", slot: 8, type: .dynamic), .init("name", slot: 9, type: .string),
        ],
        absent: ["conn.geo": "nothing here knows places"]
    )

    struct Variables: ExpressionVariables {
        func value(of slot: Int) -> ExpressionValue? {
            switch slot {
            case 0: .string("192.0.2.7")
            case 1: .int(50_000)
            case 2: Instant("2026-03-01T12:00:00Z").map { .timestamp($0) }
            case 3: .string("CN=a,C=DE")
            case 4: .strings(["DE", "FR"])
            case 5: .list([.record([("id", .string("2.5.29.17")), ("critical", .bool(true))])])
            case 7: .record([("a", .int(1))])
            case 8: .string("any")
            case 9: .string("e\u{301}")
            default: nil
            }
        }

        func address(of slot: Int) -> IPAddress? { slot == 0 ? IPAddress("192.0.2.7") : nil }
    }

    static func evaluate(
        _ source: String,
        steps: Int = EvaluationBudget.ordinary
    ) throws -> ExpressionValue {
        var budget = EvaluationBudget(steps: steps)
        return try PolicyExpression(source, scope: Self.scope).evaluate(Variables(), budget: &budget)
    }
}
