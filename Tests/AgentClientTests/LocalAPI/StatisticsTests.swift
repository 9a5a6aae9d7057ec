import AgentClient
import Testing

@Suite("Figures of connections")
struct StatisticsTests {
    private static let start = ContinuousClock.now

    @Test("a rate begins with that of its first five seconds")
    func begins() {
        var rate = MovingRate(minutes: 1, at: Self.start)
        #expect(rate.rate(at: Self.start + .seconds(60)) == 0)
        for second in 0..<5 { rate.note(at: Self.start + .seconds(second)) }
        #expect(rate.rate(at: Self.start + .milliseconds(4_999)) == 0)
        #expect(rate.rate(at: Self.start + .seconds(5)) == 1)
    }

    /// What is left of it after so many minutes is e to the minus that, as of Unix's load average.
    @Test("a rate falls to a third in its minutes when nothing comes", arguments: [1.0, 5, 15])
    func falls(minutes: Double) {
        var rate = MovingRate(minutes: minutes, at: Self.start)
        for _ in 0..<100 { rate.note(at: Self.start) }
        let later = Self.start + .seconds(5) + .seconds(60 * minutes)
        #expect(abs(rate.rate(at: later) - 20 * 0.367_879) < 0.001)
        // Asking changes nothing.
        #expect(rate.rate(at: Self.start + .seconds(5)) == 20)
    }

    @Test("a rate rises to what comes")
    func rises() {
        var rate = MovingRate(minutes: 1, at: Self.start)
        rate.note(at: Self.start)
        for second in 5..<605 { for _ in 0..<3 { rate.note(at: Self.start + .seconds(second)) } }
        #expect(abs(rate.rate(at: Self.start + .seconds(605)) - 3) < 0.01)
    }

    @Test("percentiles lie between what they divide")
    func percentiles() {
        var durations = LatestDurations()
        #expect(durations.percentiles([50, 99]) == [0, 0])
        durations.add(.nanoseconds(10))
        #expect(durations.percentiles([50, 99]) == [10, 10])
        durations.add(.nanoseconds(20))
        #expect(durations.percentiles([50]) == [15])
        for number in 3...99 { durations.add(.nanoseconds(10 * number)) }
        #expect(durations.percentiles([50, 90, 95, 99]) == [500, 900, 950, 990])
    }

    @Test("of many durations the latest count, and no more are kept")
    func latest() {
        var durations = LatestDurations()
        for _ in 0..<LatestDurations.limit { durations.add(.seconds(100)) }
        for _ in 0..<(LatestDurations.limit - 1) { durations.add(.nanoseconds(1)) }
        #expect(durations.percentiles([50, 100]) == [1, 100e9])
        durations.add(.nanoseconds(1))
        #expect(durations.percentiles([100]) == [1])
    }
}
