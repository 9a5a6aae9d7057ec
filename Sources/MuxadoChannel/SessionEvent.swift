package import Muxado
package import NIOCore

/// What a session tells the handlers around it, as user inbound events of its channel's pipeline.
package enum SessionEvent: Sendable {
    /// The peer answered a heartbeat after this time.
    case heartbeat(latency: TimeAmount)
    /// The peer has not answered a heartbeat, and the next is due.
    case late
    /// The session is over; every stream has failed with this error.
    case ended(MuxadoError)
}
