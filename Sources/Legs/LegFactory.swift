package import Addresses
import Glibc
package import NIOCore
import NIOPosix
internal import ProgramKit
package import ScenarioModel

/// Makes legs: by dialling, and from accepted connections.
package enum LegFactory {
    /// What dialling came to. A peer that does not let us in is an outcome.
    package enum Dialled: Sendable {
        case connected(Leg)
        /// There was no connection, or it was over before anything could be said on it.
        case refused(LegObservation)
    }

    /// Connects from an address of this machine.
    ///
    /// Throws for trouble of our own, such as too many open files.
    package static func dial(
        _ address: TransportAddress,
        from source: ClientPlan.Source,
        caseStart: ContinuousClock.Instant,
        timeout: Duration,
        on group: any EventLoopGroup
    ) async throws -> Dialled {
        let connectionStart = ContinuousClock.now
        var bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 8)
            .channelOption(.recvAllocator, value: Self.receiveBuffers)
        if source == .otherLoopback || source == .trustedProxy {
            bootstrap =
                bootstrap
                // The port is chosen at connecting, so that it is only taken towards this one peer (ip(7)).
                .channelOption(ChannelOptions.Types.SocketOption(level: .ip, name: Self.bindAddressNoPort), value: 1)
                .bind(to: try TransportAddress(ip: source.ip, port: 0).socketAddress())
        }
        do {
            let leg = try await bootstrap.connect(to: try address.socketAddress()) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let leg = Leg(
                        channel: channel,
                        caseStart: caseStart,
                        connectionStart: connectionStart,
                        recordsReceived: true
                    )
                    try channel.pipeline.syncOperations.addHandler(LegHandler(leg: leg, opening: .connect))
                    return leg
                }
            }
            // The channel is told after us.
            leg.channelOpened(.connect)
            return .connected(leg)
        } catch let error as IOError where error.errnoCode == ECONNRESET {
            // Linux says ECONNREFUSED of a reset that answers a SYN: this connection stood, and was reset before we looked.
            return .refused(Self.observation(of: .reset, "RST", caseStart, connectionStart))
        } catch let error as IOError where Self.refusals.contains(error.errnoCode) {
            return .refused(
                Self.observation(of: .refused, Reason.text(ofErrno: error.errnoCode), caseStart, connectionStart)
            )
        } catch ChannelError.connectTimeout {
            return .refused(Self.observation(of: .refused, "no answer", caseStart, connectionStart))
        }
    }

    /// Makes the leg of an accepted connection; call it in the channel's initializer.
    ///
    /// Received bytes are not recorded before ``Leg/startRecording(with:)``.
    ///
    /// - Parameter whenOpen: is given the leg once it can be used, on its event loop.
    package static func accept(
        _ channel: any Channel,
        caseStart: ContinuousClock.Instant,
        whenOpen: @escaping @Sendable (Leg) -> Void
    ) throws {
        let leg = Leg(channel: channel, caseStart: caseStart, connectionStart: .now, recordsReceived: false)
        try channel.pipeline.syncOperations.addHandler(LegHandler(leg: leg, opening: .accept, whenOpen: whenOpen))
    }

    /// Starts with room for a whole PROXY header with its hello, and grows to what a bulk transfer needs.
    package static let receiveBuffers = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 8192, maximum: 131_072)

    /// IP_BIND_ADDRESS_NO_PORT of `linux/in.h`, which Glibc's module does not export.
    private static let bindAddressNoPort = NIOBSDSocket.Option(rawValue: 24)

    private static let refusals: Set<CInt> = [ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH]

    private static func observation(
        of ending: LegEnding,
        _ detail: String,
        _ caseStart: ContinuousClock.Instant,
        _ connectionStart: ContinuousClock.Instant
    ) -> LegObservation {
        var recorder = LegRecorder(caseStart: caseStart, connectionStart: connectionStart)
        recorder.end(ending, detail)
        return recorder.observation
    }
}
