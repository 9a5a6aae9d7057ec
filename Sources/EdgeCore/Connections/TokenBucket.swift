/// So many a minute: a bucket that holds what a minute brings and is full at first, so that a crowd after a quiet time comes in.
struct TokenBucket: Sendable {
    private static let minute: UInt64 = 60_000_000_000

    let perMinute: Int
    /// A whole one is as many of these as a minute has nanoseconds: each nanosecond brings `perMinute` of them.
    private var parts: UInt64
    private var filledAt: UInt64?

    /// - Parameter perMinute: 1 to 1,000,000.
    init(perMinute: Int) {
        self.perMinute = perMinute
        self.parts = UInt64(perMinute) * Self.minute
    }

    /// Takes one; `false` where there is none.
    ///
    /// - Parameter now: Nanoseconds of a clock that nobody sets.
    mutating func take(at now: UInt64) -> Bool {
        let filledAt = self.filledAt ?? now
        // Threads ask the clock before they take their turn here, so that one may come with an earlier time.
        let elapsed = now > filledAt ? min(now - filledAt, Self.minute) : 0
        self.filledAt = max(now, filledAt)
        self.parts = min(self.parts + elapsed * UInt64(self.perMinute), UInt64(self.perMinute) * Self.minute)
        guard self.parts >= Self.minute else { return false }
        self.parts -= Self.minute
        return true
    }
}
