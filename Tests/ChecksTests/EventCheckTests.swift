import Addresses
import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Checks of events")
struct EventCheckTests: CheckRows {
    private static func one(_ decision: String? = nil) -> (inout Expectation) -> Void {
        { $0.event = .one(ipPolicyDecision: decision) }
    }

    private static func logs(_ logs: [[String: String]]) -> (inout Expectation) -> Void {
        { $0.event = .one(logs: logs) }
    }

    static let eventsRows: [CheckRow] = [
        row("one, terminated", .edge, Self.one(), holds: true),
        row("one, passed through", .passthrough, Self.one(), holds: true),
        row("one, at the agent", .agent, Self.one(), holds: true),
        row("none came", .edge, Self.one(), holds: false) { $0.events = [] },
        row("two came", .edge, Self.one(), holds: false) { $0.events = ($0.events ?? []) + ($0.events ?? []) },
        row("none wanted, none came", .edge, { $0.event = Expectation.Event.none }, holds: true) { $0.events = [] },
        row("none wanted, one came", .edge, { $0.event = Expectation.Event.none }, holds: false),
        row("another type", .edge, Self.one(), holds: false) { $0.events?[0].eventType = "http_request_complete.v0" },
        row("another name", .edge, Self.one(), holds: false) { $0.events?[0].serverName = "other-1.shakedown.test" },
        row("another client", .edge, Self.one(), holds: false) { $0.events?[0].clientIP = "127.0.0.2" },
        row("another server", .edge, Self.one(), holds: false) { $0.events?[0].serverIP = "127.0.0.2" },
        row("no port", .edge, Self.one(), holds: false) { $0.events?[0].serverPort = nil },
        row("ended before it began", .edge, Self.one(), holds: false) {
            $0.events?[0].endTimestamp = "2026-11-23T07:00:00.89999Z"
        },
        row("began and ended at once", .edge, Self.one(), holds: false) {
            $0.events?[0].endTimestamp = "2026-11-23T07:00:00.900000001Z"
            $0.events?[0].startTimestamp = "2026-11-23T07:00:00.900000001Z"
        },
        row("began and ended in one millisecond, told in milliseconds", .edge, Self.one(), holds: true) {
            $0.events?[0].endTimestamp = "2026-11-23T07:00:00.900Z"
        },
        row("of two clients, the second's first", .edge, Self.one(), holds: true) {
            Self.addSecondClient(to: &$0)
            $0.events?.reverse()
        },
        row("of two clients, the first's wrong", .edge, Self.one(), holds: false) {
            Self.addSecondClient(to: &$0)
            $0.events?[0].bytesIn += 1
        },
        row("of two clients, one's twice", .edge, Self.one(), holds: false) {
            Self.addSecondClient(to: &$0)
            if let first = $0.events?.first { $0.events?[1] = first }
        },
        row("of two clients, one's alone", .edge, Self.one(), holds: false) {
            Self.addSecondClient(to: &$0)
            $0.events?.removeLast()
        },
        row("no timestamp", .edge, Self.one(), holds: false) { $0.events?[0].startTimestamp = "yesterday" },
        row("TLS bytes where plaintext counts", .edge, Self.one(), holds: false) {
            $0.events?[0].bytesIn = Made.hello.count
        },
        row("one byte too many out", .passthrough, Self.one(), holds: false) { $0.events?[0].bytesOut = 5 },
        row("the decision", .edge, Self.one("allow"), holds: true),
        row("another decision", .edge, Self.one("block"), holds: false),
        row("no decision", .edge, Self.one("allow"), holds: false) { $0.events?[0].ipPolicyDecision = nil },
        row("what was logged", .edge, Self.logs([["a": "b"], ["c": "d"]]), holds: true) {
            $0.events?[0].logs = [["a": "b"], ["c": "d"]]
        },
        row("logged in another order", .edge, Self.logs([["a": "b"], ["c": "d"]]), holds: false) {
            $0.events?[0].logs = [["c": "d"], ["a": "b"]]
        },
        row("logged besides", .edge, Self.logs([["a": "b"]]), holds: false) {
            $0.events?[0].logs = [["a": "b"], ["c": "d"]]
        },
        row("not logged", .edge, Self.logs([["a": "b"]]), holds: false),
        row("no log wanted, none told", .edge, Self.logs([]), holds: true),
        row("no log wanted, one told", .edge, Self.logs([]), holds: false) { $0.events?[0].logs = [["a": "b"]] },
        row("blocked, nothing relayed", .edge, Self.one("block"), holds: true, refused: true) {
            $0.events = Self.blocked(bytesIn: 0)
        },
        row("blocked, yet bytes relayed", .edge, Self.one("block"), holds: false, refused: true) {
            $0.events = Self.blocked(bytesIn: 1)
        },
        row("broken off, more than was sent", .agent, Self.one(), holds: false) {
            $0.clients[0].exchangeCompleted = false
            $0.events?[0].bytesIn = Made.hello.count + 1
        },
        row("broken off, less than was sent", .agent, Self.one(), holds: true) {
            $0.clients[0].exchangeCompleted = false
            $0.events?[0].bytesIn = 5
        },
    ]

    /// One that said a longer line, with its event.
    private static func addSecondClient(to observation: inout Observation) {
        var client = observation.clients[0]
        client.applicationSent = Made.application("shakedown nonce, again\n")
        client.applicationReceived = client.applicationSent
        observation.clients.append(client)
        guard var event = observation.events?.first else { return }
        event.bytesIn = client.applicationSent.count
        event.bytesOut = client.applicationReceived.count
        observation.events?.append(event)
    }

    private static func blocked(bytesIn: Int) -> [ConnectionEvent] {
        var events = Made.good(.edge).events ?? []
        events[0].ipPolicyDecision = "block"
        events[0].bytesIn = bytesIn
        events[0].bytesOut = 0
        return events
    }

    @Test("event", arguments: Self.eventsRows)
    func events(_ row: CheckRow) { self.run(row) }
}
