import ScenarioModel
import Testing

@testable import Legs

/// One thing that happens to a connection.
private enum Step: Hashable, CaseIterable {
    case bytes
    case fin
    case reset
    /// The channel is gone in both directions.
    case gone
    case expire
    case writeBroken, writeReset, writeClosed
    case closeOutput
}

extension LegState {
    fileprivate static var open: LegState {
        LegState(recorder: LegRecorder(caseStart: .now, connectionStart: .now), recordsReceived: true)
    }

    fileprivate mutating func take(_ step: Step) {
        switch step {
        case .bytes: _ = self.received([1, 2])
        case .fin: self.ended(.fin, "FIN")
        case .reset: self.ended(.reset, "RST")
        case .gone: self.connectionGone()
        case .expire: self.expire()
        case .writeBroken: self.fail(.brokenPipe)
        case .writeReset: self.fail(.reset)
        case .writeClosed: self.fail(.channelClosed)
        case .closeOutput: _ = self.closeOutput()
        }
    }

    private mutating func fail(_ failure: WriteFailure) {
        // Only what was sent can fail.
        guard self.send([9]) else { return }
        _ = self.written(1, failure: failure)
    }

    /// What the leg's task is told, up to what it is told for ever.
    fileprivate mutating func drain() -> [Leg.Event] {
        var events: [Leg.Event] = []
        while let event = self.takeEvent().event {
            if event == events.last { return events }
            events.append(event)
        }
        return events
    }
}

@Suite("Leg state: its beginning")
struct LegStateBeginningTests {
    @Test("time counts from where a dialled connection stands, and from where an accepted one came")
    func begins() {
        for (kind, isFresh) in [(TimelineEntry.Kind.connect, true), (.accept, false)] {
            let dialled = ContinuousClock.now - .seconds(10)
            var state = LegState(
                recorder: LegRecorder(caseStart: dialled, connectionStart: dialled),
                recordsReceived: true
            )
            state.opened(kind, local: nil, remote: nil)
            #expect((state.recorder.observation.endedAfter < 5_000) == isFresh)
        }
    }
}

@Suite("Leg state: every order of up to four things that happen")
struct LegStateOrderTests {
    private static let sequences: [[Step]] = {
        var all: [[Step]] = [[]]
        var longest: [[Step]] = [[]]
        for _ in 1...4 {
            longest = longest.flatMap { sequence in Step.allCases.map { sequence + [$0] } }
            all += longest
        }
        return all
    }()

    private func state(after sequence: [Step]) -> LegState {
        var state = LegState.open
        for step in sequence { state.take(step) }
        return state
    }

    /// What the task is told at last, said without a state: the first thing that tells of the peer's end counts, and time
    /// only where there is none. A failed write tells something only while our side is open.
    private func end(of sequence: [Step]) -> Leg.Event? {
        var outputIsOpen = true
        for step in sequence {
            switch step {
            case .fin, .gone: return .fin
            case .reset: return .reset
            case .writeBroken where outputIsOpen: return .fin
            case .writeReset where outputIsOpen: return .reset
            case .writeClosed, .closeOutput: outputIsOpen = false
            case .bytes, .expire, .writeBroken, .writeReset: break
            }
        }
        return sequence.contains(.expire) ? .expired : nil
    }

    /// Says which sequences something does not hold for, and not of each that it does.
    private func expectAlways(
        _ holds: ([Step], LegState) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let wrong = Self.sequences.filter { !holds($0, self.state(after: $0)) }
        #expect(wrong.isEmpty, "\(wrong.count), as \(wrong.prefix(5))", sourceLocation: sourceLocation)
    }

    @Test("bytes come first and whole, then the first ending, and that for ever; nothing that comes after the deadline")
    func events() {
        self.expectAlways { sequence, state in
            var state = state
            let end = self.end(of: sequence).map { [$0] } ?? []
            let byteCount = sequence.prefix { $0 != .expire }.count { $0 == .bytes }
            let bytes = [[UInt8]](repeating: [1, 2], count: byteCount).flatMap { $0 }
            return state.drain() == (bytes.isEmpty ? [] : [.bytes(bytes)]) + end && state.drain() == end
                && state.recorder.observation.received == ByteString(bytes)
        }
    }

