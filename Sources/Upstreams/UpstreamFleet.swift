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
        package var nonce: String
        /// The client's seed, which payloads come from.
        package var seed: UInt64

        package init(id: String, plan: EndpointPlan, exchange: Exchange, nonce: String, seed: UInt64) {
            self.id = id
            self.plan = plan
            self.exchange = exchange
            self.nonce = nonce
            self.seed = seed
        }
    }

    private let group: any EventLoopGroup
    private let slots = Mutex<[String: UpstreamSlot]>([:])

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

    /// Tells the upstreams of a case when it begins, which their timelines count from, and how long the case may
    /// take. The upstreams' connections get a second more, so that the client's waiting ends first.
    package func beginCase(_ endpoints: [String], at caseStart: ContinuousClock.Instant, deadline: Duration) {
        for slot in self.slots(endpoints) { slot.begin(at: caseStart, deadline: deadline) }
    }

    /// What an upstream has seen, also of connections that are still open.
    package func observation(for endpoint: String) -> UpstreamObservation {
        UpstreamObservation(endpoint: endpoint, connections: self.slot(endpoint)?.connections ?? [])
    }

    /// Waits until no connection to these upstreams is open. Returns whether that came to pass in time.
    package func waitUntilIdle(_ endpoints: [String], timeout: Duration) async -> Bool {
        let limit = ContinuousClock.now + timeout
        for slot in self.slots(endpoints) {
            guard await slot.waitUntilIdle(before: limit, on: self.group.next()) else { return false }
        }
        return true
    }

    /// Ends the connections that are still open, as if their deadline had come, and waits for their records.
    package func abandon(_ endpoints: [String]) async {
        for slot in self.slots(endpoints) { slot.expireConnections() }
        for slot in self.slots(endpoints) { await slot.waitUntilIdle() }
    }

    /// Closes everything. Observations stay.
    package func stop() async {
        let slots = self.slots.withLock { Array($0.values) }
        for slot in slots { await slot.stopListening() }
        for slot in slots { slot.expireConnections() }
        for slot in slots { await slot.waitUntilIdle() }
    }

    private func slot(_ id: String) -> UpstreamSlot? { self.slots.withLock { $0[id] } }

    private func slots(_ ids: [String]) -> [UpstreamSlot] {
        self.slots.withLock { slots in ids.compactMap { slots[$0] } }
    }

    private func makeSlot(
        _ endpoint: Endpoint,
        credential: (String) throws -> Credential
    ) throws -> UpstreamSlot {
        guard endpoint.plan.role.upstreamIsTLS, endpoint.plan.upstream.isListening else {
            return UpstreamSlot(endpoint, tls: nil)
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
        return UpstreamSlot(endpoint, tls: configuration)
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
