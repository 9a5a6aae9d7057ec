import Addresses
import AgentClient
import AgentProtocol
import CredentialTesting
import FolderTesting
import Foundation
import HangTesting
import LogTesting
import Logging
import MuxadoChannel
import NIOCore
import NIOSSL
import ProxyProtocol
import Synchronization
import TLSCredentials
import Testing

@Suite("An agent beside an edge", .noHang)
struct AgentTests {
    private static let large = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    @Test("introduces itself and asks for what the tunnel says")
    func requests() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.tunnel()
            tunnel.allowCIDRs = ["127.0.0.0/8"]
            tunnel.proxyVersion = .two
            tunnel.terminateAt = .edge
            return [tunnel]
        } body: { running in
            let (auths, binds) = running.edge.state.withLock { ($0.auths, $0.binds) }
            #expect(auths.map(\.versions) == [["3", "2"]])
            #expect(auths.first?.extra.authtoken == "t0ken")
            #expect(auths.first?.extra.heartbeatInterval == 10_000_000_000)
            #expect(binds.first?.proto == "tls")
            #expect(binds.first?.options.domain == "app.example.com")
            #expect(binds.first?.options.proxyProto == 2)
            #expect(binds.first?.options.tlsTermination == TLSOptions.TLSTermination())
            #expect(binds.first?.options.ipRestriction?.allowCIDRs == ["127.0.0.0/8"])
            let ready = try String(contentsOfFile: running.folder.path("ready.json"), encoding: .utf8)
            #expect(
                ready == "{\"tunnels\":[{\"name\":\"web\",\"url\":\"tls://app.example.com\"}],\"session\":\"s1\"}\n"
            )
        }
    }

    @Test("passes bytes through untouched, and answers after a half-close in full", arguments: ["", "tls://"])
    func passthrough(_ scheme: String) async throws {
        let upstream = try await TestUpstream.start(answer: Self.large)
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel(scheme)]
        } body: { running in
            let client = try await running.edge.connect(tunnel: "web", opening: Self.large)
            #expect(client.isFinished)
            #expect(client.bytes.count == Self.large.count, "\(client.ending)")
            #expect(client.has(Self.large) as Bool)
            let server = try await upstream.recording()
            #expect(server.isFinished)
            #expect(server.has(Self.large))
        }
    }

    @Test("lets the upstream end its side first")
    func upstreamEndsFirst() async throws {
        let upstream = try await TestUpstream.start(opening: Array("220 ready".utf8), endsAfterOpening: true)
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let client = try await running.edge.connect(tunnel: "web", opening: Self.large, endsAfterOpening: true)
            #expect(client.text == "220 ready")
            #expect(client.isFinished)
            #expect(try await upstream.recording().has(Self.large))
        }
    }

    @Test("puts the edge's PROXY header in front, byte for byte", arguments: [1, 2])
    func proxyHeader(_ version: Int) async throws {
        let upstream = try await TestUpstream.start()
        let source = try #require(TransportAddress("192.0.2.1:5000"))
        let destination = try #require(TransportAddress("192.0.2.2:443"))
        let header = ProxyHeader(
            version: try #require(ProxyHeader.Version(rawValue: version)),
            addresses: .ip(source: source, destination: destination)
        )
        let bytes = try ProxyHeaderWriter.write(header, crc32c: version == 2)
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.tunnel()
            tunnel.proxyVersion = header.version
            return [tunnel]
        } body: { running in
            _ = try await running.edge.connect(tunnel: "web", proxyHeader: bytes, opening: Array("hello".utf8))
            #expect(try await upstream.recording().bytes == bytes + Array("hello".utf8))
        }
    }

    @Test("closes a stream whose PROXY header is missing, and does not dial")
    func missingProxyHeader() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.tunnel()
            tunnel.proxyVersion = .one
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(tunnel: "web", opening: Array("hello".utf8))
            #expect(client.bytes.isEmpty)
            #expect(upstream.connectionCount == 0)
        }
    }

    @Test("terminates TLS, and forwards plain text behind the PROXY header", arguments: [TLSVersion.tlsv12, .tlsv13])
    func terminates(_ tlsVersion: TLSVersion) async throws {
        let upstream = try await TestUpstream.start(answer: Self.large)
        let proxyHeader = Array("PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n".utf8)
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.terminatingTunnel(certificates, folder)
            tunnel.proxyVersion = .one
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                proxyHeader: proxyHeader,
                tls: try TestTLS.client(running.certificates, maximumVersion: tlsVersion),
                serverName: "app.example.com",
                opening: Self.large
            )
            #expect(client.failure == nil)
            #expect(client.bytes.count == Self.large.count, "\(client.ending)")
            #expect(client.has(Self.large) as Bool)
            #expect(try await upstream.recording().has(proxyHeader + Self.large))
        }
    }

    struct Client: Sendable {
        var name: String
        /// `nil`: no certificate. Otherwise its days of validity, and whether the right CA signed it.
        var certificate: (days: ClosedRange<Int>, isTrusted: Bool)?
        var alert: String?
    }

    @Test(
        "lets clients in by their certificates, and says why not; the upstream sees only those who come in",
        arguments: [
            Client(name: "good", certificate: (-1...1, true), alert: nil),
            Client(name: "none", certificate: nil, alert: "CERTIFICATE_REQUIRED"),
            Client(name: "unknown CA", certificate: (-1...1, false), alert: "UNKNOWN_CA"),
            Client(name: "expired", certificate: (-9...(-2), true), alert: "CERTIFICATE_EXPIRED"),
        ]
    )
    func mutualTLS(_ client: Client) async throws {
        let upstream = try await TestUpstream.start(answer: Array("welcome".utf8))
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.terminatingTunnel(certificates, folder)
            tunnel.mutualTLSCAs = [.file(try folder.write(certificates.certificatePEM, to: "clients.pem"))]
            return [tunnel]
        } body: { running in
            let signer =
                client.certificate?.isTrusted == false ? try TestAuthority(name: "Other CA") : running.certificates
            let pair = try client.certificate.map { try signer.leaf("client", days: $0.days) }
            let recording = try await running.edge.connect(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates, presenting: pair),
                serverName: "app.example.com",
                opening: Array("hello".utf8)
            )
            if let alert = client.alert {
                #expect(recording.failure?.contains(alert) == true, "\(recording.ending)")
                #expect(upstream.connectionCount == 0)
            } else {
                #expect(recording.text == "welcome")
            }
        }
    }

    @Test("answers a record that cannot be read by its alert", arguments: [TLSVersion.tlsv12, .tlsv13])
    func badRecord(_ tlsVersion: TLSVersion) async throws {
        let upstream = try await TestUpstream.start(opening: Array("welcome".utf8))
        try await RunningAgent.with { certificates, folder in
            [try upstream.terminatingTunnel(certificates, folder)]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates, maximumVersion: tlsVersion),
                serverName: "app.example.com",
                opening: Array("hello".utf8),
                endsAfterOpening: false,
                endsWithBadRecord: true
            )
            #expect(client.text == "welcome")
            #expect(client.failure?.contains("BAD_RECORD_MAC") == true, "\(client.ending)")
        }
    }

    @Test("asks each client anew for the certificate that it demands")
    func ownContexts() async throws {
        let folder = try TemporaryFolder()
        let certificates = try TestAuthority()
        let upstream = try await TestUpstream.start()
        var tunnel = try upstream.terminatingTunnel(certificates, folder)
        let open = try #require(try Tunnel(tunnel).serverContexts)
        #expect(try open.next() === open.next())
        tunnel.mutualTLSCAs = [.file(try folder.write(certificates.certificatePEM, to: "clients.pem"))]
        let guarded = try #require(try Tunnel(tunnel).serverContexts)
        #expect(try guarded.next() !== guarded.next())
        try await upstream.stop()
    }

    @Test("opens TLS to the upstream behind a PROXY header in clear")
    func reencryptsBehindProxyHeader() async throws {
        let upstream = try await TestUpstream.start(opening: Array("no TLS".utf8), endsAfterOpening: true)
        let proxyHeader = Array("PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n".utf8)
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.tunnel("tls://")
            tunnel.terminateAt = .edge
            tunnel.proxyVersion = .one
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                proxyHeader: proxyHeader,
                opening: Array("secret".utf8)
            )
            #expect(client.bytes.isEmpty)
            let server = try await upstream.recording()
            #expect(Array(server.bytes.prefix(proxyHeader.count)) == proxyHeader)
            #expect(Array(server.bytes.dropFirst(proxyHeader.count).prefix(2)) == [0x16, 0x03])
            #expect(!server.text.contains("secret"))
        }
    }

    @Test(
        "verifies the upstream when told to",
        arguments: [(verifies: false, isTrusted: false), (true, true), (true, false)]
    )
    func upstreamVerification(verifies: Bool, isTrusted: Bool) async throws {
        let upstreamCA = try TestAuthority(name: "Upstream CA")
        let upstream = try await TestUpstream.start(
            answer: Self.large,
            tls: try TestTLS.server(try upstreamCA.leaf("localhost"))
        )
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.terminatingTunnel(certificates, folder, "tls://")
            tunnel.verifiesUpstream = verifies
            if verifies {
                // Any of a file's may have issued it.
                let trusted = certificates.certificatePEM + (isTrusted ? upstreamCA.certificatePEM : "")
                tunnel.upstreamCAs = try folder.write(trusted, to: "up.pem")
            }
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Self.large
            )
            if verifies, !isTrusted {
                #expect(client.bytes.isEmpty)
            } else {
                #expect(client.bytes.count == Self.large.count, "\(client.ending)")
                #expect(client.has(Self.large) as Bool)
                #expect(client.failure == nil)
                #expect(try await upstream.recording().has(Self.large))
            }
        }
    }

    @Test("shows an upstream that asks its own certificate, and gets nowhere without", arguments: [true, false])
    func upstreamClientCertificate(hasCertificate: Bool) async throws {
        let clients = try TestAuthority(name: "Upstream's clients")
        let upstream = try await TestUpstream.start(
            answer: Self.large,
            tls: try TestTLS.server(try TestAuthority().leaf("localhost"), demanding: clients)
        )
        try await RunningAgent.with { certificates, folder in
            var tunnel = try upstream.terminatingTunnel(certificates, folder, "tls://")
            if hasCertificate {
                let own = try clients.issue(["agent"], usage: [.client])
                tunnel.upstreamCertificate = try folder.write(own.certificatePEM, to: "own.pem")
                tunnel.upstreamKey = try folder.write(own.keyPEM, to: "own.key")
            }
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Self.large
            )
            if hasCertificate {
                #expect(client.has(Self.large) as Bool)
                #expect(try await upstream.recording().has(Self.large))
            } else {
                #expect(client.bytes.isEmpty)
            }
        }
    }

    @Test("gives up on an upstream that does not answer its hello, and leaves neither side open")
    func silentUpstream() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with(handshakeTimeout: .milliseconds(200)) { _, _ in
            var tunnel = try upstream.tunnel("tls://")
            tunnel.terminateAt = .edge
            return [tunnel]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                opening: Array("hello".utf8),
                endsAfterOpening: false
            )
            #expect(client.bytes.isEmpty)
            #expect(client.isFinished)
            #expect(try await upstream.recording().isFinished)
        }
    }

    @Test("gives up on a client that does not begin its handshake, and on none that has finished it")
    func silentClient() async throws {
        let upstream = try await TestUpstream.start(answer: Array("welcome".utf8))
        try await RunningAgent.with(handshakeTimeout: .seconds(2)) { certificates, folder in
            [try upstream.terminatingTunnel(certificates, folder)]
        } body: { running in
            let good = try await running.edge.open(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Array("hello".utf8)
            )
            // This one's time began later, so that the good one's is over when it ends.
            let silent = try await running.edge.connect(tunnel: "web", opening: [], endsAfterOpening: false)
            #expect(silent.bytes.isEmpty)
            #expect(silent.isFinished)
            try await good.stream.close(mode: .output).get()
            #expect(try await good.recording.get().text == "welcome")
            #expect(upstream.connectionCount == 1)
        }
    }

    @Test("gives up on a stream without headers, and on none that has brought them")
    func silentEdge() async throws {
        let upstream = try await TestUpstream.start(answer: Array("welcome".utf8))
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let good = try await running.edge.open(tunnel: "web", opening: Array("hello".utf8))
            try await running.edge.openSilently()
            try await good.stream.close(mode: .output).get()
            #expect(try await good.recording.get().text == "welcome")
        }
    }

    @Test("leaves no connection to the upstream of a client that left before it stood")
    func clientLeftEarly() async throws {
        let upstream = try await TestUpstream.start(isFull: true)
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let early = try await running.edge.open(tunnel: "web", opening: [])
            // What is answered on the same session says that the agent has come so far: it dials; the client has left.
            _ = try await running.edge.connect(tunnel: "other", opening: [], endsAfterOpening: false)
            try await early.stream.triggerUserOutboundEvent(StreamReset.abandoned).get()
            _ = try await running.edge.connect(tunnel: "other", opening: [], endsAfterOpening: false)
            try await upstream.accept()
            #expect(try await upstream.recording().bytes.isEmpty)
        }
    }

    @Test("closes the client's stream when the upstream refuses, and says so in plain words")
    func refusedUpstream() async throws {
        let upstream = try await TestUpstream.start()
        try await upstream.stop()
        let log = LineRecorder()
        try await RunningAgent.with(log: log) { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "web",
                opening: Array("hello".utf8),
                endsAfterOpening: false
            )
            #expect(client.bytes.isEmpty)
        }
        let said = log.lines.filter { $0.hasPrefix("upstream cannot be reached") }
        #expect(said.count == 1)
        #expect(said.first?.contains("\"error\": connection refused") == true, "\(said)")
    }

    @Test("closes a stream for a tunnel it does not have")
    func unknownTunnel() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { _, _ in
            [try upstream.tunnel()]
        } body: { running in
            let client = try await running.edge.connect(
                tunnel: "other",
                opening: Array("hello".utf8),
                endsAfterOpening: false
            )
            #expect(client.bytes.isEmpty)
            #expect(upstream.connectionCount == 0)
        }
    }

    @Test("serves a tunnel no more that the edge has stopped, and its others as before")
    func stoppedTunnel() async throws {
        let upstream = try await TestUpstream.start(answer: Array("here".utf8))
        try await RunningAgent.with { _, _ in
            var other = try upstream.tunnel()
            other.name = "other"
            other.domain = "other.example.com"
            return [try upstream.tunnel(), other]
        } body: { running in
            #expect(try await running.edge.connect(tunnel: "web", opening: [1]).text == "here")
            try await running.edge.stop(tunnel: "web")
            #expect(try await running.edge.connect(tunnel: "web", opening: [1], endsAfterOpening: false).bytes.isEmpty)
            #expect(try await running.edge.connect(tunnel: "other", opening: [1]).text == "here")
            #expect(upstream.connectionCount == 2)
        }
    }
}
