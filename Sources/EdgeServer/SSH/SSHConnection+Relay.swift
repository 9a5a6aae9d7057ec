import Addresses
import AgentProtocol
import Logging
import NIOCore
import NIOPosix
import Relaying
import SSHGateway

/// That an SSH client's connection has ended before its time: what it carried is not the whole.
struct SSHConnectionCut: Error {}

extension SSHConnection {
    /// Opens a client's connection through the SSH client.
    ///
    /// Nothing goes in front of its bytes: an SSH client passes on what it gets, and its upstream asked for TLS alone.
    ///
    /// - Parameters:
    ///   - client: whose connection it is, which the SSH client is told.
    ///   - eventLoop: the client's, which its upstream gets too.
    /// - Returns: fails with a ``SSHForwardError`` where the SSH client has not connected.
    func openStream(
        for client: TransportAddress,
        relay: Resident<Relay>,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let stands = eventLoop.makePromise(of: Void.self)
        self.open(for: client) { result in
            switch result {
            case .failure(let error): stands.fail(error)
            case .success(let forward): stands.completeWith(Self.adopt(forward, relay: relay, on: eventLoop))
            }
        }
        return stands.futureResult
    }

    private static func adopt(
        _ forward: SSHForward,
        relay: Resident<Relay>,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let channel = ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try AgentSession.relay(channel, relay, preface: []) }
            }
            .withConnectedSocket(forward.socket)
        return channel.map { channel in
            forward.whenCut {
                channel.eventLoop.execute {
                    channel.pipeline.fireErrorCaught(SSHConnectionCut())
                    channel.triggerUserOutboundEvent(ClosingHandler.Abandonment(), promise: nil)
                }
            }
        }
    }
}
