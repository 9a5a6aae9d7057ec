import Addresses
import AgentClient
import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import HangTesting
import MuxadoChannel
import NIOCore
import Synchronization
import Testing

@Suite("The way to an edge, one step at a time", .noHang)
struct DiagnosisTests {
    private let certificates: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.certificates = try TestAuthority()
        self.folder = try TemporaryFolder()
    }

    /// - Parameter known: Whose certificates are trusted.
    private func probe(
        _ server: String,
        known: TestAuthority? = nil,
        proxy: String = "",
        isIPv6Only: Bool = false,
        resolve: EdgeProbe.Resolver? = nil
    ) throws -> EdgeProbe {
        var settings = AgentSettings()
        settings.serverAddress = server
        settings.proxyURL = Secret(proxy)
        settings.rootCAs = try self.folder.write((known ?? self.certificates).certificatePEM, to: "ca.pem")
        return EdgeProbe(try EdgeAccess(settings), isIPv6Only: isIPv6Only, resolve: resolve)
    }

    @Test("is told step by step, and nobody is told of an account")
    func good() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        var told: [Diagnosis.Step] = []
        let diagnosis = try await self.probe("localhost:\(edge.port)").run { told.append($0) }
        #expect(diagnosis.failure == nil)
        #expect(diagnosis.steps == told)
        #expect(told.map(\.kind) == [.nameResolution, .tcp, .tls, .muxado, .serverInfo])
        let details = told.map { try? $0.result.get() }
        #expect(details[0]?.hasPrefix("localhost: ") == true && details[0]?.contains("127.0.0.1") == true)
        #expect(details[1] == "127.0.0.1:\(edge.port)")
        #expect(details[2]?.hasPrefix("'CN=localhost', issued by 'CN=Test CA', until ") == true)
        #expect(details[4] == "region test")
        #expect(diagnosis.summary == "the edge at localhost:\(edge.port) can be reached")
        #expect(edge.state.withLock { $0.auths.isEmpty })
        // Nothing is left of it.
        let session = try #require(edge.state.withLock { $0.sessions.first })
        _ = try await session.sessionEnded.get()
        try await edge.stop()
    }

    @Test("goes through the proxy, which is a step of its own")
    func proxied() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let proxy = try await TestProxy.start(.socks5, asksForCredentials: false)
        let url = "socks5://127.0.0.1:\(proxy.port)"
        let diagnosis = try await self.probe("localhost:\(edge.port)", proxy: url).run()
        #expect(diagnosis.failure == nil)
        #expect(diagnosis.steps.map(\.kind) == [.nameResolution, .tcp, .proxy, .tls, .muxado, .serverInfo])
        let found = try diagnosis.steps[2].result.get()
        #expect(found == "\(url) has connected to localhost:\(edge.port)")
        try await proxy.stop()
        try await edge.stop()
    }

    @Test("ends at a name without addresses of the family")
    func unresolved() async throws {
        let diagnosis = try await self.probe("127.0.0.1:1", isIPv6Only: true).run()
        let failure = try #require(diagnosis.failure)
        #expect(diagnosis.failedStep == .nameResolution)
        #expect(failure.reason.hasPrefix("'127.0.0.1': "), "\(failure.reason)")
        #expect(failure.hint.contains("--ipv6"))
        #expect(diagnosis.summary == "the edge at 127.0.0.1:1 cannot be reached: name resolution failed")
    }

    @Test("ends where nobody listens, with every address that was tried")
    func refused() async throws {
        // A port that was just given back may be another test's by now.
        let port = 1
        let diagnosis = try await self.probe("localhost:\(port)").run()
        let failure = try #require(diagnosis.failure)
        #expect(diagnosis.failedStep == .tcp)
        #expect(failure.reason.contains("127.0.0.1:\(port): connection refused"), "\(failure.reason)")
        #expect(failure.hint.contains("port \(port)"))
    }

    @Test("goes on to a name's next address where nobody listens at the first")
    func nextAddress() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let probe = try self.probe("localhost:\(edge.port)") { place, _ in
            try ["127.0.0.2", "127.0.0.1"].map { try SocketAddress(ipAddress: $0, port: Int(place.port)) }
        }
        let diagnosis = try await probe.run()
        #expect(diagnosis.failure == nil)
        #expect(diagnosis.steps.map { try? $0.result.get() }.contains("127.0.0.1:\(edge.port)"))
        try await edge.stop()
    }

    @Test("ends at a proxy that refuses, with the proxy's hint")
    func refusedByProxy() async throws {
        let proxy = try await TestProxy.start(.http, asksForCredentials: true)
        let diagnosis = try await self.probe("localhost:1", proxy: "http://127.0.0.1:\(proxy.port)").run()
        let failure = try #require(diagnosis.failure)
        #expect(diagnosis.failedStep == .proxy)
        #expect(failure.hint.contains("USER:PASSWORD@"), "\(failure.hint)")
        try await proxy.stop()
    }

    @Test("ends at a certificate that is not trusted, and says which")
    func untrusted() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        let stranger = try TestAuthority(name: "Stranger")
        let diagnosis = try await self.probe("localhost:\(edge.port)", known: stranger).run()
        let failure = try #require(diagnosis.failure)
        #expect(diagnosis.failedStep == .tls)
        #expect(failure.reason.contains("issued by 'CN=Test CA'"), "\(failure.reason)")
        #expect(failure.hint.contains("--root-cas FILE"))
        try await edge.stop()
    }

    @Test("ends at what speaks no TLS, and at what speaks no muxado in it")
    func otherProtocols() async throws {
        let words = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        let plain = try await AnsweringServer.start(words)
        let first = try await self.probe("localhost:\(plain.port)").run()
        #expect(first.failedStep == .tls)
        #expect(first.failure?.hint.contains("agents.listen") == true)
        try await plain.stop()
        let web = try await AnsweringServer.start(
            words,
            tls: try TestTLS.server(try self.certificates.leaf("localhost"))
        )
        let second = try await self.probe("localhost:\(web.port)").run()
        #expect(second.failedStep == .muxado)
        #expect(second.failure?.hint.contains("no edge") == true)
        try await web.stop()
    }

    @Test("ends at an edge that does not say where it is")
    func silent() async throws {
        let edge = try await FakeEdge.start(self.certificates)
        edge.state.withLock { $0.refusesInfo = "not now" }
        let diagnosis = try await self.probe("localhost:\(edge.port)").run()
        let failure = try #require(diagnosis.failure)
        #expect(diagnosis.failedStep == .serverInfo)
        #expect(failure.reason == "not now")
        try await edge.stop()
    }

    @Test("is printed in lines, and as JSON with the same")
    func printed() throws {
        let server = HostAndPort(host: "edge", port: 4443)
        var diagnosis = Diagnosis(of: server, proxy: try ProxyAddress(Secret("http://user:secret@p:3128")))
        diagnosis.steps = [
            Diagnosis.Step(.nameResolution, time: .microseconds(1_250), result: .success("p: 192.0.2.1")),
            Diagnosis.Step(
                .tcp,
                time: .seconds(10),
                result: .failure(Diagnosis.Failure(reason: "192.0.2.1:3128: no answer for 10 s", hint: "see whether"))
            ),
        ]
        #expect(
            diagnosis.steps.map(\.text).joined() == """
                name resolution  ok      1.2 ms     p: 192.0.2.1
                TCP              failed  10000.0 ms 192.0.2.1:3128: no answer for 10 s
                                 hint: see whether

                """
        )
        let json = diagnosis.report
        let start = #"""
            {"server":"edge:4443","proxy":"http://p:3128","ok":false,"steps":[{"step":"name resolution","microseconds":1250,"ok":true,"detail":"p: 192.0.2.1"},{"step":"TCP","microseconds":10000000,"ok":false,"error":"192.0.2.1:3128: no answer for 10 s","hint":"see whether"}],"agent":{"version":
            """#
        #expect(json.hasPrefix(start), "\(json)")
    }
}
