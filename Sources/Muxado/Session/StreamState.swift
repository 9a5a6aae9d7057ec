/// What a session remembers of one stream. The bytes themselves are its user's.
struct StreamState {
    /// Bytes the peer still lets us send.
    var sendWindow: Int
    /// Bytes that wait to be sent.
    var queued = 0
    /// FIN follows the last queued byte.
    var finishRequested = false
    var finishSent = false

    /// Bytes the peer may still send.
    var receiveAllowance: Int
    /// What ``receiveAllowance`` is brought back to when its reader has taken everything.
    var receiveWindow: Int
    /// Bytes taken by the reader that no increment has given back yet.
    var unacknowledged = 0
    /// Bytes taken by the reader since the window was last asked whether it should grow.
    var consumedSinceGrowth = 0
    /// The increment that waits in the control queue; zero when none does.
    var pendingIncrement = 0
    /// Since the window was last asked the reader has waited for data, and not only data for the reader.
    var readerWaited = false
    var remoteFinished = false
    /// The peer opened it and nobody here has taken it yet.
    var isInBacklog: Bool

    /// Neighbours among the streams that wait for their turn.
    var isReady = false
    var previousReady: StreamID?
    var nextReady: StreamID?

    init(window: Int, isInBacklog: Bool) {
        self.sendWindow = window
        self.receiveAllowance = window
        self.receiveWindow = window
        self.isInBacklog = isInBacklog
    }

    var canSend: Bool {
        self.queued > 0 ? self.sendWindow > 0 : self.finishRequested && !self.finishSent
    }
}