    @Test("the recorded ending is the first of the peer's end and ours, and never changes")
    func endings() {
        self.expectAlways { sequence, state in
            var state = state
            state.close()
            let expected: LegEnding =
                switch self.end(of: sequence) {
                case .fin?: .fin
                case .reset?: .reset
                case .expired?: .stillOpen
                case .bytes?, nil: .closedByUs
                }
            let first = state.recorder.observation.ending
            // The tail of closing.
            for step in Step.allCases { state.take(step) }
            state.reset()
            let last = state.recorder.observation
            return first == expected && last.ending == expected && last.timeline.count { $0.kind == .end } == 1
        }
    }

    @Test(
        "nobody can write after our own end, a reset, a refusal or the deadline; the peer's FIN alone keeps nobody from it"
    )
    func writing() {
        let refusals: Set<Step> = [.writeBroken, .writeReset, .writeClosed, .reset, .gone, .closeOutput]
        self.expectAlways { sequence, state in
            var state = state
            let takesMore = !sequence.contains { refusals.contains($0) }
            let room: Leg.Room = takesMore && !sequence.contains(.expire) ? .write : .giveUp
            return state.takesMore == takesMore && state.room == room && state.send([1]) == takesMore
        }
    }
}

@Suite("Leg state: what is on its way")
struct LegStateFlowTests {
    @Test("reading pauses at the limit, and goes on when the bytes are taken")
    func pausing() {
        var state = LegState.open
        let half = [UInt8](repeating: 1, count: LegState.inboundLimit / 2)
        #expect(state.received(half) == false)
        #expect(state.received(half) == true)
        let first = state.takeEvent()
        #expect(first.event == .bytes(half + half))
        #expect(first.resumesReading)
        #expect(state.received([1]) == false)
        #expect(state.takeEvent().resumesReading == false)
    }

    @Test("after the deadline reading stays paused")
    func expired() {
        var state = LegState.open
        _ = state.received([UInt8](repeating: 1, count: LegState.inboundLimit))
        state.expire()
        #expect(state.takeEvent().resumesReading == false)
        #expect(state.received([3]) == true)
        #expect(state.takeEvent().event == .expired)
    }

    @Test("a writer waits while much is on its way, and reads first what came meanwhile")
    func room() {
        var state = LegState.open
        #expect(state.room == .write)
        _ = state.send([UInt8](repeating: 1, count: LegState.outboundLimit - 1))
        #expect(state.room == .write)
        _ = state.send([1])
        #expect(state.room == nil)
        _ = state.received([1])
        #expect(state.room == .readFirst)
        _ = state.takeEvent()
        #expect(state.room == nil)
        state.ended(.fin, "FIN")
        #expect(state.room == nil)
        _ = state.written(1)
        #expect(state.room == .write)
    }

    @Test("FIN is due when nothing is on its way any more, once")
    func finIsLast() {
        var state = LegState.open
        _ = state.send([1, 2, 3])
        #expect(state.closeOutput() == false)
        #expect(state.isFlushed == nil)
        #expect(state.written(2) == false)
        #expect(state.written(1) == true)
        #expect(state.isFlushed == true)
        #expect(state.closeOutput() == false)
        #expect(state.recorder.observation.timeline.count { $0.kind == .closeWrite } == 1)

        var quiet = LegState.open
        #expect(quiet.closeOutput() == true)
        #expect(quiet.closeOutput() == false)
    }

    @Test("no FIN follows what was refused", arguments: [WriteFailure.brokenPipe, .reset, .channelClosed])
    func noFINAfterRefusal(_ failure: WriteFailure) {
        var state = LegState.open
        _ = state.send([1, 2, 3])
        #expect(state.closeOutput() == false)
        #expect(state.written(3, failure: failure) == false)
        #expect(state.isFlushed == false)
    }

    @Test("what is on its way is lost with a reset, at the deadline and with the socket, and not with the peer's FIN")
    func flushing() {
        var base = LegState.open
        _ = base.send([1])
        let changes: [(name: String, isFlushed: Bool?, change: (inout LegState) -> Void)] = [
            ("nothing", nil, { _ in }), ("FIN", nil, { $0.ended(.fin, "FIN") }),
            ("reset", false, { $0.ended(.reset, "RST") }), ("deadline", false, { $0.expire() }),
            ("close", false, { $0.close() }), ("our reset", false, { $0.reset() }),
            ("gone", false, { $0.connectionGone() }), ("written", true, { _ = $0.written(1) }),
        ]
        for change in changes {
            var state = base
            change.change(&state)
            #expect(state.isFlushed == change.isFlushed, "\(change.name)")
        }
    }

