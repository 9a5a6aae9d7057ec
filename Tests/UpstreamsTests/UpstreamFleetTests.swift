import Addresses
import CredentialTesting
import Exchanges
import HangTesting
import Legs
import NIOCore
import NIOPosix
import OpenSSLEngine
import ScenarioModel
import Testing
import Upstreams

@Suite("Upstream fleet", .noHang)
struct UpstreamFleetTests {
    private static let group = MultiThreadedEventLoopGroup.singleton
    private static let line = ExchangeLine.opening(nonce: "n")

    /// Starts one upstream, lets the body speak to it, and returns what it saw.
    private func observe(
        role: Role,
        exchange: Exchange = .echo,
        proxyProtocol: Int = 0,
        // Other tests may have every thread for seconds.
        deadline: Duration = .seconds(60),
        _ body: (Leg) async throws -> Void
    ) async throws -> UpstreamConnection {
        let fleet = UpstreamFleet(group: Self.group)
        let plan = EndpointPlan(
            key: "tenant",
            domain: "a.shakedown.test",
            role: role,
            proxyProtocol: proxyProtocol
        )
        let credential = try TestCredential.server.get()
        try await fleet.start(
            [.init(id: "tenant", plan: plan, exchange: exchange, seed: 1)],
            credential: { _ in credential }
        )
        let visit = fleet.begin("case", endpoints: ["tenant"], nonces: ["n"], at: .now, deadline: deadline)
        let dialled = try await LegFactory.dial(
            try #require(fleet.address(for: "tenant")),
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(5),
            on: Self.group
        )
        guard case .connected(let leg) = dialled else {
            throw CancellationError()
        }
        leg.setDeadline(.now + .seconds(60))
        try await body(leg)
        #expect(await fleet.waitUntilIdle(visit, timeout: .seconds(60)))
        await leg.close()
        await fleet.stop()
        return try #require(fleet.contacts(of: visit).first).connection
    }

