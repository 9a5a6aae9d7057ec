/// Arithmetic that fails where a result does not fit, as CEL has it.
enum Arithmetic {
    static func negate(_ value: ExpressionValue) throws(EvaluationError) -> ExpressionValue {
        switch value {
        case .int(let number): return .int(try Self.fitting(Int64(0).subtractingReportingOverflow(number)))
        case .double(let number): return .double(-number)
        case .null, .bool, .uint, .string, .bytes, .list, .map, .timestamp, .duration:
            throw EvaluationError(.wrongType, "'-' cannot take \(value.type)")
        }
    }

    static func apply(
        _ binary: BinaryOperator,
        _ left: ExpressionValue,
        _ right: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue {
        switch (left, right) {
        case (.int(let first), .int(let second)):
            if let result = try Self.whole(binary, first, second) { return .int(result) }
        case (.uint(let first), .uint(let second)):
            if let result = try Self.whole(binary, first, second) { return .uint(result) }
        case (.double(let first), .double(let second)):
            if let result = Self.real(binary, first, second) { return .double(result) }
        case (.timestamp, _), (.duration, _):
            if let result = try Self.time(binary, left, right) { return result }
        default: break
        }
        throw EvaluationError(.wrongType, "'\(binary.rawValue)' cannot take \(left.type) and \(right.type)")
    }

    private static func fitting<Number>(
        _ result: (partialValue: Number, overflow: Bool)
    ) throws(EvaluationError) -> Number {
        guard !result.overflow else { throw EvaluationError(.overflow, "a number leaves its 64 bits") }
        return result.partialValue
    }

    private static func whole<Number: FixedWidthInteger>(
        _ binary: BinaryOperator,
        _ first: Number,
        _ second: Number
    ) throws(EvaluationError) -> Number? {
        switch binary {
        case .plus: return try self.fitting(first.addingReportingOverflow(second))
        case .minus: return try self.fitting(first.subtractingReportingOverflow(second))
        case .times: return try self.fitting(first.multipliedReportingOverflow(by: second))
        case .divide, .remainder:
            guard second != 0 else { throw EvaluationError(.divisionByZero, "a division by zero") }
            return try self.fitting(
                binary == .divide
                    ? first.dividedReportingOverflow(by: second) : first.remainderReportingOverflow(dividingBy: second)
            )
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn: return nil
        }
    }

    private static func real(_ binary: BinaryOperator, _ first: Double, _ second: Double) -> Double? {
        switch binary {
        case .plus: first + second
        case .minus: first - second
        case .times: first * second
        case .divide: first / second
        case .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn: nil
        }
    }

    private static func time(
        _ binary: BinaryOperator,
        _ left: ExpressionValue,
        _ right: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue? {
        switch (left, binary, right) {
        case (.timestamp(let first), .minus, .timestamp(let second)):
            guard let time = first.time(since: second) else {
                throw EvaluationError(.overflow, "two moments are further apart than a duration can be")
            }
            return .duration(time)
        case (.timestamp(let moment), .plus, .duration(let time)), (.duration(let time), .plus, .timestamp(let moment)):
            return try self.moment(moment.advanced(by: time))
        case (.timestamp(let moment), .minus, .duration(let time)):
            let back = try Self.fitting(Int64(0).subtractingReportingOverflow(time.count))
            return try self.moment(moment.advanced(by: Nanoseconds(count: back)))
        case (.duration(let first), .plus, .duration(let second)):
            let sum = try Self.fitting(first.count.addingReportingOverflow(second.count))
            return .duration(Nanoseconds(count: sum))
        case (.duration(let first), .minus, .duration(let second)):
            let difference = try Self.fitting(first.count.subtractingReportingOverflow(second.count))
            return .duration(Nanoseconds(count: difference))
        default: return nil
        }
    }

    private static func moment(_ instant: Instant?) throws(EvaluationError) -> ExpressionValue {
        guard let instant else { throw EvaluationError(.overflow, "a moment leaves the years 1 to 9999") }
        return .timestamp(instant)
    }
}
