import Addresses
import EdgeControl
import EdgeCore
import JSONText
import TrafficPolicy

/// Which objects of a list are wanted: a condition over `obj`, which is each as the API shows it, and `time.now`.
struct ListFilter {
    private struct Subject: ExpressionVariables {
        let object: ExpressionValue
        let now: ExpressionValue?

        func value(of slot: Int) -> ExpressionValue? { slot == 0 ? self.object : self.now }
        func address(of slot: Int) -> IPAddress? { nil }
    }

    private static let scope = ExpressionScope([
        ExpressionScope.Declaration("obj", slot: 0, type: .dynamic),
        ExpressionScope.Declaration("time.now", slot: 1, type: .timestamp),
    ])
    /// For all objects of one request: some ten milliseconds.
    private static let steps = 1_000_000

    private let condition: PolicyExpression
    private let now: ExpressionValue?
    private var budget = EvaluationBudget(steps: Self.steps)

    /// - Throws: ERR_NGROK_250 for what is no condition.
    init(_ source: String, now: Timestamp) throws(ControlError) {
        do throws(ExpressionError) {
            self.condition = try PolicyExpression.condition(source, scope: Self.scope)
        } catch {
            throw .filterInvalid(error.description)
        }
        self.now = Instant(secondsSinceEpoch: now.secondsSinceEpoch, nanoseconds: now.nanoseconds).map {
            .timestamp($0)
        }
    }

    /// - Throws: ERR_NGROK_250 where the condition has no answer, as for a field that an object of this kind does not have.
    mutating func admits(_ object: JSONValue) throws(ControlError) -> Bool {
        let subject = Subject(object: Self.value(object), now: self.now)
        do throws(EvaluationError) {
            return try self.condition.holds(subject, budget: &self.budget)
        } catch {
            throw .filterInvalid(error.message)
        }
    }

    private static func value(_ json: JSONValue, isMoment: Bool = false) -> ExpressionValue {
        switch json {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .decimal(let units, let places): .double((0..<places).reduce(Double(units)) { value, _ in value / 10 })
        case .string(let text): (isMoment ? Instant(text) : nil).map { ExpressionValue.timestamp($0) } ?? .string(text)
        case .array(let elements): .list(elements.map { Self.value($0) })
        case .object(let members):
            .record(members.map { ($0.name, Self.value($0.value, isMoment: Self.moments.contains($0.name))) })
        }
    }

    /// Texts in JSON, moments to whoever compares them.
    private static let moments: Set = [
        "created_at", "updated_at", "started_at", "issued_at", "not_before", "not_after", "renews_at", "retries_at",
    ]
}

extension ControlError {
    fileprivate static func filterInvalid(_ detail: String) -> ControlError {
        ControlError(code: 250, "Invalid CEL query: \(detail)", field: "filter")
    }
}
