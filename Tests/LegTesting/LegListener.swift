package import Addresses
package import Legs
import NIOCore
import NIOPosix
package import ScenarioModel

/// A listening socket of 127.0.0.1 whose accepted connections are legs.
package struct LegListener: Sendable {
    package let address: TransportAddress
    package let legs: AsyncStream<Leg>
    private let channel: any Channel

    package static func open() async throws -> LegListener {
        let (legs, accepted) = AsyncStream.makeStream(of: Leg.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LegFactory.accept(channel, caseStart: .now) { leg in
                        leg.startRecording(with: [])
                        accepted.yield(leg)
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let address = TransportAddress(channel.localAddress) else { throw LegPair.NotConnected() }
        return LegListener(address: address, legs: legs, channel: channel)
    }

    package func dial(from source: ClientPlan.Source = .loopback) async throws -> Leg {
        let dialled = try await LegFactory.dial(
            self.address,
            from: source,
            caseStart: .now,
            timeout: .seconds(10),
            on: MultiThreadedEventLoopGroup.singleton
        )
        guard case .connected(let leg) = dialled else { throw LegPair.NotConnected() }
        return leg
    }

    package func close() async throws {
        try await self.channel.close()
    }
}
