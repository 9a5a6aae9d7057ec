import Addresses
import JSONText
import NIOCore
import Testing

@testable import Targets

@Suite("A webhook of the harness's")
struct EventReceiverTests {
    private static func send(_ body: String, to receiver: EventReceiver, method: String = "POST") async throws -> UInt {
        let parts = receiver.url.dropFirst("http://".count).split(separator: "/")
        let address = try #require(TransportAddress(String(parts[0])))
        let question = HTTPAnswer.Question(method: method, path: "/\(parts[1])", body: Array(body.utf8))
        return try await HTTPAnswer.ask(question, host: "\(address)", at: address, patience: .seconds(10)).code
    }

    @Test("keeps the events of all requests in their order, and what is none apart")
    func keeps() async throws {
        let receiver = try await EventReceiver.start()
        #expect(try await Self.send(#"[{"event_id":"1"},{"event_id":"2"}]"#, to: receiver) == 204)
        #expect(try await Self.send(#"[{"event_id":"3"}]"#, to: receiver) == 204)
        #expect(receiver.events.map { $0["event_id"]?.text } == ["1", "2", "3"])
        #expect(receiver.troubles == [])
        _ = try await Self.send(#"{"event_id":"4"}"#, to: receiver)
        _ = try await Self.send("[]", to: receiver, method: "PUT")
        #expect(receiver.events.count == 3)
        #expect(receiver.troubles == [#"POST {"event_id":"4"}"#, "PUT []"])
        try await receiver.stop()
    }
}
