import NIOCore

/// One end of a relay, as the other end sees it: the two may be on different event loops.
struct RelayEnd: Sendable {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<RelayHandler>

    init(_ handler: RelayHandler, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    /// Runs at once on the same loop, later and in order on another.
    func run(_ body: @escaping @Sendable (RelayHandler) -> Void) {
        if self.eventLoop.inEventLoop {
            body(self.handler.value)
        } else {
            let handler = self.handler
            self.eventLoop.execute { body(handler.value) }
        }
    }
}
