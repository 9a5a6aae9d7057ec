import CoreMetrics
import Synchronization

/// A gauge. It is shown as soon as it is made: nothing is open is a value too.
final class StoredGauge: StoredMetric, MeterHandler, RecorderHandler {
    static let undeclared = MetricFamily.Kind.gauge

    private let value = Atomic<Double>(0)

    init?(_ kind: MetricFamily.Kind) {
        guard kind == .gauge else { return nil }
    }

    func set(_ value: Int64) { self.set(Double(value)) }

    func set(_ value: Double) { self.value.store(value, ordering: .relaxed) }

    /// An amount that is no number would stay for ever, and is left out.
    func increment(by amount: Double) {
        if amount.isFinite { self.value.add(amount) }
    }

    func decrement(by amount: Double) { self.increment(by: -amount) }

    func record(_ value: Int64) { self.set(value) }

    func record(_ value: Double) { self.set(value) }

    var isShown: Bool { true }

    var samples: [Sample] { [Sample(value: PrometheusText.number(self.value.load(ordering: .relaxed)))] }
}
