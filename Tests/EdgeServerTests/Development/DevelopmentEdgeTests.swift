import Addresses
import EdgeCore
import EdgeServer
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("A development edge")
struct DevelopmentEdgeTests {
    private let parent: TemporaryFolder

    init() throws { self.parent = try TemporaryFolder() }

    private static let now = Int64(Date().timeIntervalSince1970)

    private func edge(_ options: DevelopmentEdge.Options = .init(), in folder: String = "dev") throws -> DevelopmentEdge
    {
        try DevelopmentEdge(options, in: PrivateFolder(self.parent.path(folder)), now: Self.now)
    }

    @Test("writes a configuration that the edge takes, for this machine alone, with the digest of its authtoken")
    func configuration() throws {
        let edge = try self.edge()
        let configuration = edge.configuration
        #expect(configuration.listen == [TransportAddress(ip: .loopback, port: 8443)])
        #expect(configuration.agents.listen == TransportAddress(ip: .loopback, port: 4443))
        #expect(configuration.baseDomains.map(\.text) == ["shakedown.localhost"])
        let token = try String(contentsOfFile: self.parent.path("dev/authtoken"), encoding: .utf8)
        let digest = TokenDigest(of: token.trimmingCharacters(in: .newlines))
        #expect(configuration.accounts.flatMap(\.tokens).map { $0.digest.matches(digest) } == [true])
        #expect(configuration.limits.openFiles <= 1_024, "more is a warning at the first start on many systems")
        try Edge.check(configuration)
        // A copy means the same files.
        let copy = self.parent.path("copy.yaml")
        try FileManager.default.copyItem(atPath: self.parent.path("dev/edge.yaml"), toPath: copy)
        try Edge.check(EdgeConfiguration.read(file: copy))
        for name in ["edge.yaml", "ca.key", "edge.key", "agents.key", "authtoken"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: self.parent.path("dev/\(name)"))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test("has the addresses and the domain asked for, in folders of any name")
    func options() throws {
        let options = DevelopmentEdge.Options(listen: "[::1]:0", agents: "127.0.0.2:0", baseDomain: "Edge.test")
        let configuration = try self.edge(options, in: "it's \"my\" folder # {}").configuration
        #expect(configuration.listen == [TransportAddress(ip: .loopback6, port: 0)])
        #expect(configuration.agents.listen == TransportAddress(ip: .v4(0x7f00_0002), port: 0))
        #expect(configuration.baseDomains.map(\.text) == ["edge.test"])
        try Edge.check(configuration)
    }

    @Test("tells what to type where it listens, for a shell, and only the agent's file has the authtoken in clear")
    func instructions() throws {
        let edge = try self.edge(in: "my folder")
        let folder = self.parent.path("my folder")
        let addresses = ListeningAddresses(
            listen: ["127.0.0.1:10001"],
            agents: "127.0.0.1:10002",
            metrics: nil,
            processID: 1
        )
        let text = try edge.instructions(for: addresses, agent: "/opt/shakedown-agent")
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines.contains(
                "/opt/shakedown-agent tls 8080 --config '\(folder)/agent.yaml' --domain app.shakedown.localhost --terminate-at edge"
            ),
            "\(text)"
        )
        #expect(
            lines.contains(
                "curl --cacert '\(folder)/ca.pem' --resolve app.shakedown.localhost:10001:127.0.0.1 https://app.shakedown.localhost:10001/"
            ),
            "\(text)"
        )
        let token = try String(contentsOfFile: "\(folder)/authtoken", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let agent = try String(contentsOfFile: "\(folder)/agent.yaml", encoding: .utf8)
        #expect(agent.contains("server_addr: \"127.0.0.1:10002\"\nauthtoken: \(token)\n"))
        let configuration = try String(contentsOfFile: "\(folder)/edge.yaml", encoding: .utf8)
        for said in [text, edge.news, configuration] { #expect(!said.contains(token), "\(said)") }
    }

    @Test("an IPv6 address stands in brackets for curl")
    func brackets() throws {
        let addresses = ListeningAddresses(listen: ["[::1]:10001"], agents: "[::1]:10002", metrics: nil, processID: 1)
        let text = try self.edge().instructions(for: addresses, agent: "shakedown-agent")
        #expect(text.contains("--resolve 'app.shakedown.localhost:10001:[::1]' "), "\(text)")
    }

    @Test("says once what is new, and where")
    func news() throws {
        let path = self.parent.path("dev")
        #expect(try self.edge().news == "new in \(path): ca.pem, authtoken, edge.pem, agents.pem\n")
        #expect(try self.edge().news.isEmpty)
        try FileManager.default.removeItem(atPath: "\(path)/edge.key")
        #expect(try self.edge().news == "made anew: \(path)/edge.pem, because the one before is without its key\n")
    }

    @Test(
        "takes no address that others can reach, and no domain that cannot be one",
        arguments: [
            (.init(listen: "0.0.0.0:8443"), "--listen takes an address of this machine alone"),
            (.init(agents: "[::]:4443"), "--agents takes an address of this machine alone"),
            (.init(agents: "192.0.2.1:4443"), "--agents takes an address of this machine alone"),
            (.init(listen: "8443"), "--listen takes an address and a port, and not '8443'"),
            (.init(listen: "localhost:8443"), "--listen takes an address and a port, and not 'localhost:8443'"),
            (.init(baseDomain: "localhost"), "--base-domain cannot be 'localhost'"),
            (.init(baseDomain: "*.edge.test"), "--base-domain takes a plain name"),
        ] as [(DevelopmentEdge.Options, String)]
    )
    func refused(options: DevelopmentEdge.Options, words: String) throws {
        let complaint = try #require(throws: Complaint.self) { try self.edge(options) }
        #expect(complaint.message.hasPrefix(words), "\(complaint)")
        #expect(complaint.exitStatus == .usage)
        let names = try FileManager.default.contentsOfDirectory(atPath: self.parent.path("dev"))
        #expect(names == [".shakedown-edge"], "nothing is made for what is refused")
    }
}
