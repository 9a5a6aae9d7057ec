import Muxado
import Testing

@Suite("A session receives")
struct SessionReceivingTests {
    static func server(_ change: (inout SessionSettings) -> Void = { _ in }) -> SessionStateMachine {
        var settings = SessionSettings(role: .server, initialWindow: 1_000, maximumWindow: 1_000)
        change(&settings)
        return SessionStateMachine(settings: settings)
    }

    @Test("a stream of the peer opens, is accepted, and closes when both sides have finished")
    func lifeOfAStream() {
        var session = Self.server()
        #expect(session.received(piece(3, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
        session.accepted(3)
        #expect(session.received(piece(3, 10)) == .deliver(opened: false, finished: false, closed: false))
        #expect(session.received(piece(3, 0, fin: true)) == .deliver(opened: false, finished: true, closed: false))
        session.queued(5, on: 3)
        session.finish(3)
        #expect(drainTurns(&session).last?.closed == true)
        #expect(session.streamCount == 0)
    }

    @Test("SYN and FIN may come in one frame")
    func synAndFin() {
        var session = Self.server()
        #expect(
            session.received(piece(3, 4, syn: true, fin: true)) == .deliver(opened: true, finished: true, closed: false)
        )
        session.finish(3)
        #expect(drainTurns(&session).map(\.closed) == [true])
    }

    @Test("a SYN with a number of ours ends the session", arguments: [UInt32](arrayLiteral: 2, 4, 100))
    func wrongParity(_ stream: UInt32) {
        var session = Self.server()
        #expect(session.received(piece(stream, 4, syn: true)) == .failSession(.session(.protocolError, "")))
    }

    @Test("a second SYN for a living stream ends the session")
    func secondSyn() {
        var session = Self.server()
        _ = session.received(piece(3, 4, syn: true))
        #expect(session.received(piece(3, 4, syn: true)) == .failSession(.session(.protocolError, "")))
    }

    @Test("streams may open out of order, since peers number before they send")
    func outOfOrder() {
        var session = Self.server()
        #expect(session.received(piece(7, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
        #expect(session.received(piece(5, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
        session.close(.noError, debug: "")
        #expect(drainControl(&session) == [.goAway(lastStream: 7, code: .noError, debug: "")])
    }

    @Test("later pieces of the opening frame do not open again")
    func piecesOfSyn() {
        var session = Self.server()
        _ = session.received(piece(3, 2, syn: true))
        #expect(
            session.received(piece(3, 2, syn: true, isFirst: false))
                == .deliver(opened: false, finished: false, closed: false)
        )
    }

    @Test("exactly the window may be sent, and one byte more resets the stream alone", arguments: [1_000, 1_001])
    func window(_ byteCount: Int) {
        var session = Self.server()
        _ = session.received(piece(5, 4, syn: true))
        let action = session.received(piece(3, byteCount, syn: true))
        if byteCount == 1_000 {
            #expect(action == .deliver(opened: true, finished: false, closed: false))
            #expect(session.received(piece(3, 0)) == .deliver(opened: false, finished: false, closed: false))
            guard case .failStream(let error) = session.received(piece(3, 1)) else {
                Issue.record("one byte beyond the window was taken")
                return
            }
            #expect(error.code == .flowControl)
        } else {
            #expect(action == .failStream(MuxadoError(.flowControl, scope: .session, origin: .local, detail: "")))
        }
        #expect(drainControl(&session) == [.reset(3, code: .flowControl)])
        #expect(session.streamCount == 1)
    }

    @Test("data after FIN resets the stream")
    func dataAfterFin() {
        var session = Self.server()
        _ = session.received(piece(3, 4, syn: true, fin: true))
        guard case .failStream(let error) = session.received(piece(3, 1)) else {
            Issue.record("data after the end was taken")
            return
        }
        #expect(error.code == .streamClosed)
        #expect(drainControl(&session) == [.reset(3, code: .streamClosed)])
    }

    @Test("data of an unknown stream is reset once while the reset waits, and the session lives")
    func unknownStream() {
        var session = Self.server()
        for _ in 0..<10 { #expect(session.received(piece(9, 100)) == .discard) }
        #expect(session.received(piece(9, 100, isFirst: false)) == .discard)
        #expect(drainControl(&session) == [.reset(9, code: .streamClosed)])
        #expect(session.received(piece(9, 1)) == .discard)
        #expect(drainControl(&session) == [.reset(9, code: .streamClosed)])
    }

    @Test("an empty end of an unknown stream is nothing")
    func unknownFin() {
        var session = Self.server()
        #expect(session.received(piece(9, 0, fin: true)) == .discard)
        #expect(drainControl(&session) == [])
    }

    @Test("resets and increments of unknown streams are nothing")
    func unknownControl() {
        var session = Self.server()
        #expect(session.received(resetOf: 9, code: .streamCancelled) == .none)
        #expect(session.received(increment: 5, for: 9) == .none)
        #expect(drainControl(&session) == [])
    }

    @Test("one stream more than the backlog is reset until one is taken")
    func backlog() {
        var session = Self.server { $0.acceptBacklog = 2 }
        _ = session.received(piece(3, 4, syn: true))
        _ = session.received(piece(5, 4, syn: true))
        #expect(session.received(piece(7, 4, syn: true)) == .discard)
        #expect(drainControl(&session) == [.reset(7, code: .acceptQueueFull)])
        session.accepted(3)
        #expect(session.received(piece(9, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
        _ = session.received(resetOf: 5, code: .streamCancelled)
        #expect(session.received(piece(11, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
    }

    @Test("one living stream more than the limit is refused")
    func inboundLimit() {
        var session = Self.server { $0.maximumInboundStreams = 1 }
        _ = session.received(piece(3, 4, syn: true))
        session.accepted(3)
        _ = session.received(piece(5, 4, syn: true))
        #expect(drainControl(&session) == [.reset(5, code: .streamRefused)])
        session.close(3)
        #expect(session.received(piece(7, 4, syn: true)) == .deliver(opened: true, finished: false, closed: false))
    }

    @Test(
        "what came before a reset is still read where the peer has cut the stream, or has said all and reads no more",
        arguments: [
            (ErrorCode.streamReset, false, true), (.streamReset, true, true), (.streamClosed, true, true),
            (.streamClosed, false, false), (.streamCancelled, true, false), (.streamCancelled, false, false),
        ]
    )
    func resetBehindData(_ code: ErrorCode, hasFinished: Bool, isBehindData: Bool) throws {
        var session = SessionStateMachine(settings: SessionSettings(role: .client))
        _ = session.received(piece(2, 4, syn: true))
        _ = session.received(piece(2, 10, fin: hasFinished))
        let expected = MuxadoError(code, scope: .stream(2), origin: .remote, detail: "")
        #expect(
            session.received(resetOf: 2, code: code)
                == (isBehindData ? .failStreamBehindData(expected) : .failStream(expected))
        )
        #expect(session.streamCount == 0)
    }

    @Test("a reset ends a stream with the peer's code")
    func reset() {
        var session = Self.server()
        _ = session.received(piece(3, 4, syn: true))
        session.queued(100, on: 3)
        guard case .failStream(let error) = session.received(resetOf: 3, code: .streamCancelled) else {
            Issue.record("the reset did nothing")
            return
        }
        #expect(error.code == .streamCancelled)
        #expect(error.origin == .remote)
        #expect(drain(&session).isEmpty)
    }

    @Test("a peer that causes answers and reads none is sent away")
    func floodOfAnswers() {
        var session = Self.server()
        var action = SessionStateMachine.DataAction.discard
        var stream: UInt32 = 3
        while action == .discard, stream < 1_000_000 {
            action = session.received(piece(stream, 1))
            stream += 2
        }
        #expect(action == .failSession(.session(.enhanceYourCalm, "")))
    }

    @Test("after its end a session takes nothing and says only GOAWAY")
    func afterClose() {
        var session = Self.server()
        _ = session.received(piece(3, 4, syn: true))
        session.queued(10, on: 3)
        session.close(.protocolError, debug: "enough")
        #expect(drain(&session) == [.control(.goAway(lastStream: 3, code: .protocolError, debug: "enough"))])
        #expect(session.received(piece(5, 4, syn: true)) == .discard)
        #expect(throws: MuxadoError.self) { try session.openStream(type: 3) }
        #expect(drain(&session).isEmpty)
    }

    @Test("the peer's GOAWAY says why", arguments: [ErrorCode.noError, .protocolError])
    func goAway(_ code: ErrorCode) {
        let error = SessionStateMachine.error(forGoAway: code, debug: "maintenance")
        #expect(error.code == (code == .noError ? .remoteGoneAway : code))
        #expect(error.detail == "maintenance")
    }
}

