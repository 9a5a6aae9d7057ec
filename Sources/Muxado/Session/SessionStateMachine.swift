/// One muxado session without I/O: which streams exist, what each side may send, and what is sent next.
///
/// Frames that a ``FrameReader`` found go in; actions come out at once, and frames to write when asked for with
/// ``nextOutput()``. It is asked as late as possible, so that what is urgent overtakes what is long.
package struct SessionStateMachine: ~Copyable {
    /// What the receiver of a piece of data must do.
    package enum DataAction: Hashable, Sendable {
        /// Give the piece to the stream.
        ///
        /// - Parameters:
        ///   - opened: The stream is new; the peer opened it.
        ///   - finished: Nothing follows.
        ///   - closed: Both sides have finished, and the session has forgotten the stream.
        case deliver(opened: Bool, finished: Bool, closed: Bool)
        /// Drop the piece; nobody needs to know.
        case discard
        /// Drop the piece and end the stream: the session has reset and forgotten it.
        case failStream(MuxadoError)
        case failSession(MuxadoError)
    }

    /// What the receiver of a RST or WNDINC frame must do.
    package enum StreamAction: Hashable, Sendable {
        case none
        /// End the stream: the session has forgotten it.
        case failStream(MuxadoError)
        /// The same, once its reader has taken what came before.
        case failStreamBehindData(MuxadoError)
    }

    /// A stream's turn: its next `byteCount` queued bytes go out in one DATA frame.
    package struct Turn: Hashable, Sendable {
        package let stream: StreamID
        package let byteCount: Int
        package let finishes: Bool
        /// Both sides have finished, and the session has forgotten the stream.
        package let closed: Bool

        /// The header of the frame; its body are the stream's next bytes.
        package var header: FrameHeader {
            FrameHeader(type: .data, flags: self.finishes ? .fin : [], stream: self.stream, length: self.byteCount)
        }
    }

    package enum Output: Hashable, Sendable {
        case control(ControlFrame)
        case data(Turn)
    }

    enum ControlEntry {
        case frame(ControlFrame)
        /// A frame that the peer's behaviour caused; counted, because a peer that does not read could ask for any number.
        case answer(ControlFrame)
        /// The amount is looked up when the frame is written, so that waiting increments add up.
        case windowIncrement(StreamID)
    }

    /// Answers that may wait for a peer that does not read. The most that an honest peer causes is one reset for each
    /// of its streams; 16,384 of them take 400 KiB.
    static let answerLimit = 16_384

    package private(set) var settings: SessionSettings
    var streams: [StreamID: StreamState] = [:]
    var control = FIFO<ControlEntry>()
    var waitingAnswers = 0
    /// Unknown streams whose reset waits: one is enough, however many frames of theirs come.
    var waitingResets: Set<StreamID> = []
    var firstReady: StreamID?
    var lastReady: StreamID?
    var nextLocal: UInt32
    var lastRemote = StreamID.session
    var backlog = 0
    var inboundStreams = 0
    /// By how much the windows of all streams together exceed the initial one.
    var grown = 0
    var isClosed = false

    package init(settings: SessionSettings) {
        self.settings = settings
        self.nextLocal = settings.role.firstStream
    }

    /// Streams that both sides may still use or that wait for one side's end.
    package var streamCount: Int { self.streams.count }

    /// How many streams the peer may have open from now on; those it has stay.
    package mutating func allow(inboundStreams: Int) { self.settings.maximumInboundStreams = inboundStreams }

    /// Opens a stream and queues its opening frame: SYN with the stream's four-byte type.
    ///
    /// - Throws: `streamsExhausted` when 2^30 streams were opened, `sessionClosed` after the end of the session.
    package mutating func openStream(type: UInt32) throws(MuxadoError) -> StreamID {
        guard !self.isClosed else {
            throw .session(.sessionClosed, "the session is closed")
        }
        guard self.nextLocal <= self.settings.lastStream else {
            throw .session(.streamsExhausted, "all stream numbers were used")
        }
        let id = StreamID(rawValue: self.nextLocal)
        self.nextLocal += 2
        var state = StreamState(window: self.settings.initialWindow, isInBacklog: false)
        state.sendWindow -= 4
        self.streams[id] = state
        self.control.append(.frame(.word(id, type, flags: .syn)))
        return id
    }

    /// Somebody has taken a stream that the peer opened: it no longer counts against the backlog.
    package mutating func accepted(_ stream: StreamID) {
        guard self.streams[stream]?.isInBacklog == true else { return }
        self.streams[stream]?.isInBacklog = false
        self.backlog -= 1
    }

    /// Ends the session: every stream is forgotten, and GOAWAY is the only thing left to write.
    package mutating func close(_ code: ErrorCode, debug: String) {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.streams.removeAll()
        self.grown = 0
        self.firstReady = nil
        self.lastReady = nil
        self.control.removeAll()
        self.waitingResets.removeAll()
        self.waitingAnswers = 0
        self.control.append(.frame(.goAway(lastStream: self.lastRemote, code: code, debug: debug)))
    }

    /// Forgets a stream, wherever it is listed.
    mutating func remove(_ stream: StreamID) {
        self.removeReady(stream)
        guard let state = self.streams.removeValue(forKey: stream) else { return }
        self.grown -= state.receiveWindow - self.settings.initialWindow
        if state.isInBacklog { self.backlog -= 1 }
        if !self.settings.role.opens(stream) { self.inboundStreams -= 1 }
    }

    /// Queues a frame the peer caused.
    mutating func answer(_ frame: ControlFrame) throws(MuxadoError) {
        guard self.waitingAnswers < Self.answerLimit else {
            throw .session(.enhanceYourCalm, "too many answers wait for a peer that does not read them")
        }
        self.waitingAnswers += 1
        self.control.append(.answer(frame))
    }
}
