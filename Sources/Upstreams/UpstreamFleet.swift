package import Addresses
import Legs
package import NIOCore
import NIOPosix
import OpenSSLEngine
package import ScenarioModel
import Synchronization

/// The harness's own servers: one listening socket for each endpoint of the catalogue.
///
/// Connections are served by tasks of their own, since they come from event loops and not from a function that could wait
/// for them; ``stop()`` ends them and waits until the last one is gone.
package final class UpstreamFleet: Sendable {
    /// One endpoint's upstream, as a case wants it.
    package struct Endpoint: Sendable {
        /// Unique in the fleet.
        package var id: String
        package var plan: EndpointPlan
        package var exchange: Exchange
        /// The client's seed, which payloads come from.
        package var seed: UInt64

        package init(id: String, plan: EndpointPlan, exchange: Exchange, seed: UInt64) {
            self.id = id
            self.plan = plan
            self.exchange = exchange
            self.seed = seed
        }
    }

    let group: any EventLoopGroup
    private let slots = Mutex<[String: UpstreamSlot]>([:])
    let ledger = ConnectionLedger()

    package init(group: any EventLoopGroup) {
        self.group = group
    }

    /// Opens a port on 127.0.0.1 for every endpoint. Nothing stays open when it throws.
    ///
    /// - Parameter credential: mints what the upstream presents, by the name of its recipe.
    package func start(_ endpoints: [Endpoint], credential: (String) throws -> Credential) async throws {
        do {
            var binding: [(slot: UpstreamSlot, listener: EventLoopFuture<any Channel>)] = []
            for endpoint in endpoints {
                let slot = try self.makeSlot(endpoint, credential: credential)
                if endpoint.plan.upstream.isListening {
                    binding.append((slot, self.listen(for: slot)))
                } else {
                    slot.hold(try ReservedPort())
                }
                self.slots.withLock { $0[endpoint.id] = slot }
            }
            for (slot, listener) in binding {
                slot.hold(try await listener.get())
            }
        } catch {
            await self.stop()
            throw error
        }
    }

    /// Where an endpoint's upstream listens; `nil` for an unknown endpoint.
    package func address(for endpoint: String) -> TransportAddress? {
        self.slot(endpoint)?.address
    }

    /// Tells the upstreams of a case when it begins, which their timelines count from, how long it may take, and what its
    /// connections will say. The upstreams' connections get a second more, so that the client's waiting ends first.
    ///
    /// - Parameters:
    ///   - nonces: one for each connection that the case's clients make.
    ///   - exchanges: what each of them says, where that is not the endpoints' own exchange for all.
    package func begin(
        _ testCase: String,
        endpoints: [String],
        nonces: [String],
        exchanges: [Exchange] = [],
        at start: ContinuousClock.Instant,
        deadline: Duration
    ) -> Visit {
        let script = UpstreamScript(nonces: nonces, exchanges: exchanges)
        for slot in self.slots(endpoints) { slot.begin(script, at: start, deadline: deadline) }
        return self.ledger.begin(testCase, endpoints: endpoints, nonces: nonces, at: start)
    }

    /// Closes everything. Observations stay.
    package func stop() async {
        let slots = self.allSlots
        for slot in slots { await slot.stopListening() }
        for slot in slots { slot.expireConnections() }
        for slot in slots { await slot.waitUntilIdle() }
    }

    private func slot(_ id: String) -> UpstreamSlot? { self.slots.withLock { $0[id] } }

    var allSlots: [UpstreamSlot] { self.slots.withLock { Array($0.values) } }

    func slots(_ ids: [String]) -> [UpstreamSlot] {
        self.slots.withLock { slots in ids.compactMap { slots[$0] } }
    }

    private func makeSlot(
        _ endpoint: Endpoint,
        credential: (String) throws -> Credential
    ) throws -> UpstreamSlot {
        guard endpoint.plan.role.upstreamIsTLS, endpoint.plan.upstream.isListening else {
            return UpstreamSlot(endpoint, tls: nil, ledger: self.ledger)
        }
        let upstream = endpoint.plan.upstream
        let configuration = OpenSSLConfiguration(
            side: .server,
            minimumVersion: upstream.minimumVersion,
            maximumVersion: upstream.maximumVersion,
            credential: try credential(upstream.certificate),
            alpn: upstream.alpn
        )
        // A certificate that cannot be used is found here, and not by the first connection.
        _ = try OpenSSLSession(configuration)
        return UpstreamSlot(endpoint, tls: configuration, ledger: self.ledger)
    }

    private func listen(for slot: UpstreamSlot) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 8)
            .childChannelOption(.recvAllocator, value: LegFactory.receiveBuffers)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LegFactory.accept(channel, caseStart: slot.caseStart) { leg in
                        let connection = slot.accepted(leg)
                        Task { await connection.serve() }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0)
    }
}
