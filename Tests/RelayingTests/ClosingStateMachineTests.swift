import Relaying
import Testing

/// The closer's table: what each input makes it do, in each state. An input that a state does not list does nothing there.
@Suite("What closing a transport takes")
struct ClosingStateMachineTests {
    typealias Action = ClosingStateMachine.Action

    enum Input: Hashable, CaseIterable, Sendable {
        case endOutput, close, cut, reset
        case flushed, flushFailed, acknowledged, flushTimePassedWithProgress, flushTimePassed, drainTimePassed
        case peerEnded, failed, becameInactive
    }

    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        let history: [Input]
        let answers: [Input: [Action]]
        var testDescription: String { self.name }
    }

    private static func receive(_ input: Input, _ machine: inout ClosingStateMachine) -> [Action] {
        switch input {
        case .endOutput: return machine.endOutput()
        case .close: return machine.close()
        case .cut: return machine.cut()
        case .reset: return machine.reset()
        case .flushed: return machine.flushed(true)
        case .flushFailed: return machine.flushed(false)
        case .acknowledged: return machine.acknowledged()
        case .flushTimePassedWithProgress: return machine.flushTimePassed(hasProgressed: true)
        case .flushTimePassed: return machine.flushTimePassed(hasProgressed: false)
        case .drainTimePassed: return machine.drainTimePassed()
        case .peerEnded: return machine.inputEndedByPeer()
        case .failed:
            machine.failed()
            return []
        case .becameInactive: return machine.becameInactive()
        }
    }

    static let states: [State] = [
        State(
            name: "open",
            history: [],
            answers: [
                .endOutput: [.flush], .close: [.discardInput, .startFlushTimer, .flush],
                .cut: [.discardInput, .startFlushTimer, .flush], .reset: [.reset],
                .peerEnded: [.tellInputEnded],
            ]
        ),
        State(
            name: "the peer has ended",
            history: [.peerEnded],
            answers: [
                .endOutput: [.flush], .close: [.discardInput, .startFlushTimer, .flush],
                .cut: [.discardInput, .startFlushTimer, .flush], .reset: [.reset],
            ]
        ),
        State(
            name: "the end waits for what was written",
            history: [.endOutput],
            answers: [
                .flushed: [.endOutput], .flushFailed: [.close], .flushTimePassed: [.close],
                .flushTimePassedWithProgress: [.startFlushTimer], .close: [.discardInput, .startFlushTimer],
                .cut: [.discardInput, .startFlushTimer], .reset: [.reset], .peerEnded: [.tellInputEnded],
            ]
        ),
        State(
            name: "the output has ended",
            history: [.endOutput, .flushed],
            // The only way in which NIO tells that the peer's side has ended too.
            answers: [
                .close: [.discardInput, .startDrainTimer], .cut: [.discardInput, .startDrainTimer],
                .reset: [.reset], .peerEnded: [.tellInputEnded],
                .becameInactive: [.tellInputEnded],
            ]
        ),
        State(
            name: "both have ended",
            history: [.endOutput, .flushed, .peerEnded],
            answers: [.close: [.close], .cut: [.close], .reset: [.reset]]
        ),
        State(
            name: "the output has ended, and the connection failed",
            history: [.endOutput, .flushed, .failed],
            // Gone with an error: that is not the end of the peer's side.
            answers: [
                .close: [.discardInput, .startDrainTimer], .cut: [.discardInput, .startDrainTimer],
                .reset: [.reset], .peerEnded: [.tellInputEnded],
            ]
        ),
        State(
            name: "the close waits for what was written",
            history: [.close],
            answers: [
                .flushed: [.endOutput, .startDrainTimer], .flushFailed: [.close], .flushTimePassed: [.close],
                .flushTimePassedWithProgress: [.startFlushTimer], .reset: [.reset],
            ]
        ),
        State(
            name: "the close waits for what was written to a peer that has ended",
            history: [.close, .peerEnded],
            answers: [
                .flushed: [.endOutput, .close], .flushFailed: [.close], .flushTimePassed: [.close],
                .flushTimePassedWithProgress: [.startFlushTimer], .reset: [.reset],
            ]
        ),
        State(
            name: "the close waits for the peer's end",
            history: [.close, .flushed],
            answers: [.peerEnded: [.close], .drainTimePassed: [.close], .reset: [.reset]]
        ),
        State(
            name: "the cut waits for what was written",
            history: [.cut],
            answers: [
                .flushed: [.awaitAcknowledgement], .flushFailed: [.reset], .flushTimePassed: [.reset],
                .flushTimePassedWithProgress: [.startFlushTimer], .reset: [.reset],
            ]
        ),
        State(
            name: "the cut waits for what was written to a peer that has ended",
            history: [.peerEnded, .cut],
            answers: [
                .flushed: [.awaitAcknowledgement], .flushFailed: [.reset], .flushTimePassed: [.reset],
                .flushTimePassedWithProgress: [.startFlushTimer], .reset: [.reset],
            ]
        ),
        State(
            name: "the cut waits for its acknowledgement",
            history: [.cut, .flushed],
            answers: [
                .acknowledged: [.resetBehindData], .flushTimePassed: [.reset],
                .flushTimePassedWithProgress: [.startFlushTimer], .reset: [.reset],
            ]
        ),
        State(name: "cut", history: [.cut, .flushed, .acknowledged], answers: [:]),
        State(name: "gone while it was being cut", history: [.cut, .becameInactive], answers: [:]),
        State(
            name: "gone while the end waited for what was written",
            history: [.endOutput, .becameInactive],
            answers: [:]
        ),
        State(name: "reset", history: [.reset], answers: [:]),
        State(name: "closed", history: [.close, .flushed, .peerEnded, .becameInactive], answers: [:]),
    ]

    @Test("each input has its answer in each state", arguments: Self.states)
    func table(_ state: State) {
        for input in Input.allCases {
            var machine = ClosingStateMachine()
            for earlier in state.history { _ = Self.receive(earlier, &machine) }
            #expect(Self.receive(input, &machine) == state.answers[input] ?? [], "\(input)")
        }
    }

    @Test("nothing is written behind the end, and nothing is read while closing")
    func dropping() {
        var machine = ClosingStateMachine()
        #expect(!machine.dropsWrites && !machine.dropsInput)
        _ = machine.endOutput()
        #expect(machine.dropsWrites && !machine.dropsInput)
        _ = machine.close()
        #expect(machine.dropsInput)
    }
}
