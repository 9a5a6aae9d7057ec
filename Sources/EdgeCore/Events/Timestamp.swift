/// A moment in UTC, printed as RFC 3339 asks with nine decimals: `2026-03-01T12:00:00.000000001Z`.
package struct Timestamp: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let secondsSinceEpoch: Int64
    /// 0 ..< 1,000,000,000
    package let nanoseconds: Int32

    package init(secondsSinceEpoch: Int64, nanoseconds: Int32) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.nanoseconds = nanoseconds
    }

    package func advanced(byNanoseconds delta: Int64) -> Timestamp {
        let total = Int64(self.nanoseconds) + delta
        let (seconds, rest) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0
            ? Timestamp(
                secondsSinceEpoch: self.secondsSinceEpoch + seconds - 1,
                nanoseconds: Int32(rest + 1_000_000_000)
            )
            : Timestamp(secondsSinceEpoch: self.secondsSinceEpoch + seconds, nanoseconds: Int32(rest))
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.secondsSinceEpoch, lhs.nanoseconds) < (rhs.secondsSinceEpoch, rhs.nanoseconds)
    }

    package var description: String {
        var (days, second) = self.secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
        if second < 0 {
            days -= 1
            second += 86_400
        }
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):"
            + "\(pad(second % 60, 2)).\(pad(Int64(self.nanoseconds), 9))Z"
    }

    /// The second it is in, as RFC 3339 has it without a fraction: `2026-03-01T12:00:00Z`.
    package var wholeSecond: String { self.description.prefix(while: { $0 != "." }) + "Z" }

    /// The proleptic Gregorian date, counted in eras of 400 years that start on 1 March.
    private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
