/// Events on their way to one webhook: in order, within a bound, and with what becomes of each.
///
/// What cannot be taken is the newest, as in a ``LineOutlet``: what waits is older and goes on, without holes. Once an event
/// does not fit, none is taken until half of what waits is gone: so there is one gap, where a destination that is a little
/// too slow would else miss every other event.
package struct WebhookQueue {
    package struct Limits: Hashable, Sendable {
        /// Of all that waits.
        package var events: Int
        package var bytes: Int
        /// Of one request. One event is sent however large it is.
        package var batchEvents: Int
        package var batchBytes: Int

        package init(events: Int, bytes: Int, batchEvents: Int, batchBytes: Int) {
            self.events = events
            self.bytes = bytes
            self.batchEvents = batchEvents
            self.batchBytes = batchBytes
        }
    }

    /// What the sender does next.
    package enum Step: Hashable {
        /// Sends this, and says how that went: ``settle(_:now:using:)``.
        case send([[UInt8]], isRepeated: Bool)
        /// These were too old to be sent at all.
        case giveUp(Int)
        /// Sends nothing for so long.
        case pause(Duration)
        case wait
        /// What is left is not sent any more.
        case end
    }

    /// What came of sending.
    package enum Answer: Hashable {
        case taken
        /// It would be refused again.
        case refused
        /// - Parameter askedFor: How long the destination wants to be left alone.
        case failed(askedFor: Duration?)
    }

    private struct Entry {
        let event: [UInt8]
        let since: Duration
    }

    private let limits: Limits
    private let retrying: RetryPolicy
    /// The first of them are those being sent.
    private var entries: [Entry] = []
    private var batchCount = 0
    private var byteCount = 0
    private var isFull = false
    /// Since that was asked for.
    private var missed = 0
    private var end: Duration?
    /// Of the batch.
    private var tries = 0
    /// In a row, whichever batch they were of.
    private var failures = 0
    private var pausedUntil = Duration.zero

    package init(limits: Limits, retrying: RetryPolicy) {
        self.limits = limits
        self.retrying = retrying
    }

    /// What has neither been delivered nor given up.
    package var count: Int { self.entries.count }

    /// The end that was set, or now where nothing would be tried before it; `nil` while events come.
    package var deadline: Duration? { self.end.map { self.pausedUntil >= $0 ? .zero : $0 } }

    // MARK: What comes

    /// Takes an event; `false` when it is lost.
    ///
    /// - Parameter now: On the same clock as in all other calls.
    package mutating func append(_ event: [UInt8], now: Duration) -> Bool {
        guard self.end == nil, !self.isFull, self.entries.count < self.limits.events,
            self.byteCount + event.count <= self.limits.bytes
        else {
            // Where nothing waits nothing can make room: then it is this event alone that is too large.
            self.isFull = !self.entries.isEmpty
            self.missed += 1
            return false
        }
        self.entries.append(Entry(event: event, since: now))
        self.byteCount += event.count
        return true
    }

    /// How many events there was no room for, once there is room again or none come: so each gap is told of once.
    package mutating func gap() -> Int {
        guard !self.isFull || self.end != nil else { return 0 }
        defer { self.missed = 0 }
        return self.missed
    }

    /// Nothing comes any more, and what is not delivered by then will not be.
    package mutating func end(by time: Duration) { self.end = time }

    // MARK: What becomes of it

    package mutating func next(now: Duration) -> Step {
        let old = self.entries.prefix { $0.since + self.retrying.age < now }.count
        if old > 0 {
            self.remove(old)
            return .giveUp(old)
        }
        guard !self.entries.isEmpty else { return self.end == nil ? .wait : .end }
        if let end = self.end, self.pausedUntil >= end { return .end }
        guard self.pausedUntil <= now else { return .pause(self.pausedUntil - now) }
        if self.batchCount == 0 { self.formBatch() }
        return .send(self.entries.prefix(self.batchCount).map(\.event), isRepeated: self.tries > 0)
    }

    private mutating func formBatch() {
        var bytes = 0
        for entry in self.entries {
            bytes += entry.event.count
            guard self.batchCount == 0 || self.batchCount < self.limits.batchEvents && bytes <= self.limits.batchBytes
            else { return }
            self.batchCount += 1
        }
    }

    /// - Returns: how many events have come to their end.
    package mutating func settle(
        _ answer: Answer,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> Int {
        let count = self.batchCount
        switch answer {
        case .taken, .refused:
            // A refusal too is an answer: whoever gives one is there.
            self.failures = 0
            self.remove(count)
            return count
        case .failed(let askedFor):
            self.failures += 1
            self.tries += 1
            self.pausedUntil =
                now
                + self.retrying.wait(afterFailures: self.failures, askedFor: askedFor, using: &generator)
            guard self.tries >= self.retrying.tries else { return 0 }
            self.remove(count)
            return count
        }
    }

    /// The first so many are delivered or given up.
    private mutating func remove(_ count: Int) {
        for entry in self.entries.prefix(count) { self.byteCount -= entry.event.count }
        self.entries.removeFirst(count)
        self.batchCount = max(0, self.batchCount - count)
        if self.batchCount == 0 { self.tries = 0 }
        if self.entries.count <= self.limits.events / 2, self.byteCount <= self.limits.bytes / 2 { self.isFull = false }
    }
}
