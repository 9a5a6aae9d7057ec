import EdgeAPI
import EdgeControl
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("Lists that are filtered", .noHang)
struct ListFilterTests {
    /// Unreserved characters as they are, and the rest by their bytes.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func names(_ client: HTTPClient, _ filter: String, _ more: String = "") async throws -> [String] {
        let answer = try await client.send(.GET, "/ip_policies?filter=\(Self.encoded(filter))\(more)")
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        return answer.json?["ip_policies"]?.elements?.compactMap { $0["description"]?.text } ?? []
    }

    private static func fill(_ fixture: APIFixture) async throws {
        for (index, metadata) in ["web", "db", "web", ""].enumerated() {
            try await fixture.create("/ip_policies", #"{"description":"p\#(index)","metadata":"\#(metadata)"}"#)
        }
    }

    @Test(
        "have what the condition holds for, newest first",
        arguments: [
            ("obj.metadata == 'web'", ["p2", "p0"]), ("!(obj.metadata in ['web', 'db'])", ["p3"]),
            ("size(obj.metadata) > 0 && obj.description != 'p1'", ["p2", "p0"]), ("obj.id == ''", []),
            ("obj.created_at == timestamp(1800000000)", ["p3", "p2", "p1", "p0"]),
            ("obj.created_at > time.now - duration('1h')", ["p3", "p2", "p1", "p0"]),
            ("obj.created_at > timestamp(time.now)", []), ("obj.metadata == null", []),
        ]
    )
    func conditions(_ filter: String, _ expected: [String]) async throws {
        try await APIFixture.run { fixture in
            try await Self.fill(fixture)
            #expect(try await Self.names(fixture.client, filter) == expected)
            #expect(try await Self.names(fixture.stranger, filter).isEmpty)
        }
    }

    @Test("come page by page, by an address that says the condition again")
    func pages() async throws {
        try await APIFixture.run { fixture in
            try await Self.fill(fixture)
            let filter = "obj.metadata == 'web' || obj.description == 'p1'"
            let path = "/ip_policies?filter=\(Self.encoded(filter))&limit=2"
            let first = try await fixture.client.send(.GET, path).json
            #expect(first?["ip_policies"]?.elements?.compactMap { $0["description"]?.text } == ["p2", "p1"])
            let next = try #require(first?["next_page_uri"]?.text)
            let rest = try #require(next.firstRange(of: "/ip_policies"))
            let second = try await fixture.client.send(.GET, String(next[rest.lowerBound...])).json
            #expect(second?["ip_policies"]?.elements?.compactMap { $0["description"]?.text } == ["p0"])
            #expect(second?["next_page_uri"] == .null)
        }
    }

    @Test(
        "are refused where there is no answer",
        arguments: ["obj.nothing == 1", "obj", "obj.metadata", "ev.x == 1", "obj.metadata ==", "obj.description > 1"]
    )
    func refused(_ filter: String) async throws {
        try await APIFixture.run { fixture in
            try await Self.fill(fixture)
            let answer = try await fixture.client.send(.GET, "/ip_policies?filter=\(Self.encoded(filter))")
            #expect(answer.status == 400)
            #expect(answer.code == 250)
            #expect(answer.field == "filter")
        }
    }
}
