/// A frame that is not bulk data: at most two 32-bit words and, in GOAWAY, some text.
package struct ControlFrame: Hashable, Sendable {
    package let header: FrameHeader
    /// Missing only in an empty DATA frame.
    package let firstWord: UInt32?
    /// Only GOAWAY has one: its error code.
    package let secondWord: UInt32?
    /// Only GOAWAY has it: text for the peer's log.
    package let debug: [UInt8]

    private init(_ header: FrameHeader, _ firstWord: UInt32?, _ secondWord: UInt32? = nil, debug: [UInt8] = []) {
        self.header = header
        self.firstWord = firstWord
        self.secondWord = secondWord
        self.debug = debug
    }

    /// Bytes on the wire, header included.
    package var byteCount: Int { FrameHeader.byteCount + self.header.length }

    /// Ends a stream at once, in both directions.
    package static func reset(_ stream: StreamID, code: ErrorCode) -> ControlFrame {
        ControlFrame(FrameHeader(type: .reset, stream: stream, length: 4), code.rawValue)
    }

    /// Allows the peer `increment` more bytes of data on a stream; never zero.
    package static func windowIncrement(_ stream: StreamID, by increment: UInt32) -> ControlFrame {
        ControlFrame(FrameHeader(type: .windowIncrement, stream: stream, length: 4), increment)
    }

    /// A DATA frame of exactly four bytes.
    ///
    /// A stream's type and each heartbeat travel in one, because peers exist that read them with a single read.
    package static func word(_ stream: StreamID, _ word: UInt32, flags: FrameFlags) -> ControlFrame {
        ControlFrame(FrameHeader(type: .data, flags: flags, stream: stream, length: 4), word)
    }

    /// An empty DATA frame that ends this side of a stream.
    package static func finish(_ stream: StreamID) -> ControlFrame {
        ControlFrame(FrameHeader(type: .data, flags: .fin, stream: stream, length: 0), nil)
    }

    /// The last frame of a session; text beyond 1 KiB is cut, as it only serves logs.
    package static func goAway(lastStream: StreamID, code: ErrorCode, debug: String) -> ControlFrame {
        let text = Array(debug.utf8.prefix(1_024))
        let header = FrameHeader(type: .goAway, stream: .session, length: 8 + text.count)
        return ControlFrame(header, lastStream.rawValue, code.rawValue, debug: text)
    }

    /// The frame as bytes, for peers that are not fed through a transport's buffers.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.byteCount)
        bytes.append(contentsOf: Self.bigEndianBytes(of: self.header.wireValue))
        if let firstWord = self.firstWord {
            bytes.append(contentsOf: Self.bigEndianBytes(of: firstWord))
        }
        if let secondWord = self.secondWord {
            bytes.append(contentsOf: Self.bigEndianBytes(of: secondWord))
        }
        bytes.append(contentsOf: self.debug)
        return bytes
    }

    private static func bigEndianBytes(of value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
