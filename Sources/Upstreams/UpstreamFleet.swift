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
        /// Where it must listen, at a port that others may share; `nil` gives it a port of its own.
        package var address: TransportAddress?

        package init(
            id: String,
            plan: EndpointPlan,
            exchange: Exchange,
            seed: UInt64,
            address: TransportAddress? = nil
        ) {
            self.id = id
            self.plan = plan
            self.exchange = exchange
            self.seed = seed
            self.address = address
        }
    }

    /// A given address where nobody can listen.
    package struct UnusableAddress: Error {
        package var address: TransportAddress
        /// The first endpoint whose upstream should be there.
        package var domain: String
        package var errorNumber: CInt
    }

    let group: any EventLoopGroup
    private let slots = Mutex<[String: UpstreamSlot]>([:])
    private let sharedListeners = Mutex<[any Channel]>([])
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
            var shared: [TransportAddress: SharedPort] = [:]
            for endpoint in endpoints {
                let slot = try self.makeSlot(endpoint, credential: credential)
                if let address = endpoint.address {
                    if let port = shared[address] {
                        slot.hold(port)
                    } else {
                        let port = SharedPort(address, first: slot)
                        shared[address] = port
                        slot.hold(port)
                        try await self.listen(at: port, for: endpoint)
                    }
                } else if endpoint.plan.upstream.isListening {
                    binding.append((slot, self.listen(host: "127.0.0.1") { slot }))
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
        let listeners = self.sharedListeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        // One may have been closed already; closed is what it should be.
        for listener in listeners { try? await listener.close() }
        for slot in slots { slot.expireConnections() }
        for slot in slots { await slot.waitUntilIdle() }
    }

    /// Lets go of all that was seen, once it is stopped. A connection and its slot hold each other: those that were nobody's,
    /// and with them what the ledger knows of every case, would outlive the fleet.
    package func forgetAll() {
        let slots = self.slots.withLock { slots in
            defer { slots = [:] }
            return slots
        }
        for slot in slots.values { slot.forgetEnded { _ in true } }
        self.ledger.forgetAll()
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
            alpn: upstream.alpn,
            clientAuthorities: try upstream.mutualTLS.map { try credential($0).certificateChainPEM }.joined(),
            takesEarlyData: upstream.takesEarlyData
        )
        // A certificate that cannot be used is found here, and not by the first connection.
        _ = try OpenSSLSession(configuration)
        return UpstreamSlot(endpoint, tls: configuration, ledger: self.ledger)
    }

    private func listen(at port: SharedPort, for endpoint: Endpoint) async throws {
        let address = port.address
        do {
            let listener = try await self.listen(host: address.ip.description, port: Int(address.port)) { port.slot }
                .get()
            self.sharedListeners.withLock { $0.append(listener) }
        } catch let error as IOError {
            throw UnusableAddress(address: address, domain: endpoint.plan.domain, errorNumber: error.errnoCode)
        }
    }

    /// - Parameter slot: whose upstream whoever comes at this moment has reached.
    private func listen(
        host: String,
        port: Int = 0,
        slot: @escaping @Sendable () -> UpstreamSlot
    ) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 256)
            // A given port may be one whose last connections are not forgotten yet.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 8)
            .childChannelOption(.recvAllocator, value: LegFactory.receiveBuffers)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let slot = slot()
                    try LegFactory.accept(channel, caseStart: slot.caseStart) { leg in
                        let connection = slot.accepted(leg)
                        Task { await connection.serve() }
                    }
                }
            }
            .bind(host: host, port: port)
    }
}
