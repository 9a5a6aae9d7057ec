import Addresses
import Testing

@Suite("A host and a port")
struct HostAndPortTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var host: String
        var port: UInt16
        var serverName: String?
        var testDescription: String { self.text }
    }

    @Test(
        "are read from one text, and only a name is a server name",
        arguments: [
            Row(text: "edge.example.com:4443", host: "edge.example.com", port: 4443, serverName: "edge.example.com"),
            Row(text: "localhost:1", host: "localhost", port: 1, serverName: "localhost"),
            Row(text: "192.0.2.1:443", host: "192.0.2.1", port: 443),
            Row(text: "[::1]:8080", host: "::1", port: 8080),
            // A resolver knows what a zone is; a server name it is not.
            Row(text: "[fe80::1%eth0]:8080", host: "fe80::1%eth0", port: 8080),
        ]
    )
    func reads(_ row: Row) throws {
        let place = try #require(HostAndPort(row.text))
        #expect(place == HostAndPort(host: row.host, port: row.port))
        #expect(place.serverName == row.serverName)
        #expect(place.description == row.text)
    }

    @Test("a port may be left out where there is one to take")
    func defaultPort() {
        #expect(HostAndPort("edge.example.com") == nil)
        #expect(HostAndPort("edge.example.com", defaultPort: 443)?.description == "edge.example.com:443")
        #expect(HostAndPort("[::1]", defaultPort: 443)?.description == "[::1]:443")
        #expect(HostAndPort("edge.example.com:80", defaultPort: 443)?.port == 80)
        #expect(HostAndPort("edge.example.com:", defaultPort: 443) == nil)
    }

    @Test(
        "are refused with anything else around them",
        arguments: [
            "", ":1", "a:b", "a:1:2", "::1", "::1:443", "[localhost]:1", "[::1]1", "[::1:1", "::1]:1", "a/b:1", "a@b:1",
            "a b:1", "a\r\nb: c:1", "a\u{7f}:1",
            "a?:1", "a#:1", "a:01", "a:65536", "tls://a:1",
        ]
    )
    func refuses(_ text: String) {
        #expect(HostAndPort(text, defaultPort: 443) == nil)
    }
}
