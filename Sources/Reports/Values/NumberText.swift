import JSONText

/// Numbers as every report prints them: a dot, no grouping, never `nan` and never negative, whatever the locale.
enum NumberText {
    /// A decimal number with so many digits after the dot. What is not a finite positive number prints as zero.
    static func fixed(_ value: Double, digits: Int) -> String {
        // What JSON writes is read by people too.
        String(decoding: Self.decimal(value, digits: digits).encoded, as: UTF8.self)
    }

    /// The same for the page's script.
    static func decimal(_ value: Double, digits: Int) -> JSONValue {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value * Double(scale)).rounded()
        return .decimal(scaled.isFinite && scaled > 0 && scaled < 1e15 ? Int64(scaled) : 0, places: digits)
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
