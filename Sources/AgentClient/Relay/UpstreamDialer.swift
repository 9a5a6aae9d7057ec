import Addresses
import NIOCore
import NIOPosix

/// Dials upstreams on the event loop of the stream they are for.
enum UpstreamDialer {
    /// A healthy upstream accepts within a round trip; this leaves room for two lost SYNs and a retry.
    private static let timeout = TimeAmount.seconds(10)

    /// A connected channel that reads only when asked to, and has no handlers.
    static func dial(_ address: UpstreamAddress, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.timeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
        switch address.destination {
        case .host(let place):
            return bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: place.host, port: Int(place.port))
        case .unixSocket(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}
