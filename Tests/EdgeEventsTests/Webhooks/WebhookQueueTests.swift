import EdgeEvents
import Testing

@Suite("Events on their way to a webhook")
struct WebhookQueueTests {
    private static let retrying = RetryPolicy(
        firstWait: .seconds(2),
        longestWait: .seconds(2),
        longestAskedFor: .seconds(20),
        tries: 3,
        age: .seconds(100)
    )

    private func queue(
        events: Int = 10,
        bytes: Int = 1_000,
        batchEvents: Int = 3,
        batchBytes: Int = 1_000
    ) -> WebhookQueue {
        WebhookQueue(
            limits: .init(events: events, bytes: bytes, batchEvents: batchEvents, batchBytes: batchBytes),
            retrying: Self.retrying
        )
    }

    private func append(_ queue: inout WebhookQueue, _ event: [UInt8], now: Duration) -> Bool {
        queue.append(event, now: now)
    }

    /// Settles at a time, whatever the dice say.
    private func settle(_ queue: inout WebhookQueue, _ answer: WebhookQueue.Answer, at seconds: Int) -> Int {
        var generator = SystemRandomNumberGenerator()
        return queue.settle(answer, now: .seconds(seconds), using: &generator)
    }

    @Test("batches have what waits, in order, within their bounds")
    func batches() {
        var queue = self.queue(batchEvents: 3, batchBytes: 5)
        #expect(queue.next(now: .zero) == .wait)
        let events: [[UInt8]] = [[1], [2], [3], [4], [5, 5, 5, 5], [6, 6, 6, 6, 6, 6, 6], [7]]
        for event in events { #expect(self.append(&queue, event, now: .zero)) }
        for expected in [[[1], [2], [3]], [[4], [5, 5, 5, 5]], [[6, 6, 6, 6, 6, 6, 6]], [[7]]] as [[[UInt8]]] {
            #expect(queue.next(now: .zero) == .send(expected, isRepeated: false))
            #expect(self.settle(&queue, .taken, at: 0) == expected.count)
        }
        #expect(queue.next(now: .zero) == .wait)
        queue.end(by: .seconds(10))
        #expect(queue.next(now: .zero) == .end)
    }

    @Test("what failed is sent again as it was, after a pause, whatever came meanwhile")
    func again() {
        var queue = self.queue()
        #expect(self.append(&queue, [1], now: .zero))
        #expect(queue.next(now: .zero) == .send([[1]], isRepeated: false))
        #expect(self.append(&queue, [2], now: .zero))
        #expect(self.settle(&queue, .failed(askedFor: nil), at: 0) == 0)
        guard case .pause(let wait) = queue.next(now: .zero) else {
            Issue.record("no pause")
            return
        }
        #expect(Duration.seconds(1)...Duration.seconds(2) ~= wait)
        #expect(queue.next(now: wait) == .send([[1]], isRepeated: true))
        #expect(self.settle(&queue, .taken, at: 2) == 1)
        #expect(queue.next(now: .seconds(2)) == .send([[2]], isRepeated: false))
    }

    @Test("after so many tries a batch is given up, and the pause is kept for the next")
    func givenUp() {
        var queue = self.queue(batchEvents: 2)
        for event in [[1], [2], [3]] as [[UInt8]] { #expect(self.append(&queue, event, now: .zero)) }
        for (time, settled) in [(0, 0), (10, 0), (20, 2)] {
            #expect(queue.next(now: .seconds(time)) == .send([[1], [2]], isRepeated: time > 0))
            #expect(self.settle(&queue, .failed(askedFor: nil), at: time) == settled)
        }
        guard case .pause = queue.next(now: .seconds(20)) else {
            Issue.record("no pause")
            return
        }
        #expect(queue.next(now: .seconds(30)) == .send([[3]], isRepeated: false))
    }

    @Test("a refusal gives the batch up at once, without a pause")
    func refused() {
        var queue = self.queue(batchEvents: 1)
        for event in [[1], [2]] as [[UInt8]] { #expect(self.append(&queue, event, now: .zero)) }
        #expect(queue.next(now: .zero) == .send([[1]], isRepeated: false))
        #expect(self.settle(&queue, .refused, at: 0) == 1)
        #expect(queue.next(now: .zero) == .send([[2]], isRepeated: false))
    }

    @Test("what a destination asks for is waited for")
    func askedFor() {
        var queue = self.queue()
        #expect(self.append(&queue, [1], now: .zero))
        _ = queue.next(now: .zero)
        #expect(self.settle(&queue, .failed(askedFor: .seconds(7)), at: 0) == 0)
        #expect(queue.next(now: .seconds(1)) == .pause(.seconds(6)))
    }

    @Test("what is too old is given up, also in the middle of a batch, and the rest goes on")
    func tooOld() {
        var queue = self.queue()
        #expect(self.append(&queue, [1], now: .zero))
        #expect(self.append(&queue, [2], now: .seconds(50)))
        #expect(queue.next(now: .seconds(99)) == .send([[1], [2]], isRepeated: false))
        #expect(self.settle(&queue, .failed(askedFor: nil), at: 99) == 0)
        #expect(queue.next(now: .seconds(102)) == .giveUp(1))
        #expect(queue.next(now: .seconds(102)) == .send([[2]], isRepeated: true))
        #expect(self.settle(&queue, .failed(askedFor: nil), at: 102) == 0)
        #expect(queue.next(now: .seconds(151)) == .giveUp(1))
        #expect(queue.next(now: .seconds(151)) == .wait)
    }

    @Test(
        "the newest are lost where there is no room, until half of it is there again",
        arguments: [(4, 1_000), (1_000, 4)]
    )
    func overflow(_ events: Int, _ bytes: Int) {
        var queue = self.queue(events: events, bytes: bytes, batchEvents: 1)
        for event in 1...4 { #expect(self.append(&queue, [UInt8(event)], now: .zero)) }
        #expect(!self.append(&queue, [5], now: .zero))
        #expect(queue.next(now: .zero) == .send([[1]], isRepeated: false))
        #expect(self.settle(&queue, .taken, at: 0) == 1)
        #expect(!self.append(&queue, [6], now: .zero), "one gap, and not one after every event")
        let unfinished = queue.gap()
        #expect(unfinished == 0)
        _ = queue.next(now: .zero)
        #expect(self.settle(&queue, .taken, at: 0) == 1)
        #expect(self.append(&queue, [7], now: .zero))
        let gaps = [queue.gap(), queue.gap()]
        #expect(gaps == [2, 0])
        #expect(queue.next(now: .zero) == .send([[3]], isRepeated: false), "those that waited are all there")
        #expect(queue.count == 3)
    }

    @Test("what there was no room for is told at the end, also where there still is none")
    func gapAtEnd() {
        var queue = self.queue(events: 1)
        #expect(self.append(&queue, [1], now: .zero))
        #expect(!self.append(&queue, [2], now: .zero))
        queue.end(by: .seconds(10))
        let gap = queue.gap()
        #expect(gap == 1)
    }

    @Test("an event for which there never is room is lost alone")
    func tooLarge() {
        var queue = self.queue(bytes: 4)
        #expect(!self.append(&queue, [1, 1, 1, 1, 1], now: .zero))
        #expect(self.append(&queue, [2], now: .zero))
    }

    @Test("after the end nothing is taken, and what waits goes on")
    func end() {
        var queue = self.queue()
        #expect(self.append(&queue, [1], now: .zero))
        queue.end(by: .seconds(10))
        #expect(!self.append(&queue, [2], now: .zero))
        #expect(queue.next(now: .zero) == .send([[1]], isRepeated: false))
        #expect(self.settle(&queue, .taken, at: 0) == 1)
        #expect(queue.next(now: .zero) == .end)
    }

    @Test(
        "what would not be tried again before the end is left at once",
        arguments: [(8, false), (9, false), (12, true)]
    )
    func pausedAtEnd(_ asked: Int, _ isLeft: Bool) {
        var queue = self.queue()
        #expect(queue.deadline == nil)
        #expect(self.append(&queue, [1], now: .zero))
        _ = queue.next(now: .zero)
        #expect(self.settle(&queue, .failed(askedFor: .seconds(asked)), at: 0) == 0)
        queue.end(by: .seconds(10))
        #expect(queue.deadline == (isLeft ? .zero : .seconds(10)))
        #expect(queue.next(now: .seconds(1)) == (isLeft ? .end : .pause(.seconds(asked - 1))))
        #expect(queue.count == 1)
    }
}
