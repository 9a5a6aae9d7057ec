import NIOCore

extension EventLoopFuture where Value: Sendable {
    /// The value, or `CancellationError` as soon as the task is cancelled: whoever is told to stop waits for nobody.
    func value() async throws -> Value {
        let promise = self.eventLoop.makePromise(of: Value.self)
        self.cascade(to: promise)
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            // Whichever comes first is the result.
            promise.fail(CancellationError())
        }
    }
}
