/// One metric: a name with its labels. Its value is counted in atomics, from any thread.
protocol StoredMetric: AnyObject, Sendable {
    /// What a name is that nobody has declared.
    static var undeclared: MetricFamily.Kind { get }

    /// `nil` where the name stands for metrics of another type.
    init?(_ kind: MetricFamily.Kind)

    /// Whether the text has it yet.
    var isShown: Bool { get }

    var samples: [Sample] { get }
}

/// One line of the text: `name{labels} value`.
struct Sample {
    /// What stands behind the name, such as `_sum`.
    var suffix = ""
    /// A label beside those of the metric.
    var label = ""
    let value: String
}
