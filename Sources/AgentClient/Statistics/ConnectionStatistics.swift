import Synchronization

/// What is told of a tunnel's connections.
package struct ConnectionFigures: Hashable, Sendable {
    /// All that there were.
    package var count = 0
    /// Those that are open.
    package var open = 0
    /// New ones a second, of the last minute, five minutes and quarter of an hour.
    package var rate1 = 0.0
    package var rate5 = 0.0
    package var rate15 = 0.0
    /// How long those took that have ended, in nanoseconds.
    package var p50 = 0.0
    package var p90 = 0.0
    package var p95 = 0.0
    package var p99 = 0.0

    package init() {}
}

/// Counts the connections of one tunnel, as long as it is wanted and whatever becomes of its sessions.
final class ConnectionStatistics: Sendable {
    private struct State {
        var count = 0
        var open = 0
        var rates: [MovingRate]
        var durations = LatestDurations()
    }

    private let state: Mutex<State>

    init(at now: ContinuousClock.Instant = .now) {
        self.state = Mutex(State(rates: [1, 5, 15].map { MovingRate(minutes: $0, at: now) }))
    }

    func opened(at now: ContinuousClock.Instant) {
        self.state.withLock { state in
            state.count += 1
            state.open += 1
            for index in state.rates.indices { state.rates[index].note(at: now) }
        }
    }

    func closed(after duration: Duration) {
        self.state.withLock { state in
            state.open -= 1
            state.durations.add(duration)
        }
    }

    func figures(at now: ContinuousClock.Instant) -> ConnectionFigures {
        let state = self.state.withLock { $0 }
        var figures = ConnectionFigures()
        figures.count = state.count
        figures.open = state.open
        let rates = state.rates.map { $0.rate(at: now) }
        (figures.rate1, figures.rate5, figures.rate15) = (rates[0], rates[1], rates[2])
        let percentiles = state.durations.percentiles([50, 90, 95, 99])
        (figures.p50, figures.p90) = (percentiles[0], percentiles[1])
        (figures.p95, figures.p99) = (percentiles[2], percentiles[3])
        return figures
    }
}

/// The counters of an agent's tunnels, by their names.
final class TunnelTraffic: Sendable {
    private let tunnels = Mutex<[String: ConnectionStatistics]>([:])

    func statistics(of tunnel: String) -> ConnectionStatistics {
        self.tunnels.withLock { tunnels in
            if let known = tunnels[tunnel] { return known }
            let fresh = ConnectionStatistics()
            tunnels[tunnel] = fresh
            return fresh
        }
    }

    /// Another tunnel of that name starts from zero. Connections that are open are counted to their ends, where nobody asks.
    func forget(_ tunnel: String) { self.tunnels.withLock { $0[tunnel] = nil } }
}
