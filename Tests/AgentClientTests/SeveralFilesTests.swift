import AgentClient
import ConfigurationFiles
import FolderTesting
import Foundation
import Testing

@Suite("Several configuration files")
struct SeveralFilesTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private func read(_ texts: String...) throws -> AgentSettings {
        try AgentFile.read(texts.enumerated().map { try self.folder.write($1, to: "\($0).yaml") })
    }

    @Test("are one: the last value counts, and tunnels are put together by name, each of them whole")
    func tunnels() throws {
        let settings = try self.read(
            """
            version: 2
            authtoken: first
            metadata: kept
            tunnels:
              web: { proto: tls, addr: 8080, domain: web.example.com }
              mail: { proto: tls, addr: 8025 }
            """,
            """
            version: 2
            authtoken: second
            tunnels:
              web: { proto: tls, addr: 9090 }
              more: { proto: tls, addr: 8070 }
            """
        )
        #expect(settings.authtoken?.revealed == "second")
        #expect(settings.metadata == "kept")
        #expect(settings.tunnels.keys.sorted() == ["mail", "more", "web"])
        #expect(settings.tunnels["web"]?.upstream.description == "localhost:9090")
        #expect(settings.tunnels["web"]?.domain == "")
    }

    @Test("may be of both versions; a later list of endpoints takes the place of an earlier one")
    func endpoints() throws {
        let first = """
            version: 3
            agent: { metadata: kept }
            endpoints: [{ name: a, url: "tls://", upstream: { url: 80 } }, { name: b, url: "tls://", upstream: { url: 81 } }]
            """
        let second = "version: 3\nendpoints: [{ name: c, url: \"tls://\", upstream: { url: 82 } }]"
        let third = "version: 2\nauthtoken: t\ntunnels: { d: { proto: tls, addr: 83 } }"
        let settings = try self.read(first, second, third)
        #expect(try settings.namedTunnels().keys.sorted() == ["c", "d"])
        #expect(settings.metadata == "kept" && settings.authtoken?.revealed == "t")
        let one = try self.read(first, third)
        #expect(try one.namedTunnels().keys.sorted() == ["a", "b", "d"])
    }

    @Test("may be named with commas between them")
    func commas() throws {
        let one = try self.folder.write("version: 2\nmetadata: a\nauthtoken: t", to: "one.yaml")
        let two = try self.folder.write("version: 2\nmetadata: b", to: "two.yaml")
        let settings = try AgentFile.read(["\(one),\(two)"])
        #expect(settings.metadata == "b" && settings.authtoken?.revealed == "t")
    }

    @Test("name the one of them that is wrong, also where only all of them together are")
    func mistakes() throws {
        let good = try self.folder.write("version: 2\nheartbeat_interval: 5s", to: "good.yaml")
        func message(_ text: String) throws -> String {
            let bad = try self.folder.write(text, to: "bad.yaml")
            let error = try #require(throws: ConfigurationError.self) {
                for tunnel in try AgentFile.read([bad, good]).namedTunnels().values { _ = try Tunnel(tunnel) }
            }
            return error.description.replacing(self.folder.url.path + "/", with: "")
        }
        // What the other file says counts in the end, and this is wrong all the same.
        #expect(
            try message("version: 2\nheartbeat_interval: 2h")
                == "bad.yaml:2:21: 'heartbeat_interval' is out of range"
        )
        #expect(try message("version: 2\nserver_addr: edge") == "bad.yaml:2:14: 'edge' is no server address")
        // A tunnel's files are read when all is put together.
        #expect(
            try message("version: 2\ntunnels:\n  web: { proto: tls, addr: 80, crt: no.pem, key: no.key }")
                == "bad.yaml:3:8: cannot read the certificate no.pem: no such file or directory"
        )
        let tunnel = try self.folder.write("version: 2\ntunnels: { a: { proto: tls, addr: 80 } }", to: "tunnel.yaml")
        let endpoint = try self.folder.write(
            "version: 3\nendpoints:\n  - { name: a, url: 'tls://', upstream: { url: 80 } }",
            to: "endpoint.yaml"
        )
        let error = try #require(throws: ConfigurationError.self) {
            try AgentFile.read([endpoint, tunnel]).namedTunnels()
        }
        #expect(error.description.hasSuffix("endpoint.yaml:3:5: 'a' is an endpoint's name and a tunnel's"))
    }
}
