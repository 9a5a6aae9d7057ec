import CoreMetrics
import Synchronization

/// How many values were at most so large, for a few sizes; and their sum. Times are in seconds, Prometheus' unit.
///
/// It is shown once it has a value.
final class StoredHistogram: StoredMetric, RecorderHandler, TimerHandler {
    static let undeclared = MetricFamily.Kind.durations

    private final class Bucket: Sendable {
        let bound: Double
        /// Of the values that no smaller bucket has.
        let count = Atomic<UInt64>(0)

        init(_ bound: Double) {
            self.bound = bound
        }
    }

    private let buckets: [Bucket]
    private let sum = Atomic<Double>(0)

    init?(_ kind: MetricFamily.Kind) {
        guard case .histogram(let bounds) = kind else { return nil }
        self.buckets = (bounds + [.infinity]).map { Bucket($0) }
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    /// A value that is no number is in no bucket, and makes no sum.
    func record(_ value: Double) {
        guard value.isFinite, let bucket = self.buckets.first(where: { value <= $0.bound }) else { return }
        bucket.count.wrappingAdd(1, ordering: .relaxed)
        self.sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    var isShown: Bool { self.buckets.contains { $0.count.load(ordering: .relaxed) > 0 } }

    var samples: [Sample] {
        var total: UInt64 = 0
        var samples: [Sample] = []
        for bucket in self.buckets {
            total &+= bucket.count.load(ordering: .relaxed)
            let label = #"le="\#(PrometheusText.number(bucket.bound))""#
            samples.append(Sample(suffix: "_bucket", label: label, value: "\(total)"))
        }
        let sum = PrometheusText.number(self.sum.load(ordering: .relaxed))
        return samples + [Sample(suffix: "_sum", value: sum), Sample(suffix: "_count", value: "\(total)")]
    }
}
