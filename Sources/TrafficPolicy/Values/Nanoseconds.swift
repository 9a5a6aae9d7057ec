/// A length of time as CEL's durations are in practice: 64 bits of nanoseconds, some 292 years either way.
package struct Nanoseconds: Hashable, Comparable, Sendable {
    package let count: Int64

    package init(count: Int64) {
        self.count = count
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.count < rhs.count }
}

extension Nanoseconds {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1), ("m", 60_000_000_000),
        ("s", 1_000_000_000),
    ]

    /// Reads Go's form: a sign or none, then numbers with a fraction or none, each with its unit, such as `-1h30m` and `1.5s`.
    init?(_ text: String) {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = Self.readPart(&rest) else { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(part)
            guard !isTooLarge else { return nil }
            total = sum
        }
        self.init(count: isNegative ? -total : total)
    }

    private static func readPart(_ rest: inout Substring.UTF8View) -> Int64? {
        let digits: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let whole = rest.prefix(while: digits)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: digits)
            rest = rest.dropFirst(fraction.count + 1)
        }
        // Fewer than 18 digits each, so that neither leaves 64 bits before its unit is known.
        guard whole.count + fraction.count > 0, whole.count < 18, fraction.count < 18,
            let unit = Self.units.first(where: { rest.starts(with: $0.name.utf8) })
        else { return nil }
        rest = rest.dropFirst(unit.name.utf8.count)
        let wholeValue = whole.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        let (nanoseconds, isTooLarge) = wholeValue.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !isTooLarge else { return nil }
        var share = Double(unit.nanoseconds)
        var parts = 0.0
        for digit in fraction {
            share /= 10
            parts += Double(digit - UInt8(ascii: "0")) * share
        }
        let (sum, isBeyond) = nanoseconds.addingReportingOverflow(Int64(parts.rounded()))
        return isBeyond ? nil : sum
    }
}

extension Nanoseconds: CustomStringConvertible {
    /// Seconds, with as many decimals as there are: `90s`, `-0.25s`.
    package var description: String {
        let (seconds, rest) = self.count.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var fraction = ""
        if rest > 0 {
            let digits = String(rest)
            fraction = "." + String(repeating: "0", count: 9 - digits.count) + digits
            while fraction.last == "0" { fraction.removeLast() }
        }
        return "\(self.count < 0 ? "-" : "")\(seconds)\(fraction)s"
    }
}
