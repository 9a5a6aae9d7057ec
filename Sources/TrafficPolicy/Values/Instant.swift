/// A moment of UTC within the years 1 to 9999, which is all that CEL's timestamps can say.
package struct Instant: Hashable, Comparable, Sendable {
    package let secondsSinceEpoch: Int64
    /// 0 ..< 1,000,000,000
    package let nanoseconds: Int32

    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// 1970-01-01T00:00:00Z
    package static let epoch = Instant(unchecked: 0)

    private init(unchecked secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.nanoseconds = 0
    }

    /// `nil` outside CEL's years.
    package init?(secondsSinceEpoch: Int64, nanoseconds: Int32 = 0) {
        guard Self.range.contains(secondsSinceEpoch), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.secondsSinceEpoch = secondsSinceEpoch
        self.nanoseconds = nanoseconds
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.secondsSinceEpoch, lhs.nanoseconds) < (rhs.secondsSinceEpoch, rhs.nanoseconds)
    }

    /// `nil` outside CEL's years.
    func advanced(by duration: Nanoseconds) -> Instant? {
        let (seconds, rest) = duration.count.quotientAndRemainder(dividingBy: 1_000_000_000)
        var second = self.secondsSinceEpoch + seconds
        var nanosecond = Int64(self.nanoseconds) + rest
        if nanosecond < 0 {
            second -= 1
            nanosecond += 1_000_000_000
        } else if nanosecond >= 1_000_000_000 {
            second += 1
            nanosecond -= 1_000_000_000
        }
        return Instant(secondsSinceEpoch: second, nanoseconds: Int32(nanosecond))
    }

    /// `nil` where the two are further apart than a duration can be.
    func time(since other: Instant) -> Nanoseconds? {
        let seconds = self.secondsSinceEpoch - other.secondsSinceEpoch
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = product.addingReportingOverflow(Int64(self.nanoseconds) - Int64(other.nanoseconds))
        return isTooLarge || isBeyond ? nil : Nanoseconds(count: sum)
    }
}

extension Instant {
    /// Reads RFC 3339: `2026-03-01T12:00:00.25Z`, `2026-03-01T12:00:00+01:00`.
    package init?(_ text: String) {
        var digits = DigitReader(text)
        guard let year = digits.read(4), digits.accept("-"), let month = digits.read(2), digits.accept("-"),
            let day = digits.read(2), digits.accept("T") || digits.accept("t"), let hour = digits.read(2),
            digits.accept(":"), let minute = digits.read(2), digits.accept(":"), let second = digits.read(2),
            (1...12).contains(month), (1...CalendarDate.days(inMonth: month, of: year)).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var nanoseconds: Int64 = 0
        if digits.accept(".") {
            guard let fraction = digits.readFraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = digits.readOffset(), digits.isAtEnd else { return nil }
        let days = CalendarDate(year: year, month: month, day: day).daysSinceEpoch
        self.init(
            secondsSinceEpoch: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: Int32(nanoseconds)
        )
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339, with as many decimals as there are.
    package var description: String {
        let clock = self.clock(offset: 0)
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var fraction = ""
        if self.nanoseconds > 0 {
            fraction = "." + pad(Int64(self.nanoseconds), 9)
            while fraction.last == "0" { fraction.removeLast() }
        }
        return "\(pad(clock.date.year, 4))-\(pad(clock.date.month, 2))-\(pad(clock.date.day, 2))"
            + "T\(pad(clock.hour, 2)):\(pad(clock.minute, 2)):\(pad(clock.second, 2))\(fraction)Z"
    }
}

/// What a clock shows that is so many seconds ahead of UTC.
struct ClockReading {
    let date: CalendarDate
    let hour: Int64
    let minute: Int64
    let second: Int64
}

extension Instant {
    func clock(offset: Int64) -> ClockReading {
        let total = self.secondsSinceEpoch + offset
        var (days, second) = total.quotientAndRemainder(dividingBy: 86_400)
        if second < 0 {
            days -= 1
            second += 86_400
        }
        return ClockReading(
            date: CalendarDate(daysSinceEpoch: days),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60
        )
    }

    /// Seconds that a time zone is ahead of UTC: `UTC`, `+02:00`, `-02:30`, `02:00`. `nil` for what has a name: where a place's
    /// clocks stand is in a database that changes several times a year, and a policy must not mean something else then.
    static func zoneOffset(_ text: String) -> Int64? {
        if text == "UTC" || text == "Z" { return 0 }
        var digits = DigitReader(text.first.map { $0.isNumber } == true ? "+" + text : text)
        guard let offset = digits.readOffset(), digits.isAtEnd else { return nil }
        return offset
    }
}

/// Decimal digits of a fixed number, one group after the other.
private struct DigitReader {
    private let text: [UInt8]
    private var offset = 0

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    var isAtEnd: Bool { self.offset == self.text.count }

    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard self.offset < self.text.count, self.text[self.offset] == UInt8(ascii: character) else { return false }
        self.offset += 1
        return true
    }

    private mutating func readDigit() -> Int64? {
        guard self.offset < self.text.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.text[self.offset])
        else { return nil }
        defer { self.offset += 1 }
        return Int64(self.text[self.offset] - UInt8(ascii: "0"))
    }

    mutating func read(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = self.readDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One to nine digits after a dot, as nanoseconds.
    mutating func readFraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < 9, let digit = self.readDigit() {
            value = value * 10 + digit
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { value *= 10 }
        return value
    }

    /// `Z`, or hours and minutes with a sign, as seconds.
    mutating func readOffset() -> Int64? {
        if self.accept("Z") || self.accept("z") { return 0 }
        let isBehind = self.accept("-")
        guard isBehind || self.accept("+"), let hours = self.read(2), self.accept(":"), let minutes = self.read(2),
            hours < 24, minutes < 60
        else { return nil }
        let offset = hours * 3600 + minutes * 60
        return isBehind ? -offset : offset
    }
}
