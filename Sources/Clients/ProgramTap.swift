import Legs
import NIOCore
import NIOPosix
import ScenarioModel
import Synchronization

/// Where a program connects to in the edge's place: the harness takes its one connection, and carries it on.
///
/// So what is on the wire is seen as of any other client, whatever the program tells of it.
final class ProgramTap: Sendable {
    private let listener: any Channel
    private let arrivals: AsyncStream<Leg>
    private let arrived: AsyncStream<Leg>.Continuation

    private init(
        listener: any Channel,
        arrivals: AsyncStream<Leg>,
        arrived: AsyncStream<Leg>.Continuation
    ) {
        self.listener = listener
        self.arrivals = arrivals
        self.arrived = arrived
    }

    var port: Int { self.listener.localAddress?.port ?? 0 }

    /// Listens at a free port of 127.0.0.1.
    static func open(caseStart: ContinuousClock.Instant, on group: any EventLoopGroup) async throws -> ProgramTap {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Leg.self)
        let gate = Gate(arrived: arrived)
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LegFactory.accept(channel, caseStart: caseStart) { leg in gate.take(leg) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ProgramTap(listener: listener, arrivals: arrivals, arrived: arrived)
    }

    /// One command is one connection: whoever comes later, as a browser that connects in advance, is turned away.
    private final class Gate: Sendable {
        private let isTaken = Atomic(false)
        private let arrived: AsyncStream<Leg>.Continuation
        init(arrived: AsyncStream<Leg>.Continuation) { self.arrived = arrived }

        func take(_ leg: Leg) {
            if self.isTaken.exchange(true, ordering: .relaxed) {
                Task { await leg.close() }
            } else {
                self.arrived.yield(leg)
            }
        }
    }

    /// The program's connection; `nil` when it ended without one.
    func connection() async -> Leg? {
        for await leg in self.arrivals { return leg }
        return nil
    }

    /// Nobody comes any more.
    func close() async {
        // One that is closed already is what it should be.
        try? await self.listener.close()
        self.arrived.finish()
    }
}