@Suite("A session gives window back")
struct SessionWindowTests {
    @Test("half a window taken is given back in one increment")
    func half() {
        var session = SessionReceivingTests.server()
        _ = session.received(piece(3, 1_000, syn: true))
        session.consumed(499, of: 3, readerWaited: false)
        #expect(drainControl(&session) == [])
        session.consumed(1, of: 3, readerWaited: false)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 500)])
        #expect(session.received(piece(3, 500)) == .deliver(opened: false, finished: false, closed: false))
        guard case .failStream = session.received(piece(3, 1)) else {
            Issue.record("the window was larger than what was given back")
            return
        }
    }

    @Test("a peer that never holds more than the initial window, whatever it is granted, is never left without one")
    func clampingPeer() throws {
        var session = SessionReceivingTests.server { $0.maximumWindow = 16_000 }
        var window = 1_000
        var isNew = true
        for round in 1...1_000 {
            #expect(window > 0, "the peer waits for an increment in round \(round)")
            let byteCount = min(window, 600)
            _ = session.received(piece(3, byteCount, syn: isNew))
            isNew = false
            window -= byteCount
            session.consumed(byteCount, of: 3, readerWaited: true)
            for frame in drainControl(&session) {
                window = min(window + Int(try #require(frame.firstWord)), 1_000)
            }
        }
    }

    @Test(
        "all windows of a session together grow no further than its settings allow, and again when a stream has ended"
    )
    func sumOfGrowth() {
        var session = SessionReceivingTests.server { ($0.maximumWindow, $0.maximumGrowth) = (8_000, 1_500) }
        _ = session.received(piece(3, 500, syn: true))
        session.consumed(500, of: 3, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 1_500)])
        _ = session.received(piece(5, 500, syn: true))
        session.consumed(500, of: 5, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(5, by: 1_000)])
        _ = session.received(piece(7, 500, syn: true))
        session.consumed(500, of: 7, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(7, by: 500)])
        session.reset(3, code: .streamCancelled)
        _ = session.received(piece(9, 500, syn: true))
        session.consumed(500, of: 9, readerWaited: true)
        #expect(drainControl(&session) == [.reset(3, code: .streamCancelled), .windowIncrement(9, by: 1_500)])
    }

    @Test("increments that wait add up")
    func merged() {
        var session = SessionReceivingTests.server()
        _ = session.received(piece(3, 1_000, syn: true))
        session.consumed(500, of: 3, readerWaited: false)
        session.consumed(500, of: 3, readerWaited: false)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 1_000)])
    }

    @Test("nothing is given back to a peer that has finished, or for a stream that is gone")
    func finished() {
        var session = SessionReceivingTests.server()
        _ = session.received(piece(3, 900, syn: true))
        session.consumed(600, of: 3, readerWaited: false)
        _ = session.received(piece(3, 0, fin: true))
        session.consumed(300, of: 3, readerWaited: false)
        #expect(drainControl(&session) == [])
        _ = session.received(piece(5, 900, syn: true))
        session.consumed(600, of: 5, readerWaited: false)
        session.reset(5, code: .streamCancelled)
        #expect(drainControl(&session) == [.reset(5, code: .streamCancelled)])
    }

    @Test("a window whose reader has waited doubles up to the maximum; that of one for whom bytes always wait stays")
    func growth() {
        var session = SessionReceivingTests.server { $0.maximumWindow = 3_000 }
        _ = session.received(piece(3, 500, syn: true))
        session.consumed(500, of: 3, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 1_500)])
        _ = session.received(piece(3, 1_000))
        session.consumed(1_000, of: 3, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 2_000)])
        _ = session.received(piece(3, 1_500))
        session.consumed(1_500, of: 3, readerWaited: true)
        #expect(drainControl(&session) == [.windowIncrement(3, by: 1_500)])
        _ = session.received(piece(5, 500, syn: true))
        session.consumed(250, of: 5, readerWaited: false)
        session.consumed(250, of: 5, readerWaited: false)
        #expect(drainControl(&session) == [.windowIncrement(5, by: 500)])
        _ = session.received(piece(5, 500))
        session.consumed(250, of: 5, readerWaited: true)
        session.consumed(250, of: 5, readerWaited: false)
        #expect(drainControl(&session) == [.windowIncrement(5, by: 1_500)])
    }
}
