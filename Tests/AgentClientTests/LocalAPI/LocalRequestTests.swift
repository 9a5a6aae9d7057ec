import AgentClient
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Synchronization
import Testing

@Suite("Requests to the agent's local API", .noHang)
struct LocalRequestTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let body: String
        let status: Int
        let word: String
        var headers: HTTPHeaders = [:]
        var path = "/api/tunnels"

        var testDescription: String { self.word }
    }

    @Test(
        "that are wrong are refused with what is wrong, and the edge is asked nothing",
        arguments: [
            Bad(
                body: "name=web&addr=80",
                status: 415,
                word: "application/json",
                headers: ["Content-Type": "text/plain"]
            ),
            Bad(
                body: "name=web&addr=80",
                status: 415,
                word: "application/json",
                headers: ["Content-Type": "application/x-www-form-urlencoded"]
            ),
            Bad(body: "name=web", status: 400, word: "no JSON"),
            Bad(body: "[]", status: 400, word: "no JSON object"),
            Bad(body: #"{"proto":"tls","addr":80}"#, status: 400, word: "'name' is missing"),
            Bad(body: #"{"name":"web","addr":80}"#, status: 400, word: "'proto' is missing"),
            Bad(body: #"{"name":"web","proto":"tls"}"#, status: 400, word: "'addr' is missing"),
            Bad(body: #"{"name":"web","proto":"http","addr":80}"#, status: 400, word: "proto 'http'"),
            Bad(body: #"{"name":"web","proto":"tls","addr":80,"colour":"red"}"#, status: 400, word: "'colour'"),
            Bad(body: #"{"name":"web","proto":"tls","addr":"nowhere"}"#, status: 400, word: "'nowhere'"),
            Bad(body: #"{"name":"web","proto":"tls","addr":80,"inspect":"no"}"#, status: 400, word: "'inspect'"),
            Bad(
                body: #"{"name":"web","proto":"tls","addr":80,"crt":"/none.pem","key":"/none.key"}"#,
                status: 400,
                word: "/none.pem"
            ),
            Bad(body: #"{"name":"web","upstream":{"url":80}}"#, status: 400, word: "url", path: "/api/endpoints"),
            Bad(body: String(repeating: " ", count: (1 << 20) + 1), status: 413, word: "1048576"),
        ]
    )
    func wrong(_ bad: Bad) async throws {
        try await LocalAPIFixture.run([]) { fixture in
            let answer = try await fixture.client.send(.POST, bad.path, bad.body, headers: bad.headers)
            #expect(answer.status == bad.status)
            let text = (answer.json?["msg"]?.text ?? "") + " " + answer.cause
            #expect(text.contains(bad.word), "\(text)")
            #expect(answer.number != nil)
            #expect(fixture.running.edge.state.withLock { $0.binds.isEmpty })
        }
    }

    @Test("have an address and a method that there is")
    func addresses() async throws {
        try await LocalAPIFixture.run([]) { fixture in
            #expect(try await fixture.client.send(.GET, "/api/requests/http").status == 404)
            #expect(try await fixture.client.send(.GET, "/api/tunnels/").status == 404)
            let answer = try await fixture.client.send(.PUT, "/api/tunnels", "{}")
            #expect(answer.status == 405)
            #expect(answer.headers["Allow"] == ["GET, POST"])
            // What a browser asks first for a page that is not the agent's own.
            #expect(try await fixture.client.send(.OPTIONS, "/api/tunnels/web").status == 405)
            #expect(try await fixture.client.send(.GET, "/api").json?["tunnels_uri"] == .string("/api/tunnels"))
            let root = try await fixture.client.send(.GET, "/")
            #expect(root.status == 302)
            #expect(root.headers["Location"] == ["/status"])
            let head = try await fixture.client.send(.HEAD, "/api/tunnels")
            #expect(head.status == 200)
            #expect(head.body == [])
        }
    }

    /// A page of a stranger's whose name leads here ("DNS rebinding").
    @Test(
        "that name another host are refused, whatever they ask",
        arguments: ["/api/tunnels", "/status", "/", "/none"]
    )
    func hosts(path: String) async throws {
        try await LocalAPIFixture.run(hosts: [".trusted.example", "192.0.2.0/24"], []) { fixture in
            for host in ["evil.example", "evil.example:4040", "localhost.evil.example", "198.51.100.1", ""] {
                let answer = try await fixture.client.send(.GET, path, nil, headers: ["Host": host])
                // What has no host at all is no HTTP/1.1 request (RFC 9112 section 3.2).
                #expect(answer.status == 403 || host.isEmpty && answer.status == 400, "\(host)")
            }
            for host in ["localhost:4040", "127.0.0.1", "[::1]:4040", "a.trusted.example", "192.0.2.7:80"] {
                let answer = try await fixture.client.send(.GET, path, nil, headers: ["Host": host])
                #expect(answer.status != 403, "\(host)")
            }
        }
    }
}
