/// Runs any bytes through a frame reader and a server's session, answering as an eager and careless application would.
///
/// It is what the fuzzer calls: whatever the bytes are, it returns. The checks in it are promises of the session.
package enum SessionReplay {
    /// How the bytes ended.
    package struct Outcome: Hashable, Sendable {
        /// Data bytes that reached a stream.
        package var delivered = 0
        package var framesWritten = 0
        /// Why the session ended, if it did.
        package var error: MuxadoError?
    }

    /// - Parameter bytes: The first byte chooses how many bytes arrive at once; the others are the peer's.
    package static func run(_ bytes: Span<UInt8>) -> Outcome {
        var outcome = Outcome()
        guard !bytes.isEmpty else { return outcome }
        var reader = FrameReader()
        var settings = SessionSettings(role: .server, initialWindow: 4_096, maximumWindow: 16_384)
        settings.acceptBacklog = 4
        settings.maximumInboundStreams = 16
        var session = SessionStateMachine(settings: settings)
        let chunkLength = max(1, Int(bytes[0]))
        var offset = 1
        do throws(MuxadoError) {
            _ = try session.openStream(type: 3)
            while offset < bytes.count {
                let end = min(bytes.count, offset + chunkLength)
                try Self.feed(bytes.extracting(offset..<end), to: &reader, &session, &outcome)
                offset = end
                if offset % 3 != 0 { Self.drain(&session, &outcome) }
            }
            Self.drain(&session, &outcome)
        } catch {
            outcome.error = error
            session.close(error.code, debug: error.detail)
            Self.drain(&session, &outcome)
        }
        return outcome
    }

    private static func feed(
        _ chunk: Span<UInt8>,
        to reader: inout FrameReader,
        _ session: inout SessionStateMachine,
        _ outcome: inout Outcome
    ) throws(MuxadoError) {
        var offset = 0
        while true {
            let step = try reader.next(chunk.extracting(offset...))
            offset += step.consumed
            switch step.event {
            case .data(let piece):
                offset += piece.byteCount
                try Self.receive(piece, &session, &outcome)
            case .reset(let stream, let code):
                _ = session.received(resetOf: stream, code: code)
            case .windowIncrement(let stream, let increment):
                _ = session.received(increment: increment, for: stream)
            case .goAway(_, let code, let debug):
                throw SessionStateMachine.error(forGoAway: code, debug: debug)
            case nil:
                precondition(offset == chunk.count, "a reader that wants more has taken everything")
                return
            }
        }
    }

    private static func receive(
        _ piece: DataPiece,
        _ session: inout SessionStateMachine,
        _ outcome: inout Outcome
    ) throws(MuxadoError) {
        switch session.received(piece) {
        case .deliver(let opened, let finished, let closed):
            outcome.delivered += piece.byteCount
            if opened, piece.stream.rawValue % 3 != 0 { session.accepted(piece.stream) }
            session.consumed(piece.byteCount, of: piece.stream, readerWaited: piece.isFirst)
            guard !closed else { return }
            session.queued(piece.byteCount * 3, on: piece.stream)
            if piece.byteCount == 4 { _ = try session.send(word: 1, on: piece.stream) }
            if finished { session.finish(piece.stream) }
            if piece.byteCount == 13 { session.close(piece.stream) }
        case .discard, .failStream:
            break
        case .failSession(let error):
            throw error
        }
    }

    private static func drain(_ session: inout SessionStateMachine, _ outcome: inout Outcome) {
        while let output = session.nextOutput() {
            outcome.framesWritten += 1
            switch output {
            case .control(let frame):
                precondition(frame.bytes.count == frame.byteCount, "a frame is as long as it says")
            case .data(let turn):
                precondition(turn.byteCount <= session.settings.maximumFrameLength, "a turn fits one frame")
                precondition(turn.byteCount > 0 || turn.finishes, "no turn is empty")
            }
        }
    }
}
