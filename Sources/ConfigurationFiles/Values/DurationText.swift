/// Durations as people write them: `250ms`, `10s`, `1m30s`, `12h`, `30d`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// `nil` for anything but whole numbers, each with its unit, and for sums beyond what can be counted.
    package static func read(_ text: some StringProtocol) -> Duration? {
        guard !text.isEmpty else { return nil }
        var rest = text[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            let name = rest.dropFirst(digits.count).prefix { !("0"..."9").contains($0) }
            guard let count = Int64(digits), let unit = Self.units.first(where: { $0.name == name }) else { return nil }
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: unit.milliseconds)
            let (sum, isBeyond) = total.addingReportingOverflow(product)
            guard !isTooLarge, !isBeyond else { return nil }
            total = sum
            rest = rest.dropFirst(digits.count + name.count)
        }
        return .milliseconds(total)
    }

    /// The same with a sign or without one: `-30d`, `+12h`.
    package static func readOffset(_ text: String) -> Duration? {
        if text.hasPrefix("-") { return Self.read(text.dropFirst()).map { .zero - $0 } }
        return Self.read(text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// The shortest that is exact: `1500ms`, `3s`, `1h`.
    package static func write(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        guard milliseconds != 0 else { return "0s" }
        let unit = Self.units.first { milliseconds % $0.milliseconds == 0 } ?? (name: "ms", milliseconds: 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}

extension Duration {
    /// What is beyond the whole milliseconds is left out.
    package var milliseconds: Int64 {
        self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
