import Addresses
import AgentClient
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import HangTesting
import LogTesting
import MuxadoChannel
import ProgramKit
import Synchronization
import Testing

@Suite("Certificates of edges that their CA has revoked", .noHang)
struct RevocationTests {
    private let certificates: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.certificates = try TestAuthority()
        self.folder = try TemporaryFolder()
    }

    private func agent(
        _ edge: FakeEdge,
        list: String,
        noverify: Bool? = nil,
        log: LineRecorder = LineRecorder()
    ) throws -> Agent {
        var settings = try RunningAgent.settings(edge, self.certificates, self.folder)
        settings.revocationListURL = list
        settings.ignoresRevocation = noverify
        return Agent(
            configuration: try AgentConfiguration(
                settings,
                tunnels: [TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))]
            ),
            readyFile: ReadyFile(path: self.folder.path("ready.json")),
            logger: log.logger()
        )
    }

    private func url(_ server: AnsweringServer) -> String { "http://127.0.0.1:\(server.port)/edge.crl" }

    @Test("are refused with a sentence, and nobody is told the authtoken")
    func revoked() async throws {
        let own = try self.certificates.leaf("localhost")
        let edge = try await FakeEdge.start(self.certificates, as: own)
        let server = try await AnsweringServer.start(http: try self.certificates.revocationList(of: [own]))
        let agent = try self.agent(edge, list: self.url(server))
        let untrusted = try await #require(throws: UntrustedEdge.self) { try await agent.run() }
        #expect(untrusted.reason == .revoked(list: self.url(server)))
        #expect(untrusted.description.hasSuffix(": its CA has revoked it, as \(self.url(server)) says"), "\(untrusted)")
        #expect(untrusted.hint.contains("renew"))
        #expect(edge.state.withLock { $0.auths.isEmpty })
        try await server.stop()
        try await edge.stop()
    }

    @Test("are others than this one's, and the list is fetched for each connection")
    func notRevoked() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let other = try self.certificates.leaf("other")
        let server = try await AnsweringServer.start(http: try self.certificates.revocationList(of: [other]))
        let ready = self.folder.path("ready.json")
        let agent = try self.agent(edge, list: self.url(server))
        let run = Task { try await agent.run() }
        try await RunningAgent.wait(for: ready)
        #expect(server.requests.count == 1)
        #expect(server.requests.first?.hasPrefix("GET /edge.crl HTTP/1.1\r\n") == true)
        edge.state.withLock { $0.sessions.last }?.close()
        while edge.state.withLock({ $0.auths.count }) < 2 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.requests.count == 2)
        run.cancel()
        try await run.value
        try await server.stop()
        try await edge.stop()
    }

    @Test(
        "are not known where the list cannot be had or used: nothing is connected, and it is tried again",
        arguments: [
            ("404 Not Found", "it answers 404 Not Found"), ("200 OK", "what is there is no revocation list"),
        ]
    )
    func unavailable(_ status: String, _ words: String) async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let server = try await AnsweringServer.start(http: Array("nothing".utf8), status: status)
        let log = LineRecorder()
        let agent = try self.agent(edge, list: self.url(server), log: log)
        let run = Task { try await agent.run() }
        let line = try await RunningAgent.trouble(log)
        #expect(line.contains("cannot be had from \(self.url(server)): \(words)"), "\(line)")
        #expect(line.contains("crl_noverify"), "\(line)")
        #expect(edge.state.withLock { $0.sessions.isEmpty })
        server.answer(http: try self.certificates.revocationList())
        try await RunningAgent.wait(for: self.folder.path("ready.json"))
        run.cancel()
        try await run.value
        try await server.stop()
        try await edge.stop()
    }

    @Test("are not known by a list that is out of date, which is tried again too")
    func outOfDate() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let server = try await AnsweringServer.start(
            http: try self.certificates.revocationList(from: -172_800, to: -86_400)
        )
        let log = LineRecorder()
        let agent = try self.agent(edge, list: self.url(server), log: log)
        let run = Task { try await agent.run() }
        let line = try await RunningAgent.trouble(log)
        #expect(line.contains("cannot be used: a newer one was due by now"), "\(line)")
        #expect(edge.state.withLock { $0.auths.isEmpty })
        server.answer(http: try self.certificates.revocationList())
        try await RunningAgent.wait(for: self.folder.path("ready.json"))
        run.cancel()
        try await run.value
        try await server.stop()
        try await edge.stop()
    }

    @Test("are not asked for with crl_noverify")
    func ignored() async throws {
        let own = try self.certificates.leaf("localhost")
        let edge = try await FakeEdge.start(self.certificates, as: own)
        let server = try await AnsweringServer.start(http: try self.certificates.revocationList(of: [own]))
        let agent = try self.agent(edge, list: self.url(server), noverify: true)
        let run = Task { try await agent.run() }
        try await RunningAgent.wait(for: self.folder.path("ready.json"))
        #expect(server.requests.isEmpty)
        run.cancel()
        try await run.value
        try await server.stop()
        try await edge.stop()
    }

    @Test("are a step of the diagnosis")
    func diagnosis() async throws {
        let own = try self.certificates.leaf("localhost")
        let edge = try await FakeEdge.start(self.certificates, as: own)
        let server = try await AnsweringServer.start(http: try self.certificates.revocationList(of: [own]))
        var settings = try RunningAgent.settings(edge, self.certificates, self.folder)
        settings.revocationListURL = self.url(server)
        let diagnosis = try await EdgeProbe(try EdgeAccess(settings)).run()
        #expect(diagnosis.steps.map(\.kind) == [.nameResolution, .revocationList, .tcp, .tls])
        #expect(diagnosis.failure?.reason.contains("revoked") == true)
        try await server.stop()
        try await edge.stop()
    }

    @Test("keys of both versions say where the list is, which is no other than http's")
    func keys() throws {
        for start in ["version: 2\n", "version: 3\nagent:\n  "] {
            let indent = start.hasSuffix("  ") ? "  " : ""
            let settings = try AgentFile.parse(
                "\(start)crl_url: http://crl.example.com/edge.crl\n\(indent)crl_noverify: true",
                file: "a.yaml"
            )
            #expect(settings.revocationListURL == "http://crl.example.com/edge.crl")
            #expect(settings.ignoresRevocation == true)
        }
        for url in ["https://crl.example.com/", "http://", "edge.crl", "ftp://crl.example.com/"] {
            let error = try #require(throws: ConfigurationError.self) {
                try AgentFile.parse("version: 2\ncrl_url: '\(url)'", file: "a.yaml")
            }
            #expect(error.description.hasPrefix("a.yaml:2:10: "), "\(error)")
        }
        var settings = AgentSettings()
        settings.revocationListURL = "http://crl.example.com/edge.crl"
        settings.proxyURL = Secret("socks5://u:p@proxy")
        let error = try #require(throws: ConfigurationError.self) { try EdgeAccess(settings) }
        #expect(error.hint?.contains("HTTP proxy") == true)
    }
}
