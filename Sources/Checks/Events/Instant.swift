/// A point in time from an RFC 3339 timestamp, exact to the nanosecond.
package struct Instant: Hashable, Comparable, Sendable {
    let seconds: Int
    let nanoseconds: Int
    /// How many nanoseconds the text cannot tell apart.
    let precision: Int

    /// As exact as a clock can be.
    package init(secondsSince1970 seconds: Int, nanoseconds: Int) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.precision = 1
    }

    /// `nil` for anything that is no `2026-11-23T07:02:33.123456789Z` or the same with `+01:00`.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func has(_ character: Unicode.Scalar, at index: Int) -> Bool {
            index < bytes.count && bytes[index] == UInt8(ascii: character)
        }
        guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), has("T", at: 10) || has("t", at: 10), let hour = number(11..<13),
            has(":", at: 13), let minute = number(14..<16), has(":", at: 16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var nanoseconds = 0
        var precision = 1_000_000_000
        if has(".", at: index) {
            index += 1
            var scale = 100_000_000
            let first = index
            while index < bytes.count, let digit = number(index..<(index + 1)) {
                nanoseconds += digit * scale
                precision = max(1, scale)
                scale /= 10
                index += 1
            }
            guard index > first else { return nil }
        }
        var offset = 0
        if has("Z", at: index) || has("z", at: index) {
            index += 1
        } else {
            guard has("+", at: index) || has("-", at: index), let hours = number((index + 1)..<(index + 3)),
                has(":", at: index + 3), let minutes = number((index + 4)..<(index + 6))
            else { return nil }
            offset = (hours * 60 + minutes) * (has("-", at: index) ? -60 : 60)
            index += 6
        }
        guard index == bytes.count else { return nil }
        self.seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.nanoseconds = nanoseconds
        self.precision = precision
    }

    /// Whether it lies before another, also where its last digits were cut off.
    package func isSurelyBefore(_ other: Self) -> Bool {
        (self.seconds, self.nanoseconds) < (other.seconds, other.nanoseconds - other.nanoseconds % self.precision)
    }

    var isFinerThanMilliseconds: Bool { self.nanoseconds % 1_000_000 != 0 }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
    }

    /// However many digits it was written with.
    package static func == (lhs: Self, rhs: Self) -> Bool {
        (lhs.seconds, lhs.nanoseconds) == (rhs.seconds, rhs.nanoseconds)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.seconds)
        hasher.combine(self.nanoseconds)
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counting years from March so that leap days come last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
