/// The durations of the latest connections, of which the middle and the longest are told.
///
/// It keeps so many and no more, however many there were; a histogram of all would have to be told what lies between a
/// millisecond and a week, and would never forget a bad first hour.
package struct LatestDurations: Hashable, Sendable {
    /// The size of the sample from which ngrok's agents tell theirs (go-metrics').
    package static let limit = 1_028

    /// In nanoseconds, as a ring: the oldest makes room for the next.
    private var durations: [Double] = []
    private var next = 0

    package init() {}

    package mutating func add(_ duration: Duration) {
        let nanoseconds = duration / .nanoseconds(1)
        if self.durations.count < Self.limit {
            self.durations.append(nanoseconds)
        } else {
            self.durations[self.next] = nanoseconds
            self.next = (self.next + 1) % Self.limit
        }
    }

    /// What so many of a hundred are below, in nanoseconds, between two neighbours in proportion; 0 where there was none.
    package func percentiles(_ percentages: [Double]) -> [Double] {
        let sorted = self.durations.sorted()
        return percentages.map { percentage in
            guard let first = sorted.first, let last = sorted.last else { return 0 }
            let position = percentage / 100 * Double(sorted.count + 1)
            guard position >= 1 else { return first }
            guard position < Double(sorted.count) else { return last }
            let below = sorted[Int(position) - 1]
            return below + (position - position.rounded(.down)) * (sorted[Int(position)] - below)
        }
    }
}
