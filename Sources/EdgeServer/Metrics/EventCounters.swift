import CoreMetrics
import EdgeEvents

/// What became of events, a counter for each outcome that there can be.
struct EventCounters: Sendable {
    private let counters: [EventOutcome: Counter]

    init(delivered: CounterFamily, dropped: CounterFamily, retried: CounterFamily) {
        self.counters = Dictionary(
            uniqueKeysWithValues: EventOutcome.allCases.map { outcome in
                let counter =
                    switch outcome {
                    case .delivered(let kind): delivered.counter([("destination", kind.rawValue)])
                    case .retried(let kind): retried.counter([("destination", kind.rawValue)])
                    case .dropped(let kind, let reason):
                        dropped.counter([("destination", kind.rawValue), ("reason", reason.rawValue)])
                    case .unrouted: dropped.counter([("destination", "none"), ("reason", "unrouted")])
                    }
                return (outcome, counter)
            }
        )
    }

    func count(_ outcome: EventOutcome, _ count: Int) { self.counters[outcome]?.increment(by: count) }
}
