/// Which side of the session this is: it decides the numbers of the streams it opens.
package enum Role: Hashable, Sendable {
    /// The agent: odd streams from 3.
    case client
    /// The edge: even streams from 2.
    case server

    var firstStream: UInt32 {
        switch self {
        case .client: 3
        case .server: 2
        }
    }

    func opens(_ stream: StreamID) -> Bool {
        stream.rawValue % 2 == self.firstStream % 2
    }
}

/// The bounds of a session. Nothing of it is negotiated, so ``initialWindow`` must be what the peer assumes.
package struct SessionSettings: Hashable, Sendable {
    package var role: Role
    /// Bytes each side may send on a new stream before it is allowed more.
    package var initialWindow: Int
    /// How far the window of a stream grows whose reader always waits for data. At least ``initialWindow``.
    package var maximumWindow: Int
    /// By how much the windows of all streams together may exceed ``initialWindow``: what readers that stop can cost.
    package var maximumGrowth: Int
    /// The highest number a stream of this side may have; the wire has room for 2^31 - 1.
    package var lastStream: UInt32
    /// Streams that the peer opened and that nobody here has taken yet; one more is refused.
    package var acceptBacklog: Int
    /// Streams of the peer alive at once; one more is refused.
    package var maximumInboundStreams: Int
    /// The longest DATA frame written, and so the longest turn of one stream before the next has its own.
    package var maximumFrameLength: Int

    /// 16 KiB less a header: a full turn with its header fills one TLS record of 2^14 bytes exactly.
    package static let defaultFrameLength = 16_384 - FrameHeader.byteCount

    /// - Parameters:
    ///   - initialWindow: 262,144 is what every known muxado peer assumes.
    ///   - maximumWindow: 4 MiB keeps 300 Mbit/s busy over 100 ms of round trip.
    ///   - maximumGrowth: 16 MiB are four streams at full speed over such a distance, and thousands that are near.
    ///   - acceptBacklog: As Go's implementation has it.
    package init(
        role: Role,
        initialWindow: Int = 262_144,
        maximumWindow: Int = 4 << 20,
        maximumGrowth: Int = 16 << 20,
        lastStream: UInt32 = StreamID.maximum,
        acceptBacklog: Int = 128,
        maximumInboundStreams: Int = 65_536,
        maximumFrameLength: Int = Self.defaultFrameLength
    ) {
        precondition(initialWindow > 0, "a window holds at least one byte")
        precondition((1...FrameHeader.maximumBodyLength).contains(maximumFrameLength), "no frame can have this length")
        self.role = role
        self.initialWindow = initialWindow
        self.maximumWindow = min(max(initialWindow, maximumWindow), Int(StreamID.maximum))
        self.maximumGrowth = maximumGrowth
        self.lastStream = min(lastStream, StreamID.maximum)
        self.acceptBacklog = acceptBacklog
        self.maximumInboundStreams = maximumInboundStreams
        self.maximumFrameLength = maximumFrameLength
    }
}
