import NIOCore
import Synchronization

/// How late the harness itself is: a beat on every event loop and one among the tasks, each of which should come on time.
///
/// On a busy machine a client of ours may stall for seconds between what it hears and what it says next. Whatever the
/// target did about that is no verdict.
final class Pulse: Sendable {
    private struct Lateness {
        var end: ContinuousClock.Instant
        var amount: Duration
    }

    /// Less is what every program meets.
    static let noticed = Duration.milliseconds(250)
    private static let interval = Duration.milliseconds(100)

    private let spells = Mutex<[Lateness]>([])

    /// Beats until the task is cancelled.
    func run(on loops: some Sequence<any EventLoop>) async {
        let beats = loops.map { loop in
            let last = Mutex(ContinuousClock.now)
            return loop.scheduleRepeatedTask(initialDelay: .init(Self.interval), delay: .init(Self.interval)) { _ in
                let expected = last.withLock { last in
                    defer { last = .now }
                    return last + Self.interval
                }
                self.beat(expected: expected)
            }
        }
        while !Task.isCancelled {
            let expected = ContinuousClock.now + Self.interval
            try? await Task.sleep(until: expected, tolerance: .zero)
            self.beat(expected: expected)
        }
        for beat in beats { beat.cancel() }
    }

    func beat(expected: ContinuousClock.Instant, at now: ContinuousClock.Instant = .now) {
        let amount = now - expected
        guard amount >= Self.noticed else { return }
        self.spells.withLock { $0.append(Lateness(end: now, amount: amount)) }
    }

    /// The most that a beat was late while this lasted.
    func lateness(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Duration {
        self.spells.withLock { spells in
            spells.lazy.filter { $0.end >= start && $0.end - $0.amount <= end }.map(\.amount).max() ?? .zero
        }
    }
}
