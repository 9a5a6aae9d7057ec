import Glibc
import NIOCore

/// Why bytes that were handed to the socket did not get there.
enum WriteFailure: Sendable {
    /// The reset answers what we wrote after the peer's FIN: Linux says EPIPE only then.
    case brokenPipe
    /// Often the first news of a reset.
    case reset
    /// The channel was closed under it, and tells that by itself.
    case channelClosed

    init(_ error: any Error) {
        guard let error = error as? IOError else {
            self = .channelClosed
            return
        }
        self = error.errnoCode == EPIPE ? .brokenPipe : .reset
    }
}
