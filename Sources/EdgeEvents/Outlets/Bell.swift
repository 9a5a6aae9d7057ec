/// Wakes the one task that waits for it, or that waits next. From any thread.
struct Bell: Sendable {
    private let rings: AsyncStream<Void>
    private let ringing: AsyncStream<Void>.Continuation

    init() {
        (self.rings, self.ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { self.ringing.yield() }

    /// Returns at once where it has rung since the last time, and where the task is cancelled.
    func wait() async {
        for await _ in self.rings { return }
    }
}
