import JSONText
import ScenarioModel
import Targets
import Testing
import Verdicts

@testable import Runner

@Suite("What is said to an API, and what it answers")
struct APIConversationTests {
    private static func hear(
        _ conversation: APIConversation,
        _ status: Int,
        _ body: String,
        to call: APICall
    ) throws -> APIAnswer {
        let play = Play(players: [], moments: [[Step(.wait(milliseconds: 0))], [Step(.api(call))]])
        return try conversation.hear(status, try JSONValue(reading: Array(body.utf8)), to: call, in: play.plan[1][0])
    }

    private static func conversation() -> APIConversation {
        APIConversation { $0.hasSuffix(".pem") ? "PEM of \($0.dropLast(4))\n" : nil }
    }

    @Test("what an answer has stands for itself in later texts, and is escaped in JSON as any text")
    func saved() throws {
        let conversation = Self.conversation()
        let call = APICall(
            method: .post,
            path: "/a",
            saves: [.init(name: "id", path: "list[0].id"), .init(name: "count", path: "count")]
        )
        let answer = try Self.hear(conversation, 201, #"{"list":[{"id":"a\"b"}],"count":7}"#, to: call)
        #expect(answer.fields.map(\.found) == ["", ""])
        #expect(try conversation.resolved("/a/${saved.id}/${saved.count}?${saved.id}") == "/a/a\"b/7?a\"b")
        let body = try conversation.resolved(json: #"{"${saved.id}":["x${saved.count}",7,"${ca.pem}"]}"#)
        #expect(String(decoding: body.encoded, as: UTF8.self) == #"{"a\"b":["x7",7,"PEM of ca\n"]}"#)
    }

    @Test("of events what stands where the step looks is told, and of one that it does not expect the type")
    func told() throws {
        let conversation = Self.conversation()
        let call = APICall(method: .post, path: "/a", saves: [.init(name: "id", path: "id")])
        _ = try Self.hear(conversation, 201, #"{"id":"x"}"#, to: call)
        let events = try [#"{"object":{"id":"x"}}"#, #"{"event_type":"b.v0"}"#].map {
            try JSONValue(reading: Array($0.utf8))
        }
        let expected = [ToldEvent(fields: [.init(path: "object.id", value: #""${saved.id}""#)])]
        #expect(
            try conversation.fields(of: events, expected: expected) == [
                [.init(path: "object.id", expected: #""x""#, found: #""x""#)],
                [.init(path: "event_type", expected: nil, found: #""b.v0""#)],
            ]
        )
    }

    @Test("the webhook's address stands in texts, and who expects nothing of it waits for nothing")
    func listens() async throws {
        let receiver = try await EventReceiver.start()
        let conversation = APIConversation(webhook: receiver) { _ in nil }
        #expect(try conversation.resolved("${webhook}") == receiver.url)
        let play = Play(players: [], moments: [[Step(.told([]))]])
        let seen = try await conversation.listen(for: [], in: play.plan[0][0])
        #expect(seen.isEmpty)
        try await receiver.stop()
    }

    @Test("what no answer had is our own trouble")
    func unknown() {
        #expect(throws: RunError.self) { try Self.conversation().resolved("/a/${saved.id}") }
    }

    @Test(
        "a place is found behind names, in a list by its number or by what an element has",
        arguments: [
            ("a.b", #"{"a":{"b":1}}"#, "1"), ("a[1]", #"{"a":[1,2]}"#, "2"), ("a[1]", #"{"a":[1]}"#, nil),
            ("a[n=x.y].b", #"{"a":[{"n":"x","b":1},{"n":"x.y","b":2}]}"#, "2"), ("a.b", #"{"a":[]}"#, nil),
            ("a", #"{"a":null}"#, "null"), ("a", "[]", nil),
        ] as [(String, String, String?)]
    )
    func places(path: String, body: String, found: String?) throws {
        let call = APICall(method: .get, path: "/a", expects: [.init(path: path, value: found ?? "null")])
        #expect(try Self.hear(Self.conversation(), 200, body, to: call).fields.map(\.found) == [found])
    }

    @Test(
        "another answer than the step's is the target's failure, by a check of its own",
        arguments: [
            (400, #"{"error_code":"ERR_NGROK_7117","msg":"no such domain"}"#, "api status"),
            (200, #"{"id":"b"}"#, "api field"), (200, "{}", "api field"), (200, #"{"id":["a"]}"#, "api field"),
        ]
    )
    func failures(status: Int, body: String, check: String) throws {
        let call = APICall(
            method: .get,
            path: "/a",
            saves: [.init(name: "id", path: "id")],
            expects: [.init(path: "id", value: #""a""#)]
        )
        let failure = try #require(throws: TargetFailure.self) {
            try Self.hear(Self.conversation(), status, body, to: call)
        }
        #expect(failure.checks.first { !$0.holds }?.check == check)
        #expect(failure.checks.allSatisfy { $0.step == "2 api GET /a" })
        #expect(failure.description.hasPrefix("step 2 (api GET /a): \(check): expected"))
        if status == 400 { #expect(failure.description.contains("observed 400: ERR_NGROK_7117 no such domain")) }
    }

    @Test("what is only to be saved is not told: it may be a secret")
    func secrets() throws {
        let call = APICall(method: .post, path: "/credentials", saves: [.init(name: "token", path: "token")])
        let answer = try Self.hear(Self.conversation(), 201, #"{"token":"s3cret"}"#, to: call)
        #expect(!"\(answer)".contains("s3cret"))
    }
}
