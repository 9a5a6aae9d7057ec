/// Numbers as every report prints them: a dot, no grouping, never `nan` and never negative, whatever the locale.
enum NumberText {
    /// A decimal number with so many digits after the dot. What is not a finite positive number prints as zero.
    static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value * Double(scale)).rounded()
        guard scaled.isFinite, scaled > 0, scaled < 1e15 else {
            return digits == 0 ? "0" : "0." + String(repeating: "0", count: digits)
        }
        let whole = Int(scaled)
        guard digits > 0 else { return String(whole) }
        let fraction = String(whole % scale)
        return "\(whole / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// `412 ms`, `3.2 s`, `2 min 5 s`.
    static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds > 0 else { return "0 ms" }
        if seconds < 0.9995 { return Self.milliseconds(seconds * 1000) }
        if seconds < 59.95 { return Self.fixed(seconds, digits: 1) + " s" }
        let whole = Int(min(seconds, 1e9).rounded())
        return "\(whole / 60) min \(whole % 60) s"
    }

    /// One digit after the dot below 100 ms, where it still says something.
    static func milliseconds(_ value: Double) -> String {
        Self.fixed(value, digits: value < 100 ? 1 : 0) + " ms"
    }

    /// `1 case`, `2 cases`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(number == 1 ? noun : noun + "s")"
    }
}
