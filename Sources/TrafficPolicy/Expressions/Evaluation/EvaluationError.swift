/// Why an expression has no value. CEL's errors are values too: `&&` and `||` may have a result in spite of one.
///
/// Two are equal when their ``code`` is.
package struct EvaluationError: Error, Hashable, Sendable {
    package let code: Code
    /// Lower case, no full stop.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let overflow = Code(rawValue: "overflow")
        package static let divisionByZero = Code(rawValue: "division by zero")
        package static let wrongType = Code(rawValue: "wrong type")
        package static let noValue = Code(rawValue: "no value")
        package static let noSuchKey = Code(rawValue: "no such key")
        package static let indexOutOfRange = Code(rawValue: "index out of range")
        package static let repeatedKey = Code(rawValue: "repeated key")
        package static let invalidArgument = Code(rawValue: "invalid argument")
        package static let tooManySteps = Code(rawValue: "too many steps")
    }
}

extension EvaluationError: CustomStringConvertible {
    package var description: String { self.message }
}

/// What an evaluation may cost: a step for each part of an expression, each element of a list, each 64 bytes of a text.
package struct EvaluationBudget: Sendable {
    private var remaining: Int

    /// A step takes some ten nanoseconds, so this many hold up an event loop for a few milliseconds at worst. What a policy
    /// with ten rules needs are some hundred.
    package static let ordinary = 100_000

    package init(steps: Int = Self.ordinary) {
        self.remaining = steps
    }

    mutating func spend(_ steps: Int) throws(EvaluationError) {
        self.remaining -= steps
        guard self.remaining >= 0 else {
            // Stays used up, so that no other operand of && or || has a value either.
            self.remaining = 0
            throw EvaluationError(.tooManySteps, "evaluating takes too many steps")
        }
    }

    mutating func spend(bytes: Int) throws(EvaluationError) {
        try self.spend(1 + bytes / 64)
    }

    /// Pays for going through all of a value, which may be much larger than what it took to make it: `[x, x]` of such a list,
    /// thirty times over, holds a thousand million elements in a few hundred bytes.
    ///
    /// - Returns: How many lists and maps are inside each other; 0 for what is neither.
    mutating func spend(goingThrough value: ExpressionValue) throws(EvaluationError) -> Int {
        var depth = 0
        switch value {
        case .list(let elements):
            for element in elements { depth = max(depth, 1 + (try self.spend(goingThrough: element))) }
            try self.spend(1)
            return max(depth, 1)
        case .map(let map):
            for entry in map.entries {
                try self.spend(bytes: entry.key.textualSize)
                depth = max(depth, 1 + (try self.spend(goingThrough: entry.value)))
            }
            try self.spend(1)
            return max(depth, 1)
        case .string, .bytes, .null, .bool, .int, .uint, .double, .timestamp, .duration:
            try self.spend(bytes: value.textualSize)
            return 0
        }
    }
}