    private static let version1 = Array("PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n".utf8)
    /// Signature, version 2 PROXY, TCP over IPv4, 12 + 4 bytes: the same addresses and a NOOP TLV of one byte.
    private static let version2: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x10,
        192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 0x01, 0xbb, 0x04, 0x00, 0x01, 0x00,
    ]

    struct HeaderRow: Sendable, CustomTestStringConvertible {
        var version: Int
        var segmentSize: Int?
        /// What the endpoint asked the target for.
        var isExpected: Bool
        var testDescription: String { "v\(self.version), by \(self.segmentSize ?? 0), expected: \(self.isExpected)" }
    }

    @Test(
        "a PROXY header is told from the connection's own bytes, asked for or not",
        arguments: [1, 2].flatMap { version in
            [nil, 1].flatMap { size in
                [true, false].map { HeaderRow(version: version, segmentSize: size, isExpected: $0) }
            }
        },
        [Role.edge, .passthrough]
    )
    func proxyHeader(_ row: HeaderRow, _ role: Role) async throws {
        let header = row.version == 1 ? Self.version1 : Self.version2
        var ownBytes = StreamRecorder(excerptLimit: 0)
        let connection = try await self.observe(role: role, proxyProtocol: row.isExpected ? row.version : 0) { leg in
            if row.segmentSize == 1 {
                await leg.send(segments: header.map { [$0] }, gap: .milliseconds(1))
            } else {
                leg.send(header)
            }
            let session = role.upstreamIsTLS ? try OpenSSLSession(OpenSSLConfiguration(side: .client)) : nil
            let before = leg.observation.sentCount
            if let session { leg.send(await session.step(.start).ciphertext) }
            let conversation = Conversation(leg: leg, session: session)
            #expect(await conversation.completeHandshake())
            await conversation.write(Self.line)
            #expect(await conversation.readLine() == Self.line)
            await conversation.closeOutput()
            _ = await conversation.readToEnd()
            #expect(before == header.count)
            ownBytes.record(Array(leg.observation.sent.bytes[before...]))
        }
        guard
            case .valid(let version, let source, let destination, let command, let length, let tlvs) =
                connection.proxyHeader
        else {
            Issue.record("no valid header: \(connection.proxyHeader)")
            return
        }
        #expect(version == row.version)
        #expect(source == TransportAddress("192.0.2.1:4711"))
        #expect(destination == TransportAddress("192.0.2.2:443"))
        #expect(command == "proxy")
        #expect(length == header.count)
        #expect(tlvs == (version == 2 ? [.init(type: 4, value: ByteString([0]))] : []))
        #expect(connection.exchangeCompleted)
        #expect(connection.leg.receivedDigest == ownBytes.digest)
        #expect(connection.leg.receivedCount == ownBytes.count)
        if row.segmentSize == nil { #expect(connection.leg.firstReadCount >= header.count) }
        #expect((connection.handshake != nil) == role.upstreamIsTLS)
    }

    @Test("a broken PROXY header is kept with what is wrong about it")
    func brokenHeader() async throws {
        let connection = try await self.observe(role: .edge) { leg in
            leg.send(Array("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n".utf8))
            leg.closeOutput()
            while case .bytes = await leg.next() {}
        }
        guard case .invalid(_, let bytes) = connection.proxyHeader else {
            Issue.record("accepted: \(connection.proxyHeader)")
            return
        }
        #expect(bytes.bytes.starts(with: Array("PROXY".utf8)))
        #expect(!connection.exchangeCompleted)
    }

    @Test("half a PROXY header is none")
    func halfHeader() async throws {
        let connection = try await self.observe(role: .edge, proxyProtocol: 2) { leg in
            leg.send(Array(Self.version2[..<20]))
            leg.closeOutput()
            while case .bytes = await leg.next() {}
        }
        guard case .invalid = connection.proxyHeader else {
            Issue.record("accepted: \(connection.proxyHeader)")
            return
        }
        #expect(connection.leg.receivedCount == 20)
    }

    @Test("an upstream that speaks first waits for a header only where one was promised", arguments: [0, 1])
    func speaksFirst(_ proxyProtocol: Int) async throws {
        let connection = try await self.observe(
            role: .edge,
            exchange: .upstreamFirst,
            proxyProtocol: proxyProtocol
        ) { leg in
            let conversation = Conversation(leg: leg, session: nil)
            if proxyProtocol != 0 {
                #expect(await leg.next(before: .now + .milliseconds(30)) == .expired)
                leg.send(Self.version1)
            }
            #expect(await conversation.readLine() == Self.line)
            await conversation.write(Self.line)
            await conversation.closeOutput()
            _ = await conversation.readToEnd()
        }
        #expect(connection.exchangeCompleted)
        #expect((connection.proxyHeader != .absent) == (proxyProtocol != 0))
    }

    @Test("another case's line is echoed, and the exchange is not complete")
    func foreignLine() async throws {
        let connection = try await self.observe(role: .edge) { leg in
            let conversation = Conversation(leg: leg, session: nil)
            await conversation.write(ExchangeLine.opening(nonce: "other"))
            #expect(await conversation.readLine() == ExchangeLine.opening(nonce: "other"))
            await conversation.closeOutput()
            _ = await conversation.readToEnd()
        }
        #expect(!connection.exchangeCompleted)
        #expect(connection.applicationReceived.excerpt == ByteString(ExchangeLine.opening(nonce: "other")))
    }

    @Test("a connection that is never closed is seen while it is open, and ends soon after the case's deadline")
    func stillOpen() async throws {
        let connection = try await self.observe(role: .edge, deadline: .seconds(2)) { leg in
            let conversation = Conversation(leg: leg, session: nil)
            await conversation.write(Self.line)
            #expect(await conversation.readLine() == Self.line)
        }
        #expect(connection.leg.ending == .stillOpen)
        #expect(connection.applicationReceived.count == Self.line.count)
    }

    @Test("waiting for an open connection gives up in time, and abandoning ends it")
    func waiting() async throws {
        let fleet = UpstreamFleet(group: Self.group)
        let plan = EndpointPlan(key: "tenant", domain: "a.shakedown.test", role: .edge)
        try await fleet.start(
            [.init(id: "tenant", plan: plan, exchange: .echo, seed: 1)],
            credential: { _ in throw CancellationError() }
        )
        let visit = fleet.begin("case", endpoints: ["tenant"], nonces: ["n"], at: .now, deadline: .seconds(10))
        let dialled = try await LegFactory.dial(
            try #require(fleet.address(for: "tenant")),
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(5),
            on: Self.group
        )
        guard case .connected(let leg) = dialled else {
            Issue.record("not connected")
            return
        }
        leg.setDeadline(.now + .seconds(10))
        let conversation = Conversation(leg: leg, session: nil)
        await conversation.write(Self.line)
        _ = await conversation.readLine()
        #expect(!(await fleet.waitUntilIdle(visit, timeout: .milliseconds(30))))
        #expect(fleet.contacts(of: visit).first?.connection.leg.ending == .stillOpen)
        await fleet.abandon(visit)
        #expect(await fleet.waitUntilIdle(visit, timeout: .zero))
        await leg.close()
        await fleet.stop()
    }
}
