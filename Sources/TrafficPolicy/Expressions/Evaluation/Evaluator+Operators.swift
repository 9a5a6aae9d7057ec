extension Evaluator {
    mutating func apply(
        _ binary: BinaryOperator,
        _ left: ExpressionValue,
        _ right: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue {
        switch binary {
        case .equal: return .bool(try self.areEqual(left, right))
        case .notEqual: return .bool(try !self.areEqual(left, right))
        case .less: return .bool(try self.order(left, right) == .ascending)
        case .lessOrEqual:
            let order = try self.order(left, right)
            return .bool(order == .ascending || order == .same)
        case .greater: return .bool(try self.order(left, right) == .descending)
        case .greaterOrEqual:
            let order = try self.order(left, right)
            return .bool(order == .descending || order == .same)
        case .isIn: return .bool(try self.isElement(left, of: right))
        case .plus:
            if let joined = try self.join(left, right) { return joined }
            return try Arithmetic.apply(binary, left, right)
        case .minus, .times, .divide, .remainder: return try Arithmetic.apply(binary, left, right)
        }
    }

    private mutating func isElement(
        _ element: ExpressionValue,
        of container: ExpressionValue
    ) throws(EvaluationError) -> Bool {
        switch container {
        case .list(let elements):
            for candidate in elements {
                if try self.areEqual(candidate, element) { return true }
            }
            return false
        case .map(let map):
            return try self.value(in: map, for: element) != nil
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration:
            throw EvaluationError(.wrongType, "'in' cannot look into a value of type \(container.type)")
        }
    }

    /// What becomes larger by `+` is paid for by its size.
    private mutating func join(
        _ left: ExpressionValue,
        _ right: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue? {
        switch (left, right) {
        case (.string(let first), .string(let second)):
            try self.budget.spend(bytes: first.utf8.count + second.utf8.count)
            return .string(first + second)
        case (.bytes(let first), .bytes(let second)):
            try self.budget.spend(bytes: first.count + second.count)
            return .bytes(first + second)
        case (.list(let first), .list(let second)):
            try self.budget.spend(first.count + second.count)
            return .list(first + second)
        default: return nil
        }
    }
}

/// How two values stand to each other. NaN stands to nothing.
enum ValueOrder {
    case ascending
    case same
    case descending
    case none

    init<Value: Comparable>(_ first: Value, _ second: Value) {
        self = first < second ? .ascending : first > second ? .descending : first == second ? .same : .none
    }

    var reversed: ValueOrder {
        switch self {
        case .ascending: .descending
        case .descending: .ascending
        case .same, .none: self
        }
    }
}

extension Evaluator {
    /// CEL's equality: values of different types differ, but numbers are equal when they are the same number.
    mutating func areEqual(_ left: ExpressionValue, _ right: ExpressionValue) throws(EvaluationError) -> Bool {
        try self.budget.spend(1)
        switch (left, right) {
        case (.string(let first), .string(let second)):
            try self.budget.spend(bytes: min(first.utf8.count, second.utf8.count))
            return first.hasSameScalars(as: second)
        case (.null, .null): return true
        case (.bool(let first), .bool(let second)): return first == second
        case (.bytes(let first), .bytes(let second)):
            try self.budget.spend(bytes: min(first.count, second.count))
            return first == second
        case (.timestamp(let first), .timestamp(let second)): return first == second
        case (.duration(let first), .duration(let second)): return first == second
        case (.list(let first), .list(let second)):
            guard first.count == second.count else { return false }
            for (one, other) in zip(first, second) {
                guard try self.areEqual(one, other) else { return false }
            }
            return true
        case (.map(let first), .map(let second)):
            guard first.entries.count == second.entries.count else { return false }
            for entry in first.entries {
                guard let other = try self.value(in: second, for: entry.key),
                    try self.areEqual(entry.value, other)
                else { return false }
            }
            return true
        default:
            return left.numericOrder(to: right) == .same
        }
    }

    private mutating func order(
        _ left: ExpressionValue,
        _ right: ExpressionValue
    ) throws(EvaluationError) -> ValueOrder {
        switch (left, right) {
        case (.bool(let first), .bool(let second)): return ValueOrder(first ? 1 : 0, second ? 1 : 0)
        case (.string(let first), .string(let second)):
            try self.budget.spend(bytes: min(first.utf8.count, second.utf8.count))
            // UTF-8 has the order of code points.
            return first.hasSameScalars(as: second)
                ? .same : first.utf8.lexicographicallyPrecedes(second.utf8) ? .ascending : .descending
        case (.bytes(let first), .bytes(let second)):
            try self.budget.spend(bytes: min(first.count, second.count))
            return first == second ? .same : first.lexicographicallyPrecedes(second) ? .ascending : .descending
        case (.timestamp(let first), .timestamp(let second)): return ValueOrder(first, second)
        case (.duration(let first), .duration(let second)): return ValueOrder(first, second)
        default:
            guard let order = left.numericOrder(to: right) else {
                throw EvaluationError(.wrongType, "\(left.type) and \(right.type) have no order")
            }
            return order
        }
    }
}

extension ExpressionValue {
    /// As numbers of any type compare; `nil` unless both are numbers.
    fileprivate func numericOrder(to other: ExpressionValue) -> ValueOrder? {
        switch (self, other) {
        case (.int(let first), .int(let second)): ValueOrder(first, second)
        case (.uint(let first), .uint(let second)): ValueOrder(first, second)
        case (.double(let first), .double(let second)): ValueOrder(first, second)
        case (.int(let first), .uint(let second)): first < 0 ? .ascending : ValueOrder(UInt64(first), second)
        case (.uint, .int), (.double, .int), (.double, .uint): other.numericOrder(to: self)?.reversed
        case (.int(let first), .double(let second)): Self.order(first, second)
        case (.uint(let first), .double(let second)): Self.order(first, second)
        default: nil
        }
    }

    /// Exactly, for a 64-bit number may have no double that is it.
    private static func order<Integer: FixedWidthInteger>(_ first: Integer, _ second: Double) -> ValueOrder {
        guard !second.isNaN else { return .none }
        guard let floor = Integer(exactly: second.rounded(.down)) else {
            return second < 0 ? .descending : .ascending
        }
        if first != floor { return ValueOrder(first, floor) }
        return second > second.rounded(.down) ? .ascending : .same
    }

    /// The number as an index; `nil` for a fraction and for what is no number.
    var wholeNumber: Int? {
        switch self {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value)
        case .double(let value): Int(exactly: value)
        case .null, .bool, .string, .bytes, .list, .map, .timestamp, .duration: nil
        }
    }
}
