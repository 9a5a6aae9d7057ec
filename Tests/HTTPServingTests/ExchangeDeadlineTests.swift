import HTTPServing
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@Suite("The deadline of an exchange")
struct ExchangeDeadlineTests {
    private static func connected() throws -> (channel: EmbeddedChannel, loop: EmbeddedEventLoop) {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: ExchangeDeadline(.seconds(60)), loop: loop)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
        return (channel, loop)
    }

    @Test("ends a connection on which no request comes, or none comes to its end")
    func nothing() throws {
        let (channel, loop) = try Self.connected()
        loop.advanceTime(by: .seconds(59))
        // A request that has begun is none yet.
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"))
        )
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("is counted anew from the end of each answer")
    func answers() throws {
        let (channel, loop) = try Self.connected()
        for _ in 0..<3 {
            loop.advanceTime(by: .seconds(50))
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
            #expect(channel.isActive)
        }
        loop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    /// An answer that is begun and never ends holds the connection too.
    @Test("is not put off by an answer's beginning")
    func beginning() throws {
        let (channel, loop) = try Self.connected()
        loop.advanceTime(by: .seconds(50))
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        loop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }
}
