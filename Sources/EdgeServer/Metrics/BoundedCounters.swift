package import CoreMetrics
import Synchronization

/// Counters by a label whose values nobody lists, such as BoringSSL's reasons and error codes: each is made when it is first met.
///
/// That takes a lock, which is for what is rare. The values come from closed sets, never from a peer; should one of them
/// grow without end after all, what is beyond the limit counts as `other`.
package final class BoundedCounters: Sendable {
    /// BoringSSL's TLS library has 277 reasons, of which a server meets a few dozen; the edge has some 70 error codes.
    package static let limit = 512

    private let counter: @Sendable (String) -> Counter
    private let counters = Mutex<[String: Counter]>([:])

    package init(_ counter: @escaping @Sendable (String) -> Counter) {
        self.counter = counter
    }

    package convenience init(of family: CounterFamily, by label: String) {
        self.init { family.counter([(label, $0)]) }
    }

    package func increment(_ value: String) {
        let counter = self.counters.withLock { counters in
            if let counter = counters[value] { return counter }
            let value = counters.count < Self.limit ? value : "other"
            let counter = counters[value] ?? self.counter(value)
            counters[value] = counter
            return counter
        }
        counter.increment()
    }
}
