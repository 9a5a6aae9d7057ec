/// What all webhooks are given: their queues, and how long is waited for them.
package struct WebhookSettings: Hashable, Sendable {
    package var limits: WebhookQueue.Limits
    package var retrying: RetryPolicy
    package var connecting: Duration
    package var answering: Duration

    /// - Parameters:
    ///   - queuedEvents: Some minutes of a service with thirty connections a second, and with events of 800 bytes as much as
    ///     the next.
    ///   - queuedBytes: A hundred dead destinations hold less than a gigabyte.
    ///   - batchEvents: What log services take at once; Datadog takes 1,000 in 5 MB.
    ///   - batchBytes: Bodies of so much are taken by servers as they are installed; nginx takes one MiB.
    ///   - connecting: How long a connection may take to come about, TLS included.
    ///   - answering: How long may pass from a request's beginning to the head of its answer, connecting included.
    package init(
        queuedEvents: Int = 10_000,
        queuedBytes: Int = 8 << 20,
        batchEvents: Int = 100,
        batchBytes: Int = 512 << 10,
        retrying: RetryPolicy = RetryPolicy(),
        connecting: Duration = .seconds(5),
        answering: Duration = .seconds(10)
    ) {
        self.limits = WebhookQueue.Limits(
            events: queuedEvents,
            bytes: queuedBytes,
            batchEvents: batchEvents,
            batchBytes: batchBytes
        )
        self.retrying = retrying
        self.connecting = connecting
        self.answering = answering
    }
}
