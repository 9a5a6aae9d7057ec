import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Targets

@Suite("Events that a target writes")
struct EventLogTests {
    private static func line(_ id: String, name: String = "a.shakedown.test") -> String {
        #"{"event_id":"\#(id)","event_type":"tcp_connection_closed.v0","object":{"conn":{"bytes_in":1,"bytes_out":2,"#
            + #""client_ip":"127.0.0.1","start_ts":"","end_ts":"","server_ip":"127.0.0.1","server_name":"\#(name)"}}}"#
    }

    @Test(
        "an id that comes again is a trouble of the target's, and every event is read all the same",
        arguments: [
            (["ev_1", "ev_2"], [String]()),
            (["ev_1", "ev_1"], ["events.jsonl has an event with an id of before: ev_1"]),
            (["ev_1", "ev_1", "ev_2", "ev_1"], ["events.jsonl has 2 events with an id of before: ev_1"]),
        ]
    )
    func ids(_ ids: [String], troubles: [String]) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "events.jsonl")
            try Data(ids.map { Self.line($0) + "\n" }.joined().utf8).write(to: file)
            let log = EventLog(file: file)
            #expect(log.events(forServerName: "A.shakedown.test").count == ids.count)
            #expect(log.troubles == troubles)
        }
    }

    @Test("what traffic policies logged is read with it, and is absent where they did not")
    func logs() throws {
        let policy = #""traffic_policy":{"logs":[{"a":"b"},{"c":"d"}]},"conn""#
        let told = Self.line("ev_2").replacing(#""conn""#, with: policy)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "events.jsonl")
            try Data("\(Self.line("ev_1"))\n\(told)\n".utf8).write(to: file)
            let log = EventLog(file: file)
            #expect(log.events(forServerName: "a.shakedown.test").map(\.logs) == [nil, [["a": "b"], ["c": "d"]]])
            #expect(log.troubles == [])
        }
    }

    @Test(
        "events of anything else are passed over, one of a connection that lacks it is a trouble, and so is an id of before"
    )
    func otherEvents() throws {
        let other = #"{"event_id":"ev_1","event_type":"domain_created.v0","object":{"id":"rd_1"}}"#
        let bare = #"{"event_id":"ev_2","event_type":"tcp_connection_closed.v0","object":{}}"#
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "events.jsonl")
            try Data([other, Self.line("ev_3"), bare, other].map { $0 + "\n" }.joined().utf8).write(to: file)
            let log = EventLog(file: file)
            #expect(log.events(forServerName: "a.shakedown.test").count == 1)
            #expect(
                log.troubles == [
                    "events.jsonl has a line that is no event: \(bare)",
                    "events.jsonl has an event with an id of before: ev_1",
                ]
            )
        }
    }
}
