import Foundation

/// How many events there are a second, of which the latest count most: an exponentially weighted moving average, as Unix's load
/// average is one and ngrok's agents have it.
///
/// It holds no timer. What time has done to it is worked out when it is asked.
package struct MovingRate: Hashable, Sendable {
    /// The load average's.
    private static let interval = Duration.seconds(5)

    /// How much of the rate the latest interval makes up.
    private let weight: Double
    /// `nil` until the first interval is over, whose rate the average begins with.
    private var average: Double?
    private var start: ContinuousClock.Instant
    /// In the interval that has begun.
    private var count = 0

    /// - Parameter minutes: After these an event counts for a third of what it did.
    package init(minutes: Double, at now: ContinuousClock.Instant) {
        self.weight = 1 - exp(-(Self.interval / .seconds(60)) / minutes)
        self.start = now
    }

    package mutating func note(at now: ContinuousClock.Instant) {
        self.advance(to: now)
        self.count += 1
    }

    /// Events a second.
    package func rate(at now: ContinuousClock.Instant) -> Double {
        var later = self
        later.advance(to: now)
        return later.average ?? 0
    }

    private mutating func advance(to now: ContinuousClock.Instant) {
        let intervals = ((now - self.start) / Self.interval).rounded(.down)
        guard intervals >= 1 else { return }
        let latest = Double(self.count) / (Self.interval / .seconds(1))
        let average = self.average.map { $0 + self.weight * (latest - $0) } ?? latest
        // Nothing was counted in the rest of them.
        self.average = average * pow(1 - self.weight, intervals - 1)
        self.start += Self.interval * intervals
        self.count = 0
    }
}
