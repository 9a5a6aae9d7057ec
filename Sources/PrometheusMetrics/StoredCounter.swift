import CoreMetrics
import Synchronization

/// A counter, of whole numbers and of others. It never goes back but by `reset`: what would take it back is left out, as
/// swift-metrics' own floating-point counter does it.
///
/// It is shown once it has counted, be it zero. Handles stand ready for every value that a label may have, and hundreds of
/// counters of things that never happened would hide those that count.
final class StoredCounter: StoredMetric, CounterHandler, FloatingPointCounterHandler {
    static let undeclared = MetricFamily.Kind.counter

    private let whole = Atomic<UInt64>(0)
    /// Counted apart, since adding to a `Double` takes a loop.
    private let others = Atomic<Double>(0)
    private let hasCounted = Atomic(false)

    init?(_ kind: MetricFamily.Kind) {
        guard kind == .counter else { return nil }
    }

    func increment(by amount: Int64) {
        guard let amount = UInt64(exactly: amount) else { return }
        // Past 2^64 it begins anew, which Prometheus takes for a restart of the program. Nobody counts that far.
        self.whole.wrappingAdd(amount, ordering: .relaxed)
        self.noteCount()
    }

    func increment(by amount: Double) {
        guard amount.isFinite, amount >= 0 else { return }
        self.others.add(amount)
        self.noteCount()
    }

    func reset() {
        self.whole.store(0, ordering: .relaxed)
        self.others.store(0, ordering: .relaxed)
    }

    /// Written once, so that the cores that count need not take it from each other.
    private func noteCount() {
        if !self.hasCounted.load(ordering: .relaxed) { self.hasCounted.store(true, ordering: .relaxed) }
    }

    var isShown: Bool { self.hasCounted.load(ordering: .relaxed) }

    var samples: [Sample] {
        let whole = self.whole.load(ordering: .relaxed)
        let others = self.others.load(ordering: .relaxed)
        return [Sample(value: others == 0 ? "\(whole)" : PrometheusText.number(Double(whole) + others))]
    }
}
