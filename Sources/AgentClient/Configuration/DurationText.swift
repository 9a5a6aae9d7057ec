/// Durations as ngrok's files write them: `10s`, `500ms`, `1m30s`.
enum DurationText {
    /// `nil` for anything but positive whole numbers, each with its unit (h, m, s, ms).
    static func read(_ text: String) -> Duration? {
        var rest = text[...]
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard let value = Int64(digits), value < 1_000_000_000 else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            switch unit {
            case "h": total += .seconds(value * 3600)
            case "m": total += .seconds(value * 60)
            case "s": total += .seconds(value)
            case "ms": total += .milliseconds(value)
            default: return nil
            }
            rest = rest.dropFirst(unit.count)
        }
        return total > .zero ? total : nil
    }
}
