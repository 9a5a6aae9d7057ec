import Addresses
import AsyncHTTPClient
import ConfigurationFiles
import NIOCore
import NIOHTTP1
import NIOSSL

extension Webhook {
    /// The one form of a body, also of a single event: a JSON array, which log services take as it is.
    static func body(of events: [[UInt8]]) -> ByteBuffer {
        var body = ByteBuffer()
        for event in events {
            body.writeStaticString(body.readableBytes == 0 ? "[" : ",")
            body.writeBytes(event)
        }
        body.writeStaticString("]")
        return body
    }

    func request(with body: ByteBuffer) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: self.url.revealed)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        for header in self.headers { request.headers.add(name: header.name, value: header.value.revealed) }
        if !request.headers.contains(name: "User-Agent") {
            request.headers.add(name: "User-Agent", value: "shakedown-edge")
        }
        request.body = .bytes(body)
        return request
    }

    /// Of a client that only this destination has: one that hangs shares no pool with another of the same service.
    func clientConfiguration(connecting limit: Duration) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if case .authorities(let authorities) = self.trust { tls.trustRoots = .certificates(authorities) }
        // Whoever is redirected would send what proves who sends to another.
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(limit)),
            decompression: .disabled
        )
        // One request at a time has nothing to multiplex.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        // Trying again is the queue's business, which counts.
        configuration.connectionPool.retryConnectionEstablishment = false
        if self.reach == .publicAddresses {
            // Looked at on the connection itself: what a name leads to may change from one question to the next.
            configuration.http1_1ConnectionDebugInitializer = { channel in
                guard Self.isPublic(channel.remoteAddress) else {
                    return channel.close().flatMapThrowing { throw ForbiddenAddress() }
                }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        }
        return configuration
    }

    private static func isPublic(_ address: SocketAddress?) -> Bool {
        guard let text = address?.ipAddress, let address = IPAddress(text.prefix { $0 != "%" }) else { return false }
        return PublicAddresses.contain(address)
    }
}

/// A webhook is where it must not be.
struct ForbiddenAddress: Error, CustomStringConvertible {
    var description: String { "its address is not a public one" }
}
