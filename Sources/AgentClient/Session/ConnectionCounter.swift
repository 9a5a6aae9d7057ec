import NIOCore

/// Counts the connections of one session, so that a stopping agent can wait for the last, and each for its tunnel.
///
/// `@unchecked Sendable`: the counts are touched on `eventLoop` only; `whenNone` goes there first.
final class ConnectionCounter: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private let traffic: TunnelTraffic
    private var count = 0
    private var waiting: [EventLoopPromise<Void>] = []

    init(eventLoop: any EventLoop, traffic: TunnelTraffic) {
        self.eventLoop = eventLoop
        self.traffic = traffic
    }

    /// Counts a connection until its stream is closed. On the event loop.
    func add(_ stream: any Channel) {
        self.eventLoop.preconditionInEventLoop()
        self.count += 1
        stream.closeFuture.assumeIsolated().whenComplete { _ in
            self.count -= 1
            guard self.count == 0 else { return }
            for promise in self.waiting { promise.succeed() }
            self.waiting = []
        }
    }

    /// Counts a connection as its tunnel's too, once it is known which that is. On the event loop.
    func begin(_ stream: any Channel, of tunnel: String) {
        self.eventLoop.preconditionInEventLoop()
        let statistics = self.traffic.statistics(of: tunnel)
        let start = ContinuousClock.now
        statistics.opened(at: start)
        stream.closeFuture.assumeIsolated().whenComplete { _ in statistics.closed(after: .now - start) }
    }

    /// Succeeds when there is no connection. From any thread.
    func whenNone() -> EventLoopFuture<Void> {
        self.eventLoop.flatSubmit {
            let promise = self.eventLoop.makePromise(of: Void.self)
            if self.count == 0 {
                promise.succeed()
            } else {
                self.waiting.append(promise)
            }
            return promise.futureResult
        }
    }
}
