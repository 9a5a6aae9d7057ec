package import CoreMetrics
import Synchronization

/// Metrics of swift-metrics, kept and shown as Prometheus reads them.
///
/// Give it to each metric, `Counter(label:dimensions:factory:)`: two edges in one process count for themselves, which the
/// one factory of `MetricsSystem` could not. Whoever makes a metric waits for a lock and looks it up; to count takes
/// neither. So make it once, and keep it.
///
/// A metric of the same name and labels is the same one, whoever made it. One name has one type: to ask for another is a
/// mistake of the program, and ends it.
package final class PrometheusMetrics: MetricsFactory {
    private let families = Mutex<[Family]>([])

    package init() {}

    /// Says once what a name stands for, before there are metrics of it. The text shows it from now on, in the order of the
    /// calls, be there metrics of it or not.
    package func declare(_ family: MetricFamily) {
        self.families.withLock { families in
            precondition(!families.contains { $0.description.name == family.name }, "\(family.name) is there already")
            families.append(Family(family, isDeclared: true))
        }
    }

    /// Everything, in text format 0.0.4. Counting goes on meanwhile: what belongs together may differ by what came in between.
    package var text: String {
        let families = self.families.withLock { $0 }
        return families.map(\.text).joined()
    }

    private func metric<Metric: StoredMetric>(_ label: String, _ dimensions: [(String, String)]) -> Metric {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return self.families.withLock { families in
            let known = families.firstIndex { $0.description.name == name }
            let index = known ?? families.endIndex
            if known == nil {
                families.append(Family(MetricFamily(name, Metric.undeclared, help: ""), isDeclared: false))
            }
            return families[index].metric(labels)
        }
    }

    private func forget(_ handler: AnyObject) {
        self.families.withLock { families in
            for index in families.indices { families[index].forget(handler) }
        }
    }
}

// What was destroyed is shown no more, and starts anew when it is made again.
extension PrometheusMetrics {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.metric(label, dimensions) as StoredCounter
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.metric(label, dimensions) as StoredCounter
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.metric(label, dimensions) as StoredGauge
    }

    /// - Parameter aggregate: whether all values count, in a histogram, or the last one alone.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? self.metric(label, dimensions) as StoredHistogram : self.metric(label, dimensions) as StoredGauge
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.metric(label, dimensions) as StoredHistogram
    }

    package func destroyCounter(_ handler: any CounterHandler) { self.forget(handler) }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.forget(handler) }

    package func destroyMeter(_ handler: any MeterHandler) { self.forget(handler) }

    package func destroyRecorder(_ handler: any RecorderHandler) { self.forget(handler) }

    package func destroyTimer(_ handler: any TimerHandler) { self.forget(handler) }
}

/// All metrics of one name, by their labels.
private struct Family {
    let description: MetricFamily
    /// Without a declaration there is nothing to show where there are no metrics.
    let isDeclared: Bool
    private var metrics: [String: any StoredMetric] = [:]

    init(_ description: MetricFamily, isDeclared: Bool) {
        self.description = description
        self.isDeclared = isDeclared
    }

    mutating func metric<Metric: StoredMetric>(_ labels: String) -> Metric {
        guard let known = self.metrics[labels] else {
            guard let metric = Metric(self.description.kind) else { self.isOfAnotherType() }
            self.metrics[labels] = metric
            return metric
        }
        guard let metric = known as? Metric else { self.isOfAnotherType() }
        return metric
    }

    private func isOfAnotherType() -> Never {
        fatalError("the metric '\(self.description.name)' is a \(self.description.kind.word) already")
    }

    mutating func forget(_ handler: AnyObject) {
        self.metrics = self.metrics.filter { $0.value !== handler }
    }

    var text: String {
        let shown = self.metrics.filter(\.value.isShown).sorted { $0.key < $1.key }
        guard self.isDeclared || !shown.isEmpty else { return "" }
        let name = self.description.name
        var text = ""
        if self.isDeclared { text += "# HELP \(name) \(PrometheusText.help(self.description.help))\n" }
        text += "# TYPE \(name) \(self.description.kind.word)\n"
        for (labels, metric) in shown {
            for sample in metric.samples {
                let all = [labels, sample.label].filter { !$0.isEmpty }.joined(separator: ",")
                text += "\(name)\(sample.suffix)\(all.isEmpty ? "" : "{\(all)}") \(sample.value)\n"
            }
        }
        return text
    }
}
