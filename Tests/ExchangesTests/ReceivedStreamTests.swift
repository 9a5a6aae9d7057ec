import Legs
import ScenarioModel
import Testing

@testable import Exchanges

/// One thing that happens to the peer's direction.
private enum Step: Hashable, CaseIterable {
    case established, failed, closeNotify, fin, reset, expired
}

@Suite("Received stream")
struct ReceivedStreamTests {
    /// Feeds the steps as a conversation does, with the state of TLS that goes with them.
    private func stream(after steps: [Step], isTLS: Bool) -> ReceivedStream {
        var stream = ReceivedStream()
        var session: TLSOutput.State? = isTLS ? .handshaking : nil
        for step in steps {
            switch step {
            case .established, .failed, .closeNotify:
                guard isTLS else { continue }
                if step == .established, session == .handshaking { session = .established }
                if step == .failed { session = .failed }
                stream.sessionMoved(to: session ?? .failed, closeNotifyReceived: step == .closeNotify)
            case .fin: stream.connectionEnded(.fin, session: session)
            case .reset: stream.connectionEnded(.reset, session: session)
            case .expired: stream.connectionEnded(.expired, session: session)
            }
        }
        return stream
    }

    struct Row: Sendable, CustomTestStringConvertible {
        fileprivate var steps: [Step]
        var end: Conversation.End?
        var testDescription: String { "\(self.steps)" }

        fileprivate init(_ steps: [Step], _ end: Conversation.End?) {
            self.steps = steps
            self.end = end
        }
    }

    @Test(
        "inside TLS",
        arguments: [
            Row([], nil), Row([.established], nil),
            Row([.fin], .failed), Row([.reset], .reset), Row([.expired], .timedOut), Row([.failed], .failed),
            Row([.closeNotify], .orderly),
            Row([.established, .fin], .truncated), Row([.established, .reset], .reset),
            Row([.established, .expired], .timedOut), Row([.established, .failed], .failed),
            Row([.established, .closeNotify], .orderly),
        ]
    )
    func insideTLS(_ row: Row) {
        #expect(self.stream(after: row.steps, isTLS: true).end == row.end)
    }

    @Test("in the clear", arguments: [Row([.fin], .orderly), Row([.reset], .reset), Row([.expired], .timedOut)])
    func inTheClear(_ row: Row) {
        #expect(self.stream(after: row.steps, isTLS: false).end == row.end)
    }

    @Test("the first end stands, whatever comes after it", arguments: [true, false])
    func firstEndStands(_ isTLS: Bool) {
        for first in Step.allCases {
            for second in Step.allCases {
                let steps = [.established, first]
                guard let end = self.stream(after: steps, isTLS: isTLS).end else { continue }
                for third in Step.allCases {
                    #expect(self.stream(after: steps + [second, third], isTLS: isTLS).end == end, "\(first) \(second)")
                }
            }
        }
    }

    @Test("bytes are given once, in order, what was put back first; and counted and hashed once")
    func bytes() {
        var stream = ReceivedStream()
        #expect(stream.takeUnread() == nil)
        stream.append([1, 2])
        stream.append([])
        stream.append([3, 4])
        let bytes = stream.takeUnread() ?? []
        #expect(bytes == [1, 2, 3, 4])
        #expect(stream.takeUnread() == nil)
        stream.append([5])
        stream.putBack(bytes[2...])
        #expect(stream.takeUnread() == [3, 4, 5])
        stream.putBack([])
        #expect(stream.takeUnread() == nil)
        var recorder = StreamRecorder.application
        recorder.record([1, 2, 3, 4, 5])
        #expect(stream.observation == recorder.observation)
    }
}
