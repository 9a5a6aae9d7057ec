import EdgeAPI
import EdgeControl
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("Events of the API", .noHang)
struct EventRouteTests {
    @Test("destinations show where events go, and no secret")
    func destinations() async throws {
        try await APIFixture.run { fixture in
            let answer = try await fixture.client.send(
                .POST,
                "/event_destinations",
                #"{"format":"json","target":{"datadog":{"api_key":"sesame","service":"edge"},"kinesis":null}}"#
            )
            #expect(answer.status == 201)
            #expect(answer.json?["target"]?["datadog"]?["service"]?.text == "edge")
            #expect(answer.json?["target"]?["datadog"]?["api_key"] == .null)
            #expect(answer.json?["target"]?["kinesis"] == .null)
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("sesame"))
            let key = try #require(fixture.plane.kept.values.first)
            #expect(key.secret == Array("sesame".utf8))
        }
    }

    @Test("a webhook shows its URL and the name of its header, and neither token nor value")
    func webhooks() async throws {
        try await APIFixture.run { fixture in
            for (auth, name) in [
                (#""bearer_token":"sesame""#, nil), (#""header":{"name":"X-Key","value":"sesame"}"#, "X-Key"),
            ] as [(String, String?)] {
                let answer = try await fixture.client.send(
                    .POST,
                    "/event_destinations",
                    #"{"format":"json","target":{"webhook":{"url":"https://a.example.com/x",\#(auth)}}}"#
                )
                #expect(answer.status == 201)
                let webhook = answer.json?["target"]?["webhook"]
                #expect(webhook?["url"]?.text == "https://a.example.com/x")
                #expect(webhook?["bearer_token"] == .null)
                #expect(webhook?["header"]?["name"]?.text == name)
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("sesame"))
            }
            #expect(fixture.plane.kept.values.compactMap(\.secret) == Array(repeating: Array("sesame".utf8), count: 2))
        }
    }

    @Test("a subscription's sources are put in, changed and taken out one by one")
    func sources() async throws {
        try await APIFixture.run { fixture in
            let client = fixture.client
            let id = try await fixture.create(
                "/event_subscriptions",
                #"{"sources":[{"type":"domain_created.v0"}],"destination_ids":[]}"#
            )
            let path = "/event_subscriptions/\(id)/sources"
            let added = try await client.send(
                .POST,
                path,
                #"{"type":"tcp_connection_closed.v0","fields":["conn.bytes_in"]}"#
            )
            #expect(added.status == 201)
            #expect(added.json?["uri"]?.text?.hasSuffix("\(path)/tcp_connection_closed.v0") == true)
            #expect(try await client.send(.POST, path, #"{"type":"domain_created.v0"}"#).code == 5127)
            let listed = try await client.send(.GET, path).json?["sources"]?.elements?.compactMap { $0["type"]?.text }
            #expect(listed == ["domain_created.v0", "tcp_connection_closed.v0"])
            let changed = try await client.send(
                .PATCH,
                "\(path)/tcp_connection_closed.v0",
                #"{"fields":["conn.bytes_out"]}"#
            )
            #expect(changed.json?["fields"] == .array([.string("conn.bytes_out")]))
            #expect(try await client.send(.GET, "\(path)/tcp_connection_closed.v0").json == changed.json)
            #expect(try await client.send(.DELETE, "\(path)/domain_created.v0").status == 204)
            for method in [HTTPMethod.GET, .DELETE] {
                #expect(try await client.send(method, "\(path)/domain_created.v0").code == 5125)
            }
            #expect(try await client.send(.PATCH, "\(path)/domain_created.v0", "{}").code == 5125)
            #expect(try await fixture.stranger.send(.GET, path).code == 5123)
            let shown = try await client.send(.GET, "/event_subscriptions/\(id)").json?["sources"]?.elements
            #expect(shown == [try #require(changed.json)])
        }
    }
}
