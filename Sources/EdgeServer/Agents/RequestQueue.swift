package import NIOCore
package import NIOPosix

/// What one agent asks for, in the order in which it came. Of the session's event loop.
///
/// A request is read on one of the process's threads: a bind with an RSA key of 4,096 bits and 32 CAs takes 6 ms, of which 4 are its
/// certificates and the rest its text, and a traffic policy of 330 KB takes 27. For that no other agent of the event loop waits, and none
/// of its clients. It is carried out on the event loop, where its answer leaves before anything that follows from it: no client's stream
/// comes to an agent that has not heard that its endpoint is online.
///
/// The next is read only then. It may be about what this one changes.
package final class RequestQueue<Answer: Sendable> {
    /// Carries a request out and says what to answer. On the event loop.
    package typealias Carrying = @Sendable () -> Answer

    private struct Request {
        let byteCount: Int
        let read: @Sendable () -> Carrying
        let answer: (Answer?) -> Void
    }

    /// What a short one counts for, so that their number has a bound too.
    private static var leastByteCount: Int { 1_024 }

    private let eventLoop: any EventLoop
    private let threads: NIOThreadPool
    private let limit: Int
    private let whenFull: (Bool) -> Void
    private var waiting = CircularBuffer<Request>()
    /// Of those that wait and the one that is being read.
    private var byteCount = 0
    private var isFull = false
    private var isReading = false
    private var isOver = false

    /// - Parameters:
    ///   - limit: Bytes of requests. More are taken all the same, since they are here.
    ///   - whenFull: Told when there are more, and when there is room again: half of them.
    package init(
        on eventLoop: any EventLoop,
        threads: NIOThreadPool = .singleton,
        limit: Int,
        whenFull: @escaping (Bool) -> Void
    ) {
        self.eventLoop = eventLoop
        self.threads = threads
        self.limit = limit
        self.whenFull = whenFull
    }

    /// - Parameters:
    ///   - read: Reads it, on another thread, and gives what carries it out.
    ///   - answer: Gets the answer; `nil` where the request is not carried out, since the session is over.
    package func append(
        byteCount: Int,
        reading read: @escaping @Sendable () -> Carrying,
        answering answer: @escaping (Answer?) -> Void
    ) {
        guard !self.isOver else { return answer(nil) }
        let request = Request(byteCount: max(byteCount, Self.leastByteCount), read: read, answer: answer)
        self.waiting.append(request)
        self.count(request.byteCount)
        self.readNext()
    }

    /// The session is over: what has not been carried out is not, and what waits is not read.
    package func end() {
        self.isOver = true
        let dropped = self.waiting
        self.waiting = []
        for request in dropped { request.answer(nil) }
    }

    private func readNext() {
        guard !self.isReading, let request = self.waiting.popFirst() else { return }
        self.isReading = true
        let carrying = self.threads.runIfActive(eventLoop: self.eventLoop, request.read)
        carrying.assumeIsolated().whenComplete { result in
            self.isReading = false
            self.count(-request.byteCount)
            // Fails only where the threads have ended, as they do with the process.
            let carry = try? result.get()
            request.answer(self.isOver ? nil : carry?())
            self.readNext()
        }
    }

    private func count(_ change: Int) {
        self.byteCount += change
        let isFull = self.byteCount > (self.isFull ? self.limit / 2 : self.limit)
        guard isFull != self.isFull else { return }
        self.isFull = isFull
        self.whenFull(isFull)
    }
}
