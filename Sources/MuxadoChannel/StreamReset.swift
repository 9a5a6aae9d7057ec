package import Muxado

/// An outbound user event that ends a stream with RST: its peer is told that what it got is not whole.
///
/// A plain close sends FIN where nothing waits to be sent, which would make a broken connection look like a finished one.
package struct StreamReset: Sendable {
    package let code: ErrorCode
    /// Nobody reads what the peer sends any more.
    package static let readsNoMore = StreamReset(code: .streamClosed)
    /// At once: what the peer has not read yet is worth nothing.
    package static let abandoned = StreamReset(code: .streamCancelled)
    /// Behind everything that was sent, which the peer still reads. What was written and not sent is lost: flush first.
    package static let behindData = StreamReset(code: .streamReset)

    package init(code: ErrorCode) { self.code = code }
}
