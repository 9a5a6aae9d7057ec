/// A part of one DATA frame, as much of it as has arrived.
package struct DataPiece: Hashable, Sendable {
    package let stream: StreamID
    /// The frame opens the stream; every piece of that frame says so.
    package let opensStream: Bool
    /// Nothing follows on this stream: the frame has FIN and this is its last piece.
    package let finishes: Bool
    /// The first piece of its frame.
    package let isFirst: Bool
    /// Bytes of the piece: they follow in the input.
    package let byteCount: Int

    package init(stream: StreamID, opensStream: Bool, finishes: Bool, isFirst: Bool, byteCount: Int) {
        self.stream = stream
        self.opensStream = opensStream
        self.finishes = finishes
        self.isFirst = isFirst
        self.byteCount = byteCount
    }
}

/// Cuts a session's bytes into frames, however they arrive, keeping at most one control frame.
///
/// Data is never kept: the reader says how many of the coming bytes belong to which stream, and its caller takes them.
package struct FrameReader {
    /// What the bytes just read mean.
    package enum Event: Hashable, Sendable {
        /// The next ``DataPiece/byteCount`` bytes of the input are this stream's; ``Step/consumed`` does not count them.
        case data(DataPiece)
        case reset(StreamID, ErrorCode)
        case windowIncrement(StreamID, by: UInt32)
        /// The session's last frame; whatever follows is not read.
        case goAway(lastStream: StreamID, ErrorCode, debug: String)
    }

    /// One step: how many bytes it took, and what they were. Without an event more bytes are needed.
    package struct Step: Hashable, Sendable {
        package let consumed: Int
        package let event: Event?

        package init(consumed: Int, event: Event?) {
            self.consumed = consumed
            self.event = event
        }
    }

    private enum State {
        case header(UInt64, byteCount: Int)
        case data(FrameHeader, remaining: Int, started: Bool)
        case word(FrameHeader, UInt32, byteCount: Int)
        case goAway(remaining: Int, [UInt8])
        case skipping(remaining: Int)
        case ended
    }

    /// Text kept of a peer's GOAWAY. The wire allows 16 MiB; a log line needs little.
    private static let debugLimit = 1_024

    private var state: State = .header(0, byteCount: 0)

    package init() {}

    /// Whether the input so far ends between two frames, so that an end of input here cuts nothing.
    package var isBetweenFrames: Bool {
        switch self.state {
        case .header(_, let byteCount): byteCount == 0
        case .ended: true
        case .data, .word, .goAway, .skipping: false
        }
    }

    /// Reads up to the next event.
    ///
    /// - Throws: A session error (protocol or frame size) when the bytes can never become a frame; the reader then ignores all that follows.
    package mutating func next(_ input: Span<UInt8>) throws(MuxadoError) -> Step {
        var offset = 0
        while true {
            switch self.state {
            case .header(var value, var byteCount):
                while byteCount < FrameHeader.byteCount, offset < input.count {
                    value = value << 8 | UInt64(input[offset])
                    byteCount += 1
                    offset += 1
                }
                guard byteCount == FrameHeader.byteCount else {
                    self.state = .header(value, byteCount: byteCount)
                    return Step(consumed: offset, event: nil)
                }
                try self.start(FrameHeader(wireValue: value))

            case .data(let header, let remaining, let started):
                let byteCount = min(remaining, input.count - offset)
                guard byteCount > 0 || remaining == 0 else {
                    return Step(consumed: offset, event: nil)
                }
                let isLast = byteCount == remaining
                self.state =
                    isLast ? .header(0, byteCount: 0) : .data(header, remaining: remaining - byteCount, started: true)
                let piece = DataPiece(
                    stream: header.stream,
                    opensStream: header.flags.contains(.syn),
                    finishes: isLast && header.flags.contains(.fin),
                    isFirst: !started,
                    byteCount: byteCount
                )
                return Step(consumed: offset, event: .data(piece))

            case .word(let header, var word, var byteCount):
                while byteCount < 4, offset < input.count {
                    word = word << 8 | UInt32(input[offset])
                    byteCount += 1
                    offset += 1
                }
                guard byteCount == 4 else {
                    self.state = .word(header, word, byteCount: byteCount)
                    return Step(consumed: offset, event: nil)
                }
                self.state = .header(0, byteCount: 0)
                return Step(consumed: offset, event: self.event(header, word))

            case .goAway(var remaining, var body):
                let available = min(remaining, input.count - offset)
                let kept = min(available, 8 + Self.debugLimit - body.count)
                for index in offset..<(offset + kept) { body.append(input[index]) }
                offset += available
                remaining -= available
                guard remaining == 0 else {
                    self.state = .goAway(remaining: remaining, body)
                    return Step(consumed: offset, event: nil)
                }
                self.state = .ended
                return Step(consumed: offset, event: Self.goAway(body))

            case .skipping(let remaining):
                let skipped = min(remaining, input.count - offset)
                offset += skipped
                guard skipped == remaining else {
                    self.state = .skipping(remaining: remaining - skipped)
                    return Step(consumed: offset, event: nil)
                }
                self.state = .header(0, byteCount: 0)

            case .ended:
                return Step(consumed: input.count, event: nil)
            }
        }
    }

    private mutating func start(_ header: FrameHeader) throws(MuxadoError) {
        switch header.type {
        case .data:
            guard header.stream != .session else {
                throw self.fail(.protocolError, "data frame for stream 0")
            }
            self.state = .data(header, remaining: header.length, started: false)
        case .reset, .windowIncrement:
            guard header.length == 4 else {
                throw self.fail(.frameSize, "control frame of \(header.length) bytes, not 4")
            }
            guard header.stream != .session else {
                throw self.fail(.protocolError, "control frame for stream 0")
            }
            self.state = .word(header, 0, byteCount: 0)
        case .goAway:
            // Rust's encoder leaves the eight fixed bytes out of the length. Below eight that is certain and they are
            // added; above, the text loses its end, which nobody needs.
            let length = header.length < 8 ? header.length + 8 : header.length
            self.state = .goAway(remaining: length, [])
        default:
            self.state = .skipping(remaining: header.length)
        }
    }

    private func event(_ header: FrameHeader, _ word: UInt32) -> Event {
        if header.type == .reset {
            return .reset(header.stream, ErrorCode(rawValue: word))
        }
        return .windowIncrement(header.stream, by: word & StreamID.maximum)
    }

    private mutating func fail(_ code: ErrorCode, _ detail: String) -> MuxadoError {
        self.state = .ended
        return .session(code, detail)
    }

    /// `body` has at least eight bytes.
    private static func goAway(_ body: [UInt8]) -> Event {
        func word(at offset: Int) -> UInt32 {
            body[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        return .goAway(
            lastStream: StreamID(rawValue: word(at: 0)),
            ErrorCode(rawValue: word(at: 4)),
            debug: String(decoding: body[8...], as: UTF8.self)
        )
    }
}
