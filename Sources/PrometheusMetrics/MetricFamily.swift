/// What all metrics of one name have in common, as the text's HELP and TYPE say it.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case counter
        case gauge
        /// - Parameter bounds: what the values of each bucket are at most, ascending. One for all above them is always there.
        case histogram(bounds: [Double])

        /// For times in seconds: the bounds of Prometheus's own client libraries.
        package static let durations = Kind.histogram(bounds: [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        ])
    }

    package let name: String
    package let kind: Kind
    package let help: String

    /// - Parameter name: with everything that the text shows of it; what Prometheus cannot read in it becomes `_`.
    package init(_ name: String, _ kind: Kind, help: String) {
        self.name = PrometheusText.name(name)
        self.kind = kind
        self.help = help
    }
}

extension MetricFamily.Kind {
    /// The word behind TYPE.
    var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
