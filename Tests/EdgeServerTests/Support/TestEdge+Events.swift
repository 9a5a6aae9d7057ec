import EventTesting
import HTTPTesting
import JSONText
import NIOHTTP1

extension TestEdge {
    /// What the API refuses that a test needs.
    struct Refused: Error {
        let answer: String
    }

    /// Creates something through the API, and gives what that answers.
    func create(_ path: String, _ body: String) async throws -> JSONValue {
        let answer = try await self.api.send(.POST, path, body)
        guard answer.status == 201, let json = answer.json else {
            throw Refused(answer: String(decoding: answer.body, as: UTF8.self))
        }
        return json
    }

    /// Has a webhook subscribed; the subscription's id.
    ///
    /// - Parameters:
    ///   - auth: What stands behind the URL in the webhook's target.
    ///   - sources: JSON.
    func subscribe(_ server: EventServer, auth: String = "", sources: String) async throws -> String {
        let destination = try await self.create(
            "/event_destinations",
            #"{"format":"json","target":{"webhook":{"url":"\#(server.url)"\#(auth)}}}"#
        )
        let subscription = try await self.create(
            "/event_subscriptions",
            #"{"sources":\#(sources),"destination_ids":["\#(destination["id"]?.text ?? "")"]}"#
        )
        return subscription["id"]?.text ?? ""
    }

    /// A client that is served and leaves.
    func serveOne(_ name: String) async throws {
        let hello = TestHello.bytes(serverName: name, offersTLS13: false)
        let client = try await self.connectRaw()
        try await client.send(hello)
        _ = try await client.bytes(hello.count)
        try await client.endInput()
        _ = try await client.end()
    }
}
