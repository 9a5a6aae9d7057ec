internal import Addresses

extension Evaluator {
    mutating func call(_ function: Function, _ arguments: [Int]) throws(EvaluationError) -> ExpressionValue {
        switch function {
        case .size: return .int(try self.size(of: try self.evaluate(arguments[0])))
        case .startsWith:
            let (text, prefix) = try self.texts(arguments)
            return .bool(text.utf8.starts(with: prefix.utf8))
        case .endsWith:
            let (text, suffix) = try self.texts(arguments)
            return .bool(text.utf8.reversed().starts(with: suffix.utf8.reversed()))
        case .contains:
            let (text, part) = try self.texts(arguments)
            return .bool(try self.isPart(Array(part.utf8), of: Array(text.utf8)))
        case .matches:
            let (text, pattern) = try self.texts(arguments)
            try self.budget.spend(pattern.utf8.count)
            return .bool(try Self.pattern(pattern).matches(text, budget: &self.budget))
        case .lower, .upper, .lowerASCII, .upperASCII:
            let text = try self.evaluateText(arguments[0])
            try self.budget.spend(bytes: text.utf8.count)
            return .string(Self.recased(text, function))
        case .isPrivateIP:
            return .bool(Self.isAddress(try self.evaluateText(arguments[0]), in: PrivateBlocks.all))
        case .inCIDRRange:
            let (address, block) = try self.texts(arguments)
            return .bool(Self.isAddress(address, in: ClientBlocks.read([block])))
        case .inCIDRRanges:
            return .bool(try self.isInRanges(arguments))
        case .convert(let type):
            let value = try self.evaluate(arguments[0])
            try self.budget.spend(bytes: value.textualSize)
            return try value.converted(to: type)
        case .timePart(let part):
            return try self.timePart(part, arguments)
        }
    }

    private mutating func texts(_ arguments: [Int]) throws(EvaluationError) -> (String, String) {
        let (first, second) = (try self.evaluateText(arguments[0]), try self.evaluateText(arguments[1]))
        try self.budget.spend(bytes: second.utf8.count)
        return (first, second)
    }

    /// Code points of a text, octets of bytes, elements.
    private mutating func size(of value: ExpressionValue) throws(EvaluationError) -> Int64 {
        switch value {
        case .string(let text):
            try self.budget.spend(bytes: text.utf8.count)
            return Int64(text.unicodeScalars.count)
        case .bytes(let bytes): return Int64(bytes.count)
        case .list(let elements): return Int64(elements.count)
        case .map(let map): return Int64(map.entries.count)
        case .null, .bool, .int, .uint, .double, .timestamp, .duration:
            throw EvaluationError(.wrongType, "a value of type \(value.type) has no size")
        }
    }

    private mutating func isPart(_ part: [UInt8], of text: [UInt8]) throws(EvaluationError) -> Bool {
        guard let first = part.first else { return true }
        guard part.count <= text.count else { return false }
        try self.budget.spend(bytes: text.count)
        for start in 0...(text.count - part.count) where text[start] == first {
            // What looks alike for long at many places is paid for.
            try self.budget.spend(bytes: part.count)
            if text[start..<(start + part.count)].elementsEqual(part) { return true }
        }
        return false
    }

    private static func pattern(_ text: String) throws(EvaluationError) -> Pattern {
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            throw EvaluationError(.invalidArgument, "no regular expression: \(error.message)")
        }
    }

    private static func recased(_ text: String, _ function: Function) -> String {
        switch function {
        case .lower: return text.lowercased()
        case .upper: return text.uppercased()
        case .lowerASCII: return Self.mapASCII(text) { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        default: return Self.mapASCII(text) { (0x61...0x7a).contains($0) ? $0 & ~0x20 : $0 }
        }
    }

    private static func mapASCII(_ text: String, _ map: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(map), as: UTF8.self)
    }

    private mutating func isInRanges(_ arguments: [Int]) throws(EvaluationError) -> Bool {
        let address = try self.evaluateText(arguments[0])
        let ranges = try self.evaluate(arguments[1])
        guard case .list(let elements) = ranges else {
            throw EvaluationError(.wrongType, "a value of type \(ranges.type) where a list should be")
        }
        try self.budget.spend(elements.count * 4)
        let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        return Self.isAddress(address, in: ClientBlocks.read(texts))
    }

    private mutating func timePart(_ part: TimePart, _ arguments: [Int]) throws(EvaluationError) -> ExpressionValue {
        let value = try self.evaluate(arguments[0])
        switch value {
        case .timestamp(let moment):
            var offset: Int64 = 0
            if arguments.count == 2 {
                let zone = try self.evaluateText(arguments[1])
                guard let known = Instant.zoneOffset(zone) else {
                    throw EvaluationError(
                        .invalidArgument,
                        "the time zone '\(zone)' is not known here; write UTC or an offset such as +02:00"
                    )
                }
                offset = known
            }
            return .int(part.value(of: moment, offset: offset))
        case .duration(let time):
            guard let number = part.value(of: time) else {
                throw EvaluationError(.wrongType, "a duration has no \(part.rawValue)")
            }
            return .int(number)
        case .null, .bool, .int, .uint, .double, .string, .bytes, .list, .map:
            throw EvaluationError(.wrongType, "a value of type \(value.type) has no \(part.rawValue)")
        }
    }
}

/// RFC 1918's.
private enum PrivateBlocks {
    static let all = ClientBlocks.read(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])
}

extension TimePart {
    fileprivate func value(of moment: Instant, offset: Int64) -> Int64 {
        let clock = moment.clock(offset: offset)
        switch self {
        case .date: return clock.date.day
        case .dayOfMonth: return clock.date.day - 1
        case .dayOfWeek: return clock.date.dayOfWeek
        case .dayOfYear: return clock.date.dayOfYear
        case .fullYear: return clock.date.year
        case .month: return clock.date.month - 1
        case .hours: return clock.hour
        case .minutes: return clock.minute
        case .seconds: return clock.second
        case .milliseconds: return Int64(moment.nanoseconds) / 1_000_000
        }
    }

    /// All of a duration in this unit, but of milliseconds those beyond the seconds.
    fileprivate func value(of time: Nanoseconds) -> Int64? {
        switch self {
        case .hours: time.count / 3_600_000_000_000
        case .minutes: time.count / 60_000_000_000
        case .seconds: time.count / 1_000_000_000
        case .milliseconds: time.count / 1_000_000 % 1_000
        case .date, .dayOfMonth, .dayOfWeek, .dayOfYear, .fullYear, .month: nil
        }
    }
}
