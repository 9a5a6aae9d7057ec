import EdgeEvents
import Testing

@Suite("When a webhook is tried again")
struct RetryPolicyTests {
    private static let policy = RetryPolicy(
        firstWait: .seconds(1),
        longestWait: .seconds(8),
        longestAskedFor: .seconds(20),
        tries: 3,
        age: .seconds(100)
    )

    @Test(
        "waits double up to the longest, and are shortened by up to a half",
        arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (1_000_000, 8)]
    )
    func doubles(_ failures: Int, _ seconds: Int) {
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<100).map { _ in Self.policy.wait(afterFailures: failures, askedFor: nil, using: &generator) }
        #expect(waits.allSatisfy { (.seconds(seconds) / 2)...(.seconds(seconds)) ~= $0 })
        #expect(Set(waits).count > 1, "they are not all the same")
    }

    @Test(
        "what a destination asks for is heeded where it is longer, and within reason",
        arguments: [(5, 5), (20, 20), (1_000_000, 20)]
    )
    func askedFor(_ asked: Int, _ waited: Int) {
        var generator = SystemRandomNumberGenerator()
        let wait = Self.policy.wait(afterFailures: 1, askedFor: .seconds(asked), using: &generator)
        #expect(wait == .seconds(waited))
    }

    @Test("what is asked for does not shorten the wait")
    func askedForLess() {
        var generator = SystemRandomNumberGenerator()
        let wait = Self.policy.wait(afterFailures: 4, askedFor: .seconds(1), using: &generator)
        #expect(Duration.seconds(4)...Duration.seconds(8) ~= wait)
    }
}
