/// When what a destination did not take is sent again, and when no more.
package struct RetryPolicy: Hashable, Sendable {
    /// Before the second try. It is doubled each time.
    package var firstWait: Duration
    package var longestWait: Duration
    /// How much of a `Retry-After` is heeded.
    package var longestAskedFor: Duration
    /// Of one batch.
    package var tries: Int
    /// Of an event, since it was published.
    package var age: Duration

    /// By default some ten minutes of an outage are sat out, and nobody gets what is older than a quarter of an hour.
    package init(
        firstWait: Duration = .milliseconds(500),
        longestWait: Duration = .seconds(60),
        longestAskedFor: Duration = .seconds(300),
        tries: Int = 16,
        age: Duration = .seconds(900)
    ) {
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.longestAskedFor = longestAskedFor
        self.tries = tries
        self.age = age
    }

    /// The wait after so many failures in a row, shortened by up to a half at random, so that the edge does not come back to
    /// all destinations of one service at once.
    package func wait(
        afterFailures failures: Int,
        askedFor: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        var wait = self.firstWait
        for _ in 1..<max(failures, 1) where wait < self.longestWait { wait *= 2 }
        let shortened = min(wait, self.longestWait) * Double.random(in: 0.5...1, using: &generator)
        return max(shortened, min(askedFor ?? .zero, self.longestAskedFor))
    }
}
