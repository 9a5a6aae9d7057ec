extension ExpressionValue {
    /// Bytes that a conversion reads.
    var textualSize: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .null, .bool, .int, .uint, .double, .list, .map, .timestamp, .duration: 0
        }
    }

    /// What `int(…)`, `string(…)` and their like make of a value.
    func converted(to type: ValueType) throws(EvaluationError) -> ExpressionValue {
        let result: ExpressionValue?
        switch type {
        case .bool: result = self.asBool.map { .bool($0) }
        case .int: result = self.asInt.map { .int($0) }
        case .uint: result = self.asUInt.map { .uint($0) }
        case .double: result = self.asDouble.map { .double($0) }
        case .string: result = self.asString.map { .string($0) }
        case .bytes: result = self.asBytes.map { .bytes($0) }
        case .timestamp: result = self.asTimestamp.map { .timestamp($0) }
        case .duration: result = self.asDuration.map { .duration($0) }
        case .dynamic: result = self
        case .null, .list, .map, .record: result = nil
        }
        guard let result else { throw EvaluationError(.invalidArgument, "\(self.shown) is no \(type)") }
        return result
    }

    private var asBool: Bool? {
        switch self {
        case .bool(let value): value
        case .string("1"), .string("t"), .string("true"), .string("TRUE"), .string("True"): true
        case .string("0"), .string("f"), .string("false"), .string("FALSE"), .string("False"): false
        case .null, .int, .uint, .double, .string, .bytes, .list, .map, .timestamp, .duration: nil
        }
    }

    private var asInt: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        // The lowest int has a double, which CEL refuses with all that lie beyond it.
        case .double(let value): value > -0x1p63 ? Int64(exactly: value.rounded(.towardZero)) : nil
        case .string(let text): Int64(text)
        case .timestamp(let moment): moment.secondsSinceEpoch
        case .null, .bool, .bytes, .list, .map, .duration: nil
        }
    }

    private var asUInt: UInt64? {
        switch self {
        case .int(let value): UInt64(exactly: value)
        case .uint(let value): value
        case .double(let value): value >= 0 ? UInt64(exactly: value.rounded(.towardZero)) : nil
        case .string(let text): UInt64(text)
        case .null, .bool, .bytes, .list, .map, .timestamp, .duration: nil
        }
    }

    private var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        case .string(let text): Double(text)
        case .null, .bool, .bytes, .list, .map, .timestamp, .duration: nil
        }
    }

    private var asString: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): DoubleText.write(value)
        case .string(let text): text
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .timestamp(let moment): moment.description
        case .duration(let time): time.description
        case .null, .list, .map: nil
        }
    }

    private var asBytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .string(let text): Array(text.utf8)
        case .null, .bool, .int, .uint, .double, .list, .map, .timestamp, .duration: nil
        }
    }

    private var asTimestamp: Instant? {
        switch self {
        case .timestamp(let moment): moment
        case .string(let text): Instant(text)
        case .int(let seconds): Instant(secondsSinceEpoch: seconds)
        case .null, .bool, .uint, .double, .bytes, .list, .map, .duration: nil
        }
    }

    private var asDuration: Nanoseconds? {
        switch self {
        case .duration(let time): time
        case .string(let text): Nanoseconds(text)
        case .null, .bool, .int, .uint, .double, .bytes, .list, .map, .timestamp: nil
        }
    }
}

/// Doubles as Go's `%g` has them, and so ngrok: without a fraction where there is none, with an exponent from a million on.
enum DoubleText {
    static func write(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        let magnitude = value.magnitude
        let text = value.description
        let (mantissa, exponent) = Self.parts(text)
        guard magnitude >= 1e6 || exponent != nil else { return Self.withoutZeroFraction(mantissa) }
        guard exponent == nil else {
            return Self.withoutZeroFraction(mantissa) + Self.suffix(exponent ?? 0)
        }
        // 1234567.5 becomes 1.2345675e+06.
        let sign = value < 0 ? "-" : ""
        let number = Self.withoutZeroFraction(String(mantissa.drop { $0 == "-" }))
        let whole = number.prefix { $0 != "." }
        var digits = whole + number.dropFirst(whole.count + 1)
        while digits.last == "0" { digits.removeLast() }
        let fraction = digits.dropFirst()
        return sign + digits.prefix(1) + (fraction.isEmpty ? "" : ".\(fraction)") + Self.suffix(whole.count - 1)
    }

    private static func parts(_ text: String) -> (mantissa: String, exponent: Int?) {
        let parts = text.split(separator: "e")
        return (String(parts[0]), parts.count == 2 ? Int(parts[1]) : nil)
    }

    private static func withoutZeroFraction(_ text: String) -> String {
        text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func suffix(_ exponent: Int) -> String {
        let digits = String(exponent.magnitude)
        return "e\(exponent < 0 ? "-" : "+")\(digits.count == 1 ? "0" : "")\(digits)"
    }
}
