/// The words of Prometheus' text format 0.0.4.
enum PrometheusText {
    /// A name of a metric. Those of swift-metrics have dots and dashes, which Prometheus cannot read.
    static func name(_ text: String) -> String { Self.word(text, with: ":") }

    /// What stands between the braces: `outcome="served",reason="closed"`. By name, so that one metric has one text.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { (Self.word($0.0), Self.escaped($0.1, Self.labelEscapes)) }.sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    }

    static func help(_ text: String) -> String { Self.escaped(text, Self.helpEscapes) }

    /// A whole number as one, which is what a person expects of a count.
    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return "\(whole)" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.isNaN ? "NaN" : "\(value)"
    }

    /// Letters and digits of ASCII and `_`, with no digit in front; everything else becomes `_`.
    private static func word(_ text: String, with other: Unicode.Scalar = "_") -> String {
        var word = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_", other: word.append(scalar)
            case "0"..."9":
                if word.isEmpty { word.append("_") }
                word.append(scalar)
            default: word.append("_")
            }
        }
        return word.isEmpty ? "_" : String(word)
    }

    private static let helpEscapes: [Unicode.Scalar: String] = ["\\": #"\\"#, "\n": #"\n"#]
    private static let labelEscapes: [Unicode.Scalar: String] = ["\\": #"\\"#, "\n": #"\n"#, "\"": #"\""#]

    /// Scalar by scalar: a line feed behind a carriage return is half a character.
    private static func escaped(_ text: String, _ escapes: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
