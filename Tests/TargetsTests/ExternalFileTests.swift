import Addresses
import CertificateRecipes
import ConfigurationFiles
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Targets

/// A certificate as somebody's edge presents it.
enum MintedLeaf {
    static func write(to file: URL) throws {
        let mint = Mint(book: try RecipeBook(directory: Fixture.recipes))
        try Data(mint.credential(for: "edge-default").chainPEM.utf8).write(to: file)
    }

    /// The CA that clients have their certificates of.
    static func writeAuthority(to folder: URL) throws {
        try Mint(book: try RecipeBook(directory: Fixture.recipes)).writeAll(to: folder, names: ["ca-clients"])
    }
}

@Suite("A file about an edge that runs already")
struct ExternalFileTests {
    static let plain = """
        a.example.test: { role: passthrough, upstream: "127.0.0.1:9001" }
          b.example.test: { role: passthrough, upstream: "127.0.0.1:9002" }
          alive.example.test: { role: passthrough, upstream: "127.0.0.1:9003", control: true }
        """

    static func file(endpoints: String = Self.plain, listens: String = "127.0.0.1:8443", more: String = "") -> String {
        "title: T\nlistens: \(listens)\n\(more)endpoints:\n  \(endpoints)\n"
    }

    private static func read(_ text: String) throws -> TargetDescription {
        try ExternalFile.description(in: YAMLValue.parse(text, file: "my-edge.yaml"), folder: Fixture.targets)
    }

    private static func testCase(_ endpoint: EndpointPlan) -> Case {
        Case(
            id: "x",
            scenario: "x",
            role: endpoint.role,
            endpoints: [endpoint],
            client: ClientPlan(engine: .openssl, serverName: endpoint.domain),
            exchange: .echo,
            expectation: GradedExpectation(strict: [])
        )
    }

