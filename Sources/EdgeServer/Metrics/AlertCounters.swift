import CoreMetrics
import TLSWire

/// `alerts_sent_total`, with a counter for each of the 256 alerts that there can be.
struct AlertCounters: Sendable {
    private let counters: [Counter]

    init(_ family: CounterFamily) {
        self.counters = (UInt8.min...UInt8.max).map { family.counter([("alert", "\(AlertDescription(rawValue: $0))")]) }
    }

    subscript(alert: AlertDescription) -> Counter { self.counters[Int(alert.rawValue)] }
}
