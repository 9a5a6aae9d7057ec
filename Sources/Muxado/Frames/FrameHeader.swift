/// A frame's kind: the high half of its fourth byte. Kinds we do not know are skipped.
package struct FrameType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    package static let reset = FrameType(rawValue: 0)
    package static let data = FrameType(rawValue: 1)
    package static let windowIncrement = FrameType(rawValue: 2)
    package static let goAway = FrameType(rawValue: 3)
}

/// The low half of a frame's fourth byte; only DATA frames use it.
package struct FrameFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    /// The sender writes no more on this stream.
    package static let fin = FrameFlags(rawValue: 0x1)
    /// The first frame of the stream.
    package static let syn = FrameFlags(rawValue: 0x2)
}

/// The eight bytes before every frame's body, big-endian: 24 bits of length, type, flags, stream.
package struct FrameHeader: Hashable, Sendable {
    /// Bytes of a header on the wire.
    package static let byteCount = 8
    /// The longest body that 24 bits of length can announce.
    package static let maximumBodyLength = 0xff_ffff

    package var type: FrameType
    package var flags: FrameFlags
    package var stream: StreamID
    /// Bytes of body that follow.
    package var length: Int

    package init(type: FrameType, flags: FrameFlags = [], stream: StreamID, length: Int) {
        precondition((0...Self.maximumBodyLength).contains(length), "a frame body has at most 2^24 - 1 bytes")
        self.type = type
        self.flags = flags
        self.stream = stream
        self.length = length
    }

    /// Reads the header from its wire form, taken as one big-endian integer.
    package init(wireValue: UInt64) {
        self.length = Int(wireValue >> 40)
        self.type = FrameType(rawValue: UInt8(truncatingIfNeeded: wireValue >> 36))
        self.flags = FrameFlags(rawValue: UInt8(truncatingIfNeeded: wireValue >> 32))
        self.stream = StreamID(rawValue: UInt32(truncatingIfNeeded: wireValue))
    }

    /// The header as one big-endian integer, ready to be written.
    package var wireValue: UInt64 {
        UInt64(self.length) << 40 | UInt64(self.type.rawValue) << 36 | UInt64(self.flags.rawValue) << 32
            | UInt64(self.stream.rawValue)
    }
}
