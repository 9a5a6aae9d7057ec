package import CoreMetrics
package import PrometheusMetrics

/// The edge's counters of one name: makes a handle for each choice of labels.
package struct CounterFamily: Sendable {
    static let prefix = "shakedown_edge_"

    private let name: String
    private let store: PrometheusMetrics

    /// - Parameter name: without the edge's own prefix.
    package init(_ name: String, _ help: String, in store: PrometheusMetrics) {
        self.name = Self.prefix + name
        self.store = store
        store.declare(MetricFamily(self.name, .counter, help: help))
    }

    package func counter(_ labels: [(String, String)] = []) -> Counter {
        Counter(label: self.name, dimensions: labels, factory: self.store)
    }
}
