import NIOCore

/// Something that lives on one event loop, as it is known on others.
package struct Resident<Value: AnyObject>: Sendable {
    private let eventLoop: any EventLoop
    private let value: NIOLoopBound<Value>

    /// On the value's own loop.
    init(_ value: Value, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.value = NIOLoopBound(value, eventLoop: eventLoop)
    }

    /// Runs at once on the value's own loop, and later and in order from any other.
    package func run(_ body: @escaping @Sendable (Value) -> Void) {
        if self.eventLoop.inEventLoop {
            body(self.value.value)
        } else {
            let value = self.value
            self.eventLoop.execute { body(value.value) }
        }
    }
}