    @Test("a reset after FIN is noted once, and only while we still had something to say")
    func resetAfterFIN() {
        var open = LegState.open
        open.ended(.fin, "FIN")
        open.ended(.reset, "RST")
        open.connectionGone()
        #expect(open.recorder.observation.timeline.map(\.detail) == ["FIN", "RST, after FIN"])

        var closed = LegState.open
        closed.ended(.fin, "FIN")
        _ = closed.closeOutput()
        closed.connectionGone()
        #expect(closed.recorder.observation.timeline.map(\.detail) == ["FIN", "FIN"])
    }

    @Test("bytes that come before recording begins are recorded then, those that were taken first")
    func lateRecording() {
        var state = LegState(recorder: LegRecorder(caseStart: .now, connectionStart: .now), recordsReceived: false)
        _ = state.received([1, 2, 3])
        #expect(state.takeEvent().event == .bytes([1, 2, 3]))
        _ = state.received([4])
        #expect(state.recorder.observation.receivedCount == 0)
        state.startRecording(with: [3])
        _ = state.received([5])
        state.startRecording(with: [6])
        #expect(state.recorder.observation.received == ByteString([3, 4, 5]))
        #expect(state.recorder.observation.firstReadCount == 3)
    }

    @Test("the segments of the first read are told where nothing else had come", arguments: [(3, 2), (4, nil)])
    func segments(_ arrived: Int, _ told: Int?) {
        var state = LegState.open
        _ = state.received([1, 2, 3], arrived: ArrivedSegments(byteCount: arrived, count: 2))
        _ = state.received([4], arrived: ArrivedSegments(byteCount: 1, count: 1))
        #expect(state.recorder.observation.firstSegmentCount == told)
    }
}

@Suite("Leg state: our own lateness")
struct LegStateLatenessTests {
    private static let delay = Duration.milliseconds(60)

    private static func letTimePass() {
        let end = ContinuousClock.now + Self.delay
        while ContinuousClock.now < end {}
    }

    private func isLate(_ state: LegState) -> Bool {
        (state.recorder.observation.ownDelay ?? 0) >= Self.delay.milliseconds
    }

    @Test(
        "whatever came and was taken late is our delay, and so is what was done late about it",
        arguments: Step.allCases
    )
    private func late(_ step: Step) {
        var taken = LegState.open
        taken.take(step)
        guard taken.hasEvent else { return }
        var answered = taken
        Self.letTimePass()
        _ = taken.takeEvent()
        #expect(self.isLate(taken), "taken late")

        _ = answered.takeEvent()
        Self.letTimePass()
        answered.waits()
        #expect(self.isLate(answered), "answered late")
    }

    @Test("an end that was told in time is no delay when it is told again later")
    func toldAgain() {
        for step in [Step.fin, .reset, .expire] {
            var state = LegState.open
            state.take(step)
            _ = state.takeEvent()
            state.waits()
            let before = state.recorder.observation.ownDelay
            Self.letTimePass()
            _ = state.takeEvent()
            #expect(state.recorder.observation.ownDelay == before, "\(step)")
        }
    }

    @Test("an end that comes behind bytes has its own time")
    func behindBytes() {
        var state = LegState.open
        _ = state.received([1])
        _ = state.takeEvent()
        state.ended(.fin, "FIN")
        Self.letTimePass()
        state.waits()
        let busy = state.recorder.observation.ownDelay ?? 0
        Self.letTimePass()
        #expect(state.takeEvent().event == .fin)
        #expect((state.recorder.observation.ownDelay ?? 0) > busy)
    }

    @Test(
        "what came while nothing was to be taken is no delay, and what is taken late behind that is",
        arguments: Step.allCases
    )
    private func rested(_ step: Step) {
        var state = LegState.open
        state.take(step)
        guard state.hasEvent else { return }
        Self.letTimePass()
        state.rested(until: .now)
        var late = state
        _ = state.takeEvent()
        #expect(!self.isLate(state))

        Self.letTimePass()
        _ = late.takeEvent()
        #expect(self.isLate(late))
    }

    @Test("a wait that ended later than it was to is our delay")
    func waiting() {
        var state = LegState.open
        state.waited(until: .now + .seconds(60))
        #expect(state.recorder.observation.ownDelay == nil)
        state.waited(until: .now - Self.delay)
        #expect(self.isLate(state))
    }
}
