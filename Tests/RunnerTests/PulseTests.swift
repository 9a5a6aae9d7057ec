import NIOCore
import NIOPosix
import Testing

@testable import Runner

@Suite("How late the harness itself is", .timeLimit(.minutes(1)))
struct PulseTests {
    private static let start = ContinuousClock.now
    private static func at(_ milliseconds: Int) -> ContinuousClock.Instant { Self.start + .milliseconds(milliseconds) }

    @Test("a case knows the latest beat of its own time, and nothing of others'")
    func spells() {
        let pulse = Pulse()
        pulse.beat(expected: Self.at(100), at: Self.at(150))
        pulse.beat(expected: Self.at(1_000), at: Self.at(6_000))
        pulse.beat(expected: Self.at(9_000), at: Self.at(9_400))
        #expect(pulse.lateness(from: Self.at(0), to: Self.at(500)) == .zero, "50 ms are no lateness")
        #expect(pulse.lateness(from: Self.at(0), to: Self.at(2_000)) == .seconds(5))
        #expect(pulse.lateness(from: Self.at(5_000), to: Self.at(9_100)) == .seconds(5))
        #expect(pulse.lateness(from: Self.at(7_000), to: Self.at(8_000)) == .zero)
        #expect(pulse.lateness(from: Self.at(7_000), to: Self.at(10_000)) == .milliseconds(400))
    }

    @Test("an event loop that stands still is noticed")
    func blockedLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pulse = Pulse()
        let start = ContinuousClock.now
        let beating = Task { await pulse.run(on: group.makeIterator()) }
        // Held again until a beat was late: on a busy machine the first may come after the loop was let go.
        let loop = group.next()
        while pulse.lateness(from: start, to: .now) == .zero {
            try await loop.submit {
                let end = ContinuousClock.now + Pulse.noticed * 2
                while ContinuousClock.now < end {}
            }
            .get()
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(pulse.lateness(from: start, to: .now) >= Pulse.noticed)
        beating.cancel()
        await beating.value
        try await group.shutdownGracefully()
    }
}
