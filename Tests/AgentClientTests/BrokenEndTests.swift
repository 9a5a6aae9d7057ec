import AgentClient
import CredentialTesting
import HangTesting
import MuxadoChannel
import NIOCore
import NIOSSL
import Testing

@Suite("An agent and ends that are none in order", .noHang)
struct BrokenEndTests {
    /// More than one read of a stream gives, and less than its window: the edge may say all of it before the agent reads.
    private static let much = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    @Test(
        "hands on what a client said before its stream was cut, and then ends the upstream as one that is not whole",
        // The little comes with the edge's headers, and the end of it before the upstream stands.
        arguments: [4, Self.much.count]
    )
    func streamIsCut(byteCount: Int) async throws {
        let said = Array(Self.much.prefix(byteCount))
        for (scheme, ending) in [("", "reset by peer"), ("tls://", "uncleanShutdown")] {
            let pair = try TestAuthority(name: "Upstream CA").leaf("localhost")
            let upstream = try await TestUpstream.start(tls: scheme.isEmpty ? nil : try TestTLS.server(pair))
            try await RunningAgent.with { _, _ in
                var tunnel = try upstream.tunnel(scheme)
                tunnel.terminateAt = .edge
                return [tunnel]
            } body: { running in
                let client = try await running.edge.open(tunnel: "web", opening: said)
                try await client.stream.triggerUserOutboundEvent(StreamReset.behindData).get()
                let seen = try await upstream.recording()
                #expect(seen.has(said) as Bool, "\(seen.bytes.count) bytes")
                #expect(seen.failure?.contains(ending) == true, "\(seen.ending)")
            }
        }
    }

    @Test("hands on what a client of its TLS said before it ended without close_notify, and then resets the upstream")
    func clientTruncates() async throws {
        let upstream = try await TestUpstream.start()
        try await RunningAgent.with { certificates, folder in
            [try upstream.terminatingTunnel(certificates, folder)]
        } body: { running in
            _ = try await running.edge.open(
                tunnel: "web",
                tls: try TestTLS.client(running.certificates),
                serverName: "app.example.com",
                opening: Self.much,
                endsAfterOpening: true,
                truncates: true
            )
            let seen = try await upstream.recording()
            #expect(seen.has(Self.much) as Bool, "\(seen.bytes.count) bytes")
            #expect(seen.failure?.contains("reset by peer") == true, "\(seen.ending)")
        }
    }

    @Test(
        "hands on what an upstream of its TLS said before it ended without close_notify, and cuts the stream behind that",
        arguments: [TLSVersion.tlsv12, .tlsv13]
    )
    func upstreamTruncates(_ version: TLSVersion) async throws {
        let pair = try TestAuthority(name: "Upstream CA").leaf("localhost")
        let upstream = try await TestUpstream.start(
            opening: Self.much,
            endsAfterOpening: true,
            tls: try TestTLS.server(pair, maximumVersion: version),
            truncates: true
        )
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.tunnel("tls://")
            tunnel.terminateAt = .edge
            return [tunnel]
        } body: { running in
            let seen = try await running.edge.connect(
                tunnel: "web",
                opening: Array("hello".utf8),
                endsAfterOpening: false
            )
            #expect(seen.has(Self.much) as Bool, "\(seen.bytes.count) bytes")
            #expect(seen.failure?.contains("stream reset") == true, "\(seen.ending)")
        }
    }

    @Test(
        "a record of the upstream that cannot be read is answered by its alert",
        arguments: [TLSVersion.tlsv12, .tlsv13]
    )
    func badRecordOfTheUpstream(_ version: TLSVersion) async throws {
        let pair = try TestAuthority(name: "Upstream CA").leaf("localhost")
        let upstream = try await TestUpstream.start(
            tls: try TestTLS.server(pair, maximumVersion: version),
            endsWithBadRecord: true
        )
        try await RunningAgent.with { _, _ in
            var tunnel = try upstream.tunnel("tls://")
            tunnel.terminateAt = .edge
            return [tunnel]
        } body: { running in
            let client = try await running.edge.open(tunnel: "web", opening: Array("hello".utf8))
            let seen = try await upstream.recording()
            #expect(seen.text == "hello")
            #expect(seen.failure?.contains("BAD_RECORD_MAC") == true, "\(seen.ending)")
            #expect(try await client.recording.get().failure?.contains("stream cancelled") == true)
        }
    }
}
