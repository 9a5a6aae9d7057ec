import EdgeAPI
import EdgeControl
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("Requests to the API", .noHang)
struct RequestTests {
    @Test("without a valid key get nothing, and learn in which way theirs is none")
    func keys() async throws {
        try await APIFixture.run { fixture in
            let token = try await fixture.client.send(.POST, "/credentials", "{}").json?["token"]?.text ?? ""
            for (header, code) in [
                (nil, 200), ("Basic b25lX2tleTo=", 201), ("Bearer", 201), ("Bearer ", 201), ("Bearer wrong_key", 203),
                ("Bearer one_key2", 203), ("Bearer onekey", 202), ("Bearer ak_123", 208), ("Bearer \(token)", 206),
            ] as [(String?, Int)] {
                let headers: HTTPHeaders = header.map { ["Authorization": $0] } ?? [:]
                let answer = try await fixture.nobody.send(.GET, "/ip_policies", headers: headers)
                #expect(answer.status == 401, "\(header ?? "none")")
                #expect(answer.code == code, "\(header ?? "none")")
                #expect(answer.headers["WWW-Authenticate"] == ["Bearer"])
                // A refusal that repeated a key would have it in somebody's log.
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("wrong_key"))
            }
        }
    }

    @Test("must say which version of the API they mean")
    func version() async throws {
        try await APIFixture.run { fixture in
            var client = fixture.client
            client.headers.remove(name: "Ngrok-Version")
            let missing = try await client.send(.GET, "/ip_policies")
            #expect(missing.status == 400)
            #expect(missing.code == 218)
            let wrong = try await client.send(.GET, "/ip_policies", headers: ["Ngrok-Version": "1"])
            #expect(wrong.code == 217)
        }
    }

    @Test("that are refused get ngrok's error object")
    func errorObject() async throws {
        try await APIFixture.run { fixture in
            let answer = try await fixture.client.send(.GET, "/ip_policies/ipp_none")
            #expect(answer.status == 404)
            #expect(answer.headers["Content-Type"] == ["application/json"])
            #expect(answer.json?["error_code"]?.text == "ERR_NGROK_1402")
            #expect(answer.json?["status_code"]?.integer == 404)
            #expect(answer.json?["msg"]?.text?.contains("ipp_none") == true)
            #expect(answer.json?["details"]?["operation_id"]?.text?.hasPrefix("op_") == true)
        }
    }

    @Test("for an address that there is not, or with a method that it has not, are told so in JSON")
    func addresses() async throws {
        try await APIFixture.run { fixture in
            for path in ["/nothing", "/ip_policies/", "/ip_policies/a/b", "/edges/https", "/ip_policies/%zz"] {
                let answer = try await fixture.client.send(.GET, path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.json?["msg"] != nil)
            }
            let answer = try await fixture.client.send(.PUT, "/ip_policies", "{}")
            #expect(answer.status == 405)
            #expect(answer.json?["status_code"]?.integer == 405)
            #expect(answer.headers["Allow"] == ["POST, GET"])
            // The bytes of a body would be the next answer to the client.
            let head = try await fixture.client.send(.HEAD, "/ip_policies")
            #expect(head.status == 405)
            #expect(head.body.isEmpty)
        }
    }

    @Test("have a JSON object for a body, which says that it is one")
    func bodies() async throws {
        try await APIFixture.run { fixture in
            for (body, type, status, code) in [
                ("{}", "application/json", 201, nil), ("{}", "application/json; charset=utf-8", 201, nil),
                ("{}", "Application/JSON", 201, nil), ("{}", "text/plain", 415, 210), ("{}", "", 415, 216),
                ("", "", 201, nil), ("[]", "application/json", 400, 213), ("{", "application/json", 400, 213),
                ("null", "application/json", 400, 213), ("{} {}", "application/json", 400, 213),
                (String(repeating: "[", count: 10_000), "application/json", 400, 213),
            ] as [(String, String, Int, Int?)] {
                let answer = try await fixture.client.send(.POST, "/ip_policies", body, headers: ["Content-Type": type])
                #expect(answer.status == status, "\(body.prefix(20)) as \(type)")
                #expect(answer.code == code, "\(body.prefix(20)) as \(type)")
            }
            let answer = try await fixture.client.send(.GET, "/ip_policies", "{}")
            #expect(answer.code == 211)
        }
    }

    @Test("with more of a body than any needs are refused")
    func tooLarge() async throws {
        try await APIFixture.run { fixture in
            let body = #"{"description":"\#(String(repeating: "d", count: 256 << 10))"}"#
            let answer = try await fixture.client.send(.POST, "/ip_policies", body)
            #expect(answer.status == 413)
            #expect(answer.code == 812)
            #expect(fixture.plane.state.ipPolicies.count == 0)
        }
    }

    @Test(
        "with a field that is wrong are told which",
        arguments: [
            ("/ip_policies", #"{"descripton":"x"}"#, 214, "descripton"),
            ("/ip_policies", #"{"description":1}"#, 215, "description"),
            ("/ip_policies", #"{"description":{"a":1}}"#, 215, "description"),
            ("/credentials", #"{"acl":"*"}"#, 215, "acl"), ("/credentials", #"{"acl":[1]}"#, 215, "acl.0"),
            ("/credentials", #"{"token_sha256":"00"}"#, 214, "token_sha256"),
            ("/edges/tls", #"{"backend":{"id":"bkdtg_1"}}"#, 214, "backend.id"),
            ("/edges/tls", #"{"backend":{}}"#, 215, "backend.backend_id"),
            ("/edges/tls", #"{"backend":[]}"#, 215, "backend"),
            (
                "/edges/tls", #"{"tls_termination":{"terminate_at":"edge","min_version":"1.0"}}"#, 219,
                "tls_termination.min_version"
            ),
            ("/backends/weighted", #"{"backends":{"bkdtg_1":0.5}}"#, 215, "backends.bkdtg_1"),
            (
                "/event_destinations", #"{"format":"json","target":{"webhook":{"url":"x","header":{"key":"x"}}}}"#, 214,
                "target.webhook.header.key"
            ),
            ("/event_subscriptions", #"{"sources":[{"type":"domain_created.v0","kind":"x"}]}"#, 214, "sources.kind"),
        ]
    )
    func fields(_ path: String, _ body: String, _ code: Int, _ field: String) async throws {
        try await APIFixture.run { fixture in
            let answer = try await fixture.client.send(.POST, path, body)
            #expect(answer.status == 400)
            #expect(answer.code == code)
            #expect(answer.field == field)
        }
    }

    /// ngrok's clients send null for what they were not given.
    @Test("may have null for any field, which is as good as leaving it out")
    func nulls() async throws {
        try await APIFixture.run { fixture in
            let answer = try await fixture.client.send(.POST, "/ip_policies", #"{"description":null,"unknown":null}"#)
            #expect(answer.status == 201)
        }
    }

    @Test(
        "have a query that is understood, or are refused",
        arguments: [
            ("limit=5", nil), ("limit=", 244), ("limit=0", 233), ("limit=101", 233), ("limit=-1", 233),
            ("limit=ten", 244), ("limit=1&limit=2", 232), ("order=x", 231), ("filter=x", 250), ("filter=1", 250),
            ("filter=", nil), ("%zz=1", 230),
            ("before_id=ipp_none", 223),
            ("before_id=", nil),
        ] as [(String, Int?)]
    )
    func queries(_ query: String, _ code: Int?) async throws {
        try await APIFixture.run { fixture in
            for path in ["/ip_policies", "/tunnels"] {
                let answer = try await fixture.client.send(.GET, "\(path)?\(query)")
                #expect(answer.status == (code == nil ? 200 : 400))
                #expect(answer.code == code)
            }
        }
    }

    @Test("are limited for each key, and may go on when the window has rolled on")
    func rateLimit() async throws {
        try await APIFixture.run(rateLimit: RateLimit(requests: 3, seconds: 60)) { fixture in
            func status(_ client: HTTPClient) async throws -> Int { try await client.send(.GET, "/ip_policies").status }
            for _ in 0..<2 { #expect(try await status(fixture.client) == 200) }
            fixture.clock.advance(bySeconds: 20)
            #expect(try await status(fixture.client) == 200)
            let refused = try await fixture.client.send(.GET, "/ip_policies")
            #expect(refused.status == 429)
            #expect(refused.code == 226)
            #expect(refused.headers["Retry-After"] == ["40"])
            // What is refused is not counted, another key is another's, and a stranger has no count to use up.
            #expect(try await status(fixture.stranger) == 200)
            #expect(try await status(fixture.nobody) == 401)
            fixture.clock.advance(bySeconds: 40)
            for _ in 0..<2 { #expect(try await status(fixture.client) == 200) }
            #expect(try await status(fixture.client) == 429)
        }
    }

    @Test("are answered with an error of the edge's own where nothing can be kept, and change nothing")
    func brokenStore() async throws {
        try await APIFixture.run { fixture in
            fixture.plane.breakStore()
            let answer = try await fixture.client.send(.POST, "/ip_policies", "{}")
            #expect(answer.status == 500)
            #expect(answer.code == 802)
            #expect(fixture.plane.state.ipPolicies.count == 0)
            #expect(try await fixture.client.send(.GET, "/ip_policies").status == 200)
        }
    }
}
