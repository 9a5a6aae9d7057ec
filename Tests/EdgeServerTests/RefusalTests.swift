import AgentProtocol
import EdgeServer
import Foundation
import HangTesting
import NIOCore
import NIOSSL
import Testing

@Suite("Connections that no endpoint takes", .noHang)
struct RefusalTests {
    @Test("each opening gets its alert and then FIN, and no event", arguments: [1, 4096])
    func alerts(segment: Int) async throws {
        let openings: [(bytes: [UInt8], alert: UInt8?)] = [
            (TestHello.bytes(serverName: "unknown.example.com"), 112),
            (TestHello.bytes(serverName: nil), 109),
            (TestHello.bytes(serverName: nil, offersTLS13: false), 40),
            (TestHello.bytes(serverName: "trailing.dot."), 47),
            ([22, 3, 1, 0x40, 1], 22),
            ([22, 3, 1, 0, 4, 2, 0, 0, 0], 10),
            (TestHello.bytes(serverName: "offline.example.com"), nil),
            (TestHello.bytes(serverName: "below.example.org"), nil),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), nil),
            (Array("SSH-2.0-x\r\n".utf8), nil),
        ]
        let events = try await TestEdge.run { edge in
            for opening in openings {
                let client = try await edge.connectRaw()
                for start in stride(from: 0, to: opening.bytes.count, by: segment) {
                    // The edge may have answered before the last byte.
                    try? await client.send(Array(opening.bytes[start..<min(start + segment, opening.bytes.count)]))
                }
                let seen = try await client.end()
                #expect(seen.onlyAlert == opening.alert)
                #expect(opening.alert != nil || seen.bytes.isEmpty)
                #expect(seen.endedInOrder)
            }
        }
        #expect(events.isEmpty)
    }

    @Test("half a hello is closed at the deadline, without a byte")
    func deadline() async throws {
        try await TestEdge.run(configuration: "deadlines: { hello: 100ms }") { edge in
            let client = try await edge.connectRaw()
            try await client.send(Array(TestHello.bytes(serverName: "a.shakedown.test").prefix(20)))
            let seen = try await client.end()
            #expect(seen.bytes.isEmpty)
            #expect(seen.endedInOrder)
        }
    }

    @Test("more connections than allowed are closed at once, and one that ends makes room")
    func limit() async throws {
        let configuration = "deadlines: { hello: 60s }\nlimits: { connections: 1 }"
        try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "limit.shakedown.test")
            let hello = TestHello.bytes(serverName: "limit.shakedown.test", offersTLS13: false)
            let first = try await edge.connectRaw()
            try await first.send(hello)
            #expect(try await first.bytes(hello.count) == hello)

            let second = try await edge.connectRaw()
            // The edge may have closed before this is sent.
            try? await second.send(hello)
            await #expect(throws: (any Error).self) { _ = try await second.bytes(1) }
            second.channel.close(promise: nil)
            try await first.send([1])
            #expect(try await first.bytes(hello.count + 1) == hello + [1])

            try await first.endInput()
            _ = try await first.end()
            // The edge may hear of the last end later than its client.
            var isServed = false
            for _ in 0..<1_000 where !isServed {
                guard let next = try? await edge.connectRaw() else { continue }
                try? await next.send(hello)
                isServed = (try? await next.bytes(hello.count)) == hello
                next.channel.close(promise: nil)
            }
            #expect(isServed)
            try await agent.vanish()
        }
    }

    @Test("a denied client is closed before any TLS byte, and the event says block")
    func denied() async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "denied.shakedown.test") {
                $0.tlsTermination = .init()
                $0.ipRestriction = .init(allowCIDRs: ["127.0.0.0/8"], denyCIDRs: ["127.0.0.66/32"])
            }
            let denied = try await edge.connectRaw(from: "127.0.0.66")
            try await denied.send(TestHello.bytes(serverName: "Denied.shakedown.test"))
            let seen = try await denied.end()
            #expect(seen.bytes.isEmpty)
            #expect(seen.endedInOrder)
            let allowed = try await edge.connect("denied.shakedown.test")
            try await allowed.send(Array("hello".utf8))
            #expect(try await allowed.bytes(5) == Array("hello".utf8))
            try await allowed.endInput()
            _ = try await allowed.end()
            try await agent.vanish()
        }
        try #require(events.count == 2)
        #expect(events[0].object.ipPolicy?.decision == "block")
        #expect(events[0].object.conn.serverName == "denied.shakedown.test")
        #expect(events[0].object.conn.clientIp == "127.0.0.66")
        #expect(events[0].accountId == "ac_test")
        #expect(events[1].object.ipPolicy?.decision == "allow")
        #expect(events[1].object.conn.bytesIn == 5)
        #expect(events[1].object.conn.bytesOut == 5)
    }

    @Test("an agent that refuses leaves a plain close, and an event without bytes")
    func agentRefuses() async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "refused.shakedown.test", behaviour: .refuse)
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "refused.shakedown.test"))
            let seen = try await client.end()
            #expect(seen.bytes.isEmpty)
            #expect(seen.endedInOrder)
            try await agent.vanish()
        }
        #expect(events.count == 1)
        #expect(events.first?.object.conn.bytesOut == 0)
    }
}
