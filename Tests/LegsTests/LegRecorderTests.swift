import ScenarioModel
import Testing

@testable import Legs

@Suite("Leg recorder")
struct LegRecorderTests {
    @Test("a transfer's thousand reads do not drown the story, and are said to be left out; everything else is told")
    func timelineLimit() {
        var recorder = LegRecorder(caseStart: .now, connectionStart: .now)
        recorder.note(.connect, "here")
        for _ in 0..<1_000 { recorder.read(count: 10) }
        recorder.note(.alert, "received close_notify")
        recorder.end(.fin, "FIN")
        let timeline = recorder.observation.timeline
        #expect(timeline.count == 131)
        #expect(timeline.suffix(3).map(\.detail) == ["received close_notify", "873 more reads and writes", "FIN"])
    }

    @Test("times are counted from the case's beginning, the ending from the connection's")
    func times() {
        let now = ContinuousClock.now
        var recorder = LegRecorder(caseStart: now - .seconds(100), connectionStart: now - .seconds(10))
        recorder.note(.connect, "here", at: now - .seconds(10))
        recorder.end(.fin, "FIN")
        let observation = recorder.observation
        #expect(observation.timeline.first?.at == 90_000)
        #expect((10_000..<90_000).contains(observation.endedAfter))
        #expect((100_000..<190_000).contains(observation.timeline.last?.at ?? 0))
    }

    @Test("a connection that waited to be let in has not lasted longer for it")
    func connecting() {
        let now = ContinuousClock.now
        var recorder = LegRecorder(caseStart: now - .seconds(100), connectionStart: now - .seconds(10))
        recorder.connected()
        recorder.end(.fin, "FIN")
        #expect((0..<5_000).contains(recorder.observation.endedAfter))
    }

    @Test("the first of each kind is timed from when the connection stood, and an accepted one has no phases")
    func phases() {
        let now = ContinuousClock.now
        var recorder = LegRecorder(caseStart: now - .seconds(100), connectionStart: now - .seconds(10))
        recorder.reach(.handshake)
        #expect(recorder.observation.phases == nil)
        recorder.connected()
        recorder.read(count: 10)
        recorder.reach(.handshake)
        let first = recorder.observation.phases
        #expect((first?.connect ?? 0) >= 10_000)
        #expect((0..<5_000).contains(first?.firstByte ?? -1) && (0..<5_000).contains(first?.handshake ?? -1))
        #expect(first?.firstData == nil && first?.helloSent == nil)
        recorder.read(count: 10)
        #expect(recorder.observation.phases == first)
    }

    @Test("what was sent before our own end is marked once, and what follows is sent all the same")
    func ownEnd() {
        var recorder = LegRecorder(caseStart: .now, connectionStart: .now)
        recorder.recordSent([1, 2, 3])
        #expect(recorder.observation.sentBeforeEnd == nil)
        let before = recorder.observation
        recorder.beginEnd()
        recorder.recordSent([4])
        recorder.beginEnd()
        let observation = recorder.observation
        #expect(observation.sentBeforeEnd == StreamMark(count: 3, digest: before.sentDigest))
        #expect(observation.sentCount == 4)
    }

    @Test("both directions are counted and hashed apart, whole, and kept from the beginning")
    func directions() {
        var recorder = LegRecorder(caseStart: .now, connectionStart: .now)
        let long = [UInt8](repeating: 1, count: LegObservation.excerptLimit + 1)
        recorder.recordSent(long)
        recorder.recordReceived([2])
        let observation = recorder.observation
        #expect(observation.sentCount == LegObservation.excerptLimit + 1)
        #expect(observation.sent.bytes.count == LegObservation.excerptLimit)
        #expect(observation.receivedCount == 1)
        #expect(observation.received == ByteString([2]))
        var whole = StreamRecorder(excerptLimit: 0)
        whole.record(long)
        #expect(observation.sentDigest == whole.digest)
        #expect(observation.sentDigest != observation.receivedDigest)
    }
}
