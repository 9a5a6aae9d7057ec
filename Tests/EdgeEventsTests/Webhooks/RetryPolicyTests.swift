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

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "it is seconds or a date",
        arguments: [
            ("0", .zero), ("120", .seconds(120)), ("999999999", .seconds(999_999_999)),
            // The example of RFC 9110 section 5.6.7.
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(10)),
            ("Sun, 06 Nov 1994 08:49:26 GMT", .zero),
            ("Tue, 29 Feb 2000 00:00:00 GMT", .seconds(951_782_400 - 784_111_767)),
        ] as [(String, Duration)]
    )
    func asks(_ text: String, _ expected: Duration) {
        #expect(RetryAfter.wait(text, secondsSinceEpoch: 784_111_767) == expected)
    }

    @Test(
        "what is neither asks for nothing",
        arguments: [
            "", "-1", "1.5", "soon", "10000000000", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        ]
    )
    func asksForNothing(_ text: String) {
        #expect(RetryAfter.wait(text, secondsSinceEpoch: 784_111_767) == nil)
    }
}
