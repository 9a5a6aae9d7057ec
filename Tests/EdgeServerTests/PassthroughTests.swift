import Addresses
import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HangTesting
import NIOCore
import NIOSSL
import Testing

@Suite("TLS that the edge does not end", .noHang)
struct PassthroughTests {
    @Test("a handshake goes through to the agent's certificate, over both families")
    func handshake() async throws {
        let events = try await TestEdge.run { edge in
            let issued = try edge.authority.issue(["pass.shakedown.test"])
            let agent = try await TestAgent.serving(edge, "pass.shakedown.test", behaviour: .terminate(issued))
            for endpoint in [try edge.client, try edge.client6] {
                let client = try await edge.connect("pass.shakedown.test", to: endpoint)
                try await client.send(Array("hello".utf8))
                #expect(try await client.bytes(5) == Array("hello".utf8))
                client.channel.close(promise: nil)
                #expect(try await client.ended.get().handshake)
                let stream = try await agent.nextStream()
                #expect(stream.header?.passthroughTLS == true)
                #expect(stream.header?.proto == "tls")
            }
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.serverIp).sorted() == ["127.0.0.1", "::1"])
        #expect(events.allSatisfy { $0.object.conn.bytesIn > 5 && $0.object.conn.bytesOut > 5 })
        #expect(events.allSatisfy { $0.object.ipPolicy == nil && $0.eventId.hasPrefix("ev_") })
    }

    @Test("bytes are replayed untouched, and the header names the client", arguments: [1, 7, 4096])
    func bytes(segment: Int) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "bytes.shakedown.test")
            let sent =
                TestHello.bytes(serverName: "BYTES.shakedown.test", offersTLS13: false) + Array("early data".utf8)
            let client = try await edge.connectRaw()
            for start in stride(from: 0, to: sent.count, by: segment) {
                try await client.send(Array(sent[start..<min(start + segment, sent.count)]))
            }
            #expect(try await client.bytes(sent.count) == sent)
            let port = client.channel.localAddress?.port ?? 0
            try await client.endInput()
            #expect(try await client.end().endedInOrder)
            let stream = try await agent.nextStream()
            #expect(stream.payload == sent)
            #expect(stream.header?.clientAddr == "127.0.0.1:\(port)")
            try await agent.vanish()
        }
    }

    @Test("the client's end reaches the agent, and its answer still reaches the client")
    func clientHalfClose() async throws {
        let answer = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "half.shakedown.test", behaviour: .answerAtEnd(answer))
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "half.shakedown.test", offersTLS13: false))
            try await client.endInput()
            let seen = try await client.end()
            #expect(seen.bytes == answer)
            #expect(seen.endedInOrder)
            try await agent.vanish()
        }
        #expect(events.first?.object.conn.bytesOut == 1 << 20)
    }

    @Test("the agent's end reaches the client, and the client's bytes still reach the agent")
    func agentHalfClose() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(
                edge,
                "first.shakedown.test",
                behaviour: .speakAndEnd(Array("bye".utf8))
            )
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "first.shakedown.test", offersTLS13: false))
            let seen = try await client.ended.get()
            #expect(seen.text == "bye")
            let more = Array(repeating: UInt8(ascii: "y"), count: 1 << 20)
            try await client.send(more)
            try await client.endInput()
            let stream = try await agent.nextStream()
            #expect(
                stream.payload.count == TestHello.bytes(serverName: "first.shakedown.test", offersTLS13: false).count
                    + more.count
            )
            #expect(stream.inputEnded)
            try await agent.vanish()
        }
    }

    @Test("a client that resets is a reset to its agent, and never an end")
    func clientReset() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "reset.shakedown.test")
            let client = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: "reset.shakedown.test", offersTLS13: false)
            try await client.send(hello)
            _ = try await client.bytes(hello.count)
            try await client.reset()
            let stream = try await agent.nextStream()
            #expect(stream.payload == hello)
            #expect(stream.failed)
            #expect(!stream.inputEnded)
            try await agent.vanish()
        }
    }

    @Test("much goes both ways at once, unchanged")
    func bulk() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "bulk.shakedown.test")
            let client = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: "bulk.shakedown.test", offersTLS13: false)
            let sent = hello + (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try await client.send(sent)
            try await client.endInput()
            #expect(try await client.end().bytes == sent)
            try await agent.vanish()
        }
    }

    @Test("an agent is told when the edge has given up a connection whose upstream never ends")
    func agentIsTold() async throws {
        try await TestEdge.run(configuration: "deadlines: { hello: 60s, half-open: 100ms, idle: 1h }") { edge in
            let agent = try await TestAgent.serving(edge, "wait.shakedown.test", behaviour: .wait)
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "wait.shakedown.test"))
            try await client.endInput()
            _ = try await client.end()
            let stream = try await agent.nextStream()
            #expect(stream.inputEnded && stream.failed)
            try await agent.vanish()
        }
    }

    @Test("a half-open connection ends when nothing moves any more")
    func halfOpenTimer() async throws {
        try await TestEdge.run(configuration: "deadlines: { hello: 60s, half-open: 3s, idle: 1h }") { edge in
            let agent = try await TestAgent.serving(edge, "stuck.shakedown.test", behaviour: .speakAndEnd([]))
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "stuck.shakedown.test", offersTLS13: false))
            _ = try await client.ended.get()
            // Our side stays open, and the agent's stream must end all the same.
            #expect(try await agent.nextStream().header != nil)
            try await agent.vanish()
        }
    }

    @Test("an idle connection ends in order")
    func idle() async throws {
        try await TestEdge.run(configuration: "deadlines: { hello: 60s, idle: 3s }") { edge in
            let agent = try await TestAgent.serving(edge, "idle.shakedown.test")
            let client = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: "idle.shakedown.test", offersTLS13: false)
            try await client.send(hello)
            let seen = try await client.end()
            #expect(seen.bytes == hello)
            #expect(seen.endedInOrder)
            try await agent.vanish()
        }
    }

    @Test("a session that is lost takes its connections and names with it, and no others")
    func lostSession() async throws {
        try await TestEdge.run { edge in
            let lost = try await TestAgent.serving(edge, "lost.shakedown.test")
            let other = try await TestAgent.serving(edge, "other.shakedown.test")
            let client = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: "lost.shakedown.test", offersTLS13: false)
            try await client.send(hello)
            _ = try await client.bytes(hello.count)
            try await lost.vanish()
            let seen = try await client.end()
            // The answer was cut short, and that is what the client is told.
            #expect(!seen.endedInOrder)
            let after = try await edge.connectRaw()
            try await after.send(hello)
            #expect(try await after.end().onlyAlert == 112)
            let alive = try await edge.connectRaw()
            let otherHello = TestHello.bytes(serverName: "other.shakedown.test", offersTLS13: false)
            try await alive.send(otherHello)
            #expect(try await alive.bytes(otherHello.count) == otherHello)
            alive.channel.close(promise: nil)
            try await other.vanish()
        }
    }

    @Test("a PROXY header comes first and alone, with the addresses as the client saw them", arguments: [1, 2])
    func proxyHeader(version: Int64) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "proxy.shakedown.test") { $0.proxyProto = version }
            let client = try await edge.connectRaw(from: "127.0.0.66")
            let clientPort = client.channel.localAddress?.port ?? 0
            let hello = TestHello.bytes(serverName: "proxy.shakedown.test", offersTLS13: false)
            try await client.send(hello)
            try await client.endInput()
            _ = try await client.end()
            let stream = try await agent.nextStream()
            let edgePort = try edge.client.port
            if version == 1 {
                let line = "PROXY TCP4 127.0.0.66 127.0.0.1 \(clientPort) \(edgePort)\r\n"
                #expect(stream.payload == Array(line.utf8) + hello)
            } else {
                let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
                let name = Array("proxy.shakedown.test".utf8)
                let addresses: [UInt8] =
                    [127, 0, 0, 66, 127, 0, 0, 1, UInt8(clientPort >> 8), UInt8(clientPort & 0xff)]
                    + [UInt8(edgePort >> 8), UInt8(edgePort & 0xff)]
                let header = signature + [0x21, 0x11, 0, UInt8(15 + name.count)] + addresses + [2, 0, 20] + name
                #expect(stream.payload == header + hello)
            }
            try await agent.vanish()
        }
    }

    @Test("a trusted peer's PROXY header says who the client is")
    func inboundProxyHeader() async throws {
        let events = try await TestEdge.run(configuration: #"trusted-proxies: ["127.0.0.66/32", "10.0.0.0/8"]"#) {
            edge in
            let agent = try await TestAgent.serving(edge, "in.shakedown.test")
            let hello = TestHello.bytes(serverName: "in.shakedown.test", offersTLS13: false)
            let line = Array("PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\n".utf8)
            let trusted = try await edge.connectRaw(from: "127.0.0.66")
            try await trusted.send(line + hello)
            #expect(try await trusted.bytes(hello.count) == hello)
            try await trusted.endInput()
            _ = try await trusted.end()
            #expect(try await agent.nextStream().header?.clientAddr == "192.0.2.7:4000")
            // From anybody else it is not TLS.
            let stranger = try await edge.connectRaw()
            try await stranger.send(line + hello)
            #expect(try await stranger.end().bytes.isEmpty)
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.clientIp) == ["192.0.2.7"])
        #expect(events.first?.object.conn.serverPort == 443)
    }

    @Test(
        "IP restrictions are about the client that a trusted peer names",
        arguments: [("192.0.2.7", true), ("192.0.3.7", false)]
    )
    func restrictedBehindProxy(address: String, isServed: Bool) async throws {
        let configuration = "deadlines: { hello: 60s }\ntrusted-proxies: [127.0.0.66/32]"
        try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "named.shakedown.test") {
                $0.ipRestriction = .init(allowCIDRs: ["192.0.2.0/24"])
            }
            let hello = TestHello.bytes(serverName: "named.shakedown.test", offersTLS13: false)
            let peer = try await edge.connectRaw(from: "127.0.0.66")
            try await peer.send(Array("PROXY TCP4 \(address) 198.51.100.1 4000 443\r\n".utf8) + hello)
            if isServed { #expect(try await peer.bytes(hello.count) == hello) }
            try? await peer.endInput()
            #expect(try await peer.end().bytes == (isServed ? hello : []))
            try await agent.vanish()
        }
    }

    @Test("a version 2 header has the server name as the client spelled it, and the event has it as it is compared")
    func authority() async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "told.shakedown.test") { $0.proxyProto = 2 }
            let name = "Told.SHAKEDOWN.test"
            let hello = TestHello.bytes(serverName: name, offersTLS13: false)
            let client = try await edge.connectRaw()
            try await client.send(hello)
            _ = try await client.bytes(hello.count)
            try await client.endInput()
            _ = try await client.end()
            let payload = try await agent.nextStream().payload
            let tlv: [UInt8] = [0x02, 0, UInt8(name.utf8.count)] + Array(name.utf8)
            #expect(payload.dropLast(hello.count).suffix(tlv.count) == tlv[...])
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.serverName) == ["told.shakedown.test"])
    }

    @Test("a trusted peer that has to send a PROXY header is not served without")
    func missingProxyHeader() async throws {
        let configuration = "deadlines: { hello: 60s }\ntrusted-proxies: [127.0.0.66/32]\nrequire-proxy-header: true"
        let events = try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "demanded.shakedown.test")
            let hello = TestHello.bytes(serverName: "demanded.shakedown.test", offersTLS13: false)
            let silentAboutIt = try await edge.connectRaw(from: "127.0.0.66")
            try await silentAboutIt.send(hello)
            #expect(try await silentAboutIt.end().bytes.isEmpty)
            // Of anybody else none is asked for.
            let stranger = try await edge.connectRaw()
            try await stranger.send(hello)
            #expect(try await stranger.bytes(hello.count) == hello)
            try await stranger.endInput()
            _ = try await stranger.end()
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.clientIp) == ["127.0.0.1"])
    }

    @Test("a trusted peer's LOCAL header says nothing of a client, whatever addresses are in it")
    func localHeader() async throws {
        let configuration = "deadlines: { hello: 60s }\ntrusted-proxies: [127.0.0.66/32]"
        let events = try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "local.shakedown.test")
            let hello = TestHello.bytes(serverName: "local.shakedown.test", offersTLS13: false)
            let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
            let local = signature + [0x20, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 0x0f, 0xa0, 1, 0xbb]
            let peer = try await edge.connectRaw(from: "127.0.0.66")
            try await peer.send(local + hello)
            #expect(try await peer.bytes(hello.count) == hello)
            try await peer.endInput()
            _ = try await peer.end()
            try await agent.vanish()
        }
        #expect(events.map(\.object.conn.clientIp) == ["127.0.0.66"])
    }
}