    @Test("its endpoints and addresses show what the edge can do")
    func features() throws {
        let rules = "proxy-protocol: 2, allow: [10.0.0.0/8], deny: [10.1.0.0/16]"
        let description = try Self.read(
            Self.file(
                endpoints: Self.plain
                    + "\n  \"*.w.test\": { role: passthrough, upstream: \"127.0.0.1:9004\", \(rules) }",
                listens: "[\"127.0.0.1:8443\", \"[::1]:8443\"]",
                more: "features: [tls-only]\n"
            )
        )
        #expect(
            Set(description.features.map(\.feature)) == [
                .role(.passthrough), .wildcardNames, .proxyProtocol2, .ipRestrictions, .ipDenyRules, .ipv6, .tlsOnly,
            ]
        )
    }

    struct BadFile: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { self.message }

        init(_ message: String, _ text: String) {
            self.text = text
            self.message = message
        }
    }

    @Test(
        "what cannot be judged by it is an error with its place",
        arguments: [
            BadFile("'listens' must be an IP address and a port", Self.file(listens: "\"localhost:8443\"")),
            BadFile("'listens' must have an IPv4 address", Self.file(listens: "\"[::1]:8443\"")),
            BadFile("cannot have the feature 'reload'", Self.file(more: "features: [reload]\n")),
            BadFile("cannot have the feature 'limit.source'", Self.file(more: "features: [limit.source]\n")),
            BadFile("'deadlines' is missing", Self.file(more: "features: [deadline.hello]\n")),
            BadFile(
                "'endpoints.a.test.certificate' is missing",
                Self.file(endpoints: "a.test: { role: edge, upstream: \"127.0.0.1:1\" }")
            ),
            BadFile(
                "no.pem cannot be read: no such file or directory",
                Self.file(endpoints: "a.test: { role: edge, certificate: no.pem, upstream: \"127.0.0.1:1\" }")
            ),
            BadFile(
                "there are no agents to be seen",
                Self.file(endpoints: "a.test: { role: agent, certificate: no.pem, upstream: \"127.0.0.1:1\" }")
            ),
            BadFile(
                "'endpoints' has none for the exchanges that prove the edge alive",
                Self.file(endpoints: "a.test: { role: passthrough, upstream: \"127.0.0.1:1\" }")
            ),
            BadFile(
                "no authority is called 'ca-clients'",
                Self.file(endpoints: "a.test: { role: passthrough, upstream: \"127.0.0.1:1\", mutual-tls: ca-clients }")
            ),
            BadFile(
                "no.pem cannot be read",
                Self.file(more: "authorities: { ca-clients: no.pem }\n")
            ),
            BadFile(
                "one decoy is enough",
                Self.file(
                    endpoints: Self.plain + "\n  c.test: { role: passthrough, decoy: true, upstream: \"127.0.0.1:1\" }"
                        + "\n  d.test: { role: passthrough, decoy: true, upstream: \"127.0.0.1:2\" }"
                )
            ),
            BadFile(
                "is for an endpoint that nobody asks for, and controls do",
                Self.file(
                    endpoints: "c.test: { role: passthrough, control: true, decoy: true, upstream: \"127.0.0.1:1\" }"
                )
            ),
            BadFile(
                "is for an endpoint without wildcard",
                Self.file(endpoints: "\"*.a.test\": { role: passthrough, control: true, upstream: \"127.0.0.1:1\" }")
            ),
            BadFile(
                "lie below one another",
                Self.file(
                    endpoints: Self.plain + "\n  \"*.example.test\": { role: passthrough, upstream: \"127.0.0.1:1\" }"
                )
            ),
            BadFile(
                "have one upstream",
                Self.file(
                    endpoints: Self.plain + "\n  c.example.test: { role: passthrough, upstream: \"127.0.0.1:9001\" }"
                )
            ),
        ]
    )
    func errors(_ bad: BadFile) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.read(bad.text) }
        #expect(error.message.contains(bad.message), "\(error)")
        #expect(error.place != nil)
    }

    @Test("a case gets endpoints that do just what its own would have to, each another one, and never the control")
    func names() throws {
        let edge = try #require(try Self.read(Self.file()).external)
        let first = EndpointPlan(key: "tenant", domain: "x.test", role: .passthrough)
        var second = first
        second.key = "other"
        var third = first
        third.key = "third"
        for id in ["1", "2", "3", "4", "5"] {
            let names = edge.names(forCase: id, [first, second, third])
            #expect(Set(names.values) == ["a.example.test", "b.example.test"], "there are only two")
            #expect(names.count == 2)
        }
        let turns = Set((1...9).compactMap { edge.names(forCase: "\($0)", [first])["tenant"] })
        #expect(turns == ["a.example.test", "b.example.test"], "those that are alike take turns")
        var told = first
        told.proxyProtocol = 1
        #expect(edge.names(forCase: "1", [told]).isEmpty)
    }

    @Test(
        "clients that show certificates are for the endpoint that asks for those of their CA, and the decoy is for nobody"
    )
    func authorities() throws {
        try withTemporaryFolder { folder in
            let mint = Mint(book: try RecipeBook(directory: Fixture.recipes))
            try mint.writeAll(to: folder, names: ["ca-clients", "ca-clients-other", "edge-server", "client-expired"])
            func read(_ authorities: String) throws -> TargetDescription {
                let staff =
                    "role: edge, certificate: edge-server.pem, upstream: \"127.0.0.1:9004\", mutual-tls: ca-clients"
                let text = Self.file(
                    endpoints: Self.plain + "\n  staff.example.test: { \(staff) }"
                        + "\n  decoy.example.test: { role: passthrough, upstream: \"127.0.0.1:9005\", decoy: true }",
                    more: "authorities: { ca-clients: \(authorities) }\n"
                )
                return try ExternalFile.description(
                    in: YAMLValue.parse(text, file: "my-edge.yaml"),
                    folder: URL(filePath: folder.path, directoryHint: .isDirectory)
                )
            }
            let description = try read("ca-clients.pem")
            #expect(description.features.contains { $0.feature == .mutualTLS })
            let edge = try #require(description.external)
            #expect(edge.authorities.map(\.recipe) == ["ca-clients"])
            #expect(edge.decoy?.domain == "decoy.example.test")
            var plan = EndpointPlan(key: "tenant", domain: "x.test", role: .edge, mutualTLS: ["ca-clients"])
            #expect(edge.names(forCase: "1", [plan]) == ["tenant": "staff.example.test"])
            plan.mutualTLS = ["ca-clients-other"]
            #expect(edge.names(forCase: "1", [plan]).isEmpty)
            plan.mutualTLS = []
            #expect(edge.names(forCase: "1", [plan]).isEmpty, "one that asks for certificates is not plain")
            // Neither a certificate that issues nothing nor one that is over is a CA to be trusted.
            for file in ["edge-server.pem", "client-expired.pem"] {
                let error = try #require(throws: ConfigurationError.self) { _ = try read(file) }
                #expect(error.message.contains("holds no CA that is valid now"), "\(error)")
            }
        }
    }

    @Test("a case whose endpoint has no like there is told what is missing")
    func lacks() throws {
        let edge = try #require(try Self.read(Self.file()).external)
        var plan = EndpointPlan(key: "tenant", domain: "a.example.test", role: .passthrough)
        #expect(edge.lack(for: Self.testCase(plan)) == nil)
        plan.domain = "tenant-1.shakedown.test"
        #expect(edge.lack(for: Self.testCase(plan)) == "a free endpoint of role passthrough")
        plan.domain = "a.example.test"
        plan.upstream.isListening = false
        #expect(edge.lack(for: Self.testCase(plan)) == "a free endpoint of role passthrough, an upstream that refuses")
    }

    @Test("an edge that is not there is told by its address and who said so")
    func unreachable() async throws {
        let folder = try TemporaryFolder()
        let port = try Loopback.freePort()
        let file = try folder.write(Self.file(listens: "127.0.0.1:\(port)"), to: "my-edge.yaml")
        let definition = try TargetDefinition.load(named: file, from: Fixture.targets)
        let error = try #require(
            await #expect(throws: TargetError.self) {
                try await start(
                    definition,
                    Fixture.deployment(in: folder.url, []),
                    supervisor: [],
                    keepsWorkDirectory: true
                )
            }
        )
        #expect(error.code == .unreachable)
        #expect(error.message.contains("127.0.0.1:\(port)") && error.message.contains("connection refused"), "\(error)")
    }
}
