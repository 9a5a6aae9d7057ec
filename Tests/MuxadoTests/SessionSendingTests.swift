import Muxado
import Testing

@Suite("A session sends")
struct SessionSendingTests {
    static func client(window: Int = 1_000, frameLength: Int = 100) -> SessionStateMachine {
        SessionStateMachine(
            settings: SessionSettings(role: .client, initialWindow: window, maximumFrameLength: frameLength)
        )
    }

    @Test("a client counts from 3 and a server from 2, in steps of two", arguments: [Role.client, .server])
    func numbers(_ role: Role) throws {
        var session = SessionStateMachine(settings: SessionSettings(role: role))
        let streams = [try session.openStream(type: 1), try session.openStream(type: 1)]
        #expect(streams == (role == .client ? [3, 5] : [2, 4]))
        #expect(drainControl(&session) == streams.map { .word($0, 1, flags: .syn) })
    }

    @Test("a stream opens with its type in one frame, which never has FIN")
    func opening() throws {
        var session = Self.client()
        let stream = try session.openStream(type: 3)
        session.finish(stream)
        #expect(
            drain(&session).map(Self.headerOf) == [
                FrameHeader(type: .data, flags: .syn, stream: 3, length: 4),
                FrameHeader(type: .data, flags: .fin, stream: 3, length: 0),
            ]
        )
    }

    @Test("FIN goes out once, whatever comes after it")
    func finOnce() throws {
        var session = Self.client()
        let stream = try session.openStream(type: 3)
        session.queued(10, on: stream)
        session.finish(stream)
        session.finish(stream)
        #expect(drainTurns(&session).map(\.finishes) == [true])
        _ = session.received(increment: 100, for: stream)
        session.finish(stream)
        session.close(stream)
        #expect(drain(&session).isEmpty)
    }

    @Test("streams that may send take turns of one frame")
    func turns() throws {
        var session = Self.client()
        let streams = try (0..<3).map { _ in try session.openStream(type: 3) }
        session.queued(250, on: streams[0])
        session.queued(50, on: streams[1])
        session.queued(150, on: streams[2])
        #expect(
            drainTurns(&session).map { [Int($0.stream.rawValue), $0.byteCount] }
                == [[3, 100], [5, 50], [7, 100], [3, 100], [7, 50], [3, 50]]
        )
    }

    @Test("a stream without window stops alone, and goes on when it is given more")
    func withoutWindow() throws {
        var session = Self.client(window: 104)
        let stalled = try session.openStream(type: 3)
        let other = try session.openStream(type: 3)
        session.queued(150, on: stalled)
        session.queued(60, on: other)
        #expect(drainTurns(&session).map(\.byteCount) == [100, 60])
        _ = session.received(increment: 1, for: stalled)
        #expect(drainTurns(&session).map(\.byteCount) == [1])
        session.finish(stalled)
        #expect(drainTurns(&session).isEmpty)
        _ = session.received(increment: 49, for: stalled)
        #expect(drainTurns(&session).map { [$0.byteCount, $0.finishes ? 1 : 0] } == [[49, 1]])
    }

    @Test("FIN needs no window")
    func finWithoutWindow() throws {
        var session = Self.client(window: 4)
        let stream = try session.openStream(type: 3)
        session.finish(stream)
        #expect(drainTurns(&session).map(\.finishes) == [true])
    }

    @Test("a window smaller than a stream's type sends the type, and nothing more")
    func tinyWindow() throws {
        var session = Self.client(window: 1)
        let stream = try session.openStream(type: 3)
        session.queued(10, on: stream)
        #expect(drainTurns(&session).isEmpty)
        session.finish(stream)
        _ = session.received(increment: 3, for: stream)
        #expect(drainTurns(&session).isEmpty)
        _ = session.received(increment: 10, for: stream)
        #expect(drainTurns(&session).map(\.byteCount) == [10])
    }

    @Test("an increment of zero resets its stream, and no other")
    func incrementOfZero() throws {
        var session = SessionSendingTests.client()
        let stream = try session.openStream(type: 3)
        let other = try session.openStream(type: 3)
        _ = drainControl(&session)
        let step = try #require(try ReadFrames(frame(type: 2, stream: stream.rawValue, [0x80, 0, 0, 0])).items.first)
        #expect(step == .event(.windowIncrement(stream, by: 0)))
        guard case .failStream(let error) = session.received(increment: 0, for: stream) else {
            Issue.record("the stream stays")
            return
        }
        #expect(error.code == .protocolError)
        #expect(drainControl(&session) == [.reset(stream, code: .protocolError)])
        #expect(session.received(increment: 1, for: other) == .none)
        #expect(session.streamCount == 1)
    }

    @Test("increments beyond 2^31 - 1 bytes reset the stream")
    func overflow() throws {
        var session = Self.client(window: 1_000)
        let stream = try session.openStream(type: 3)
        #expect(session.received(increment: StreamID.maximum - 996, for: stream) == .none)
        guard case .failStream(let error) = session.received(increment: 1, for: stream) else {
            Issue.record("the window overflowed")
            return
        }
        #expect(error.code == .flowControl)
        #expect(drainControl(&session).last == .reset(stream, code: .flowControl))
    }

    @Test("control frames and words overtake data")
    func priority() throws {
        var session = Self.client()
        let bulk = try session.openStream(type: 3)
        let beat = try session.openStream(type: 0xffff_ffff)
        _ = drain(&session)
        session.queued(500, on: bulk)
        _ = session.nextOutput()
        #expect(try session.send(word: 7, on: beat))
        #expect(session.nextOutput() == .control(.word(beat, 7, flags: [])))
    }

    @Test("a word without window, or for a stream that is gone, is not sent")
    func wordWithoutWindow() throws {
        var session = Self.client(window: 11)
        let beat = try session.openStream(type: 0xffff_ffff)
        #expect(try session.send(word: 7, on: beat))
        #expect(try !session.send(word: 8, on: beat))
        #expect(try !session.send(word: 8, on: 99))
    }

    @Test("closing ends with FIN when all was sent, and with a reset when not")
    func closing() throws {
        var session = Self.client()
        let whole = try session.openStream(type: 3)
        let cut = try session.openStream(type: 3)
        session.queued(10, on: whole)
        _ = drain(&session)
        session.queued(10, on: cut)
        session.close(whole)
        session.close(cut)
        #expect(drain(&session) == [.control(.finish(whole)), .control(.reset(cut, code: .streamCancelled))])
        #expect(session.received(piece(whole.rawValue, 1)) == .discard)
        #expect(drainControl(&session) == [.reset(whole, code: .streamClosed)])
    }

    @Test("streams leave the line from any place in it", arguments: 0..<4)
    func leavingTheLine(_ leaver: Int) throws {
        var session = Self.client()
        let streams = try (0..<4).map { _ in try session.openStream(type: 3) }
        for stream in streams { session.queued(150, on: stream) }
        session.reset(streams[leaver], code: .streamCancelled)
        let expected = streams.filter { $0 != streams[leaver] }
        #expect(drainTurns(&session).map(\.stream) == expected + expected)
    }

    private static func headerOf(_ output: SessionStateMachine.Output) -> FrameHeader {
        switch output {
        case .control(let frame): frame.header
        case .data(let turn): turn.header
        }
    }
}
