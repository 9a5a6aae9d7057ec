import AgentProtocol
import EdgeServer
import HangTesting
import Muxado
import MuxadoChannel
import NIOCore
import Testing

@Suite("An edge that is told to stop", .noHang)
struct DrainTests {
    private static let name = "drain.shakedown.test"
    private static let hello = TestHello.bytes(serverName: name, offersTLS13: false)

    /// Connects until nobody listens any more, at any of its addresses.
    private static func waitUntilClosed(_ edge: TestEdge) async throws {
        for address in [try edge.client, try edge.client6] {
            while let late = try? await edge.connectRaw(to: address) { try? await late.channel.close().get() }
        }
    }

    @Test("lets open connections end by themselves, takes no new ones, and tells its agents last")
    func drains() async throws {
        let events = try await TestEdge.run(configuration: "deadlines: { hello: 60s, drain: 1h }") { edge in
            let agent = try await TestAgent.serving(edge, Self.name)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            #expect(try await client.bytes(Self.hello.count) == Self.hello)
            await edge.stop()
            try await Self.waitUntilClosed(edge)
            try await client.send(Array("to the end".utf8))
            #expect(try await client.bytes(Self.hello.count + 10) == Self.hello + Array("to the end".utf8))
            try await client.endInput()
            #expect(try await client.end().endedInOrder)
            let reason = try await agent.sessionEnded.get()
            #expect(reason.origin == .remote)
            #expect(reason.detail == "the edge shuts down")
        }
        #expect(events.map(\.object.conn.bytesIn) == [Int64(Self.hello.count + 10)])
    }

    @Test("cuts what is open when the drain time is over, and writes its event")
    func cuts() async throws {
        let events = try await TestEdge.run(configuration: "deadlines: { hello: 60s, drain: 1s }") { edge in
            let agent = try await TestAgent.serving(edge, Self.name)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            #expect(try await client.bytes(Self.hello.count) == Self.hello)
            await edge.stop()
            _ = try await client.end()
            _ = try await agent.sessionEnded.get()
        }
        #expect(events.map(\.object.conn.bytesIn) == [Int64(Self.hello.count)])
    }

    @Test("does not wait for a client that takes nothing")
    func stalledClient() async throws {
        let start = ContinuousClock.now
        _ = try await TestEdge.run(configuration: "deadlines: { hello: 60s, drain: 100ms }") { edge in
            let bulk = [UInt8](repeating: 7, count: 32 << 20)
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .speakAndEnd(bulk))
            let client = try await edge.connectRaw()
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send(Self.hello)
            // What the client does not take waits in the edge.
            try await edge.awaitAccepted(1)
            await edge.stop()
            _ = try await agent.sessionEnded.get()
            client.channel.close(promise: nil)
        }
        // The drain time, a moment for endings, and no minute for each flush.
        #expect(.now - start < .seconds(30))
    }
}
