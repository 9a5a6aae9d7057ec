import Addresses
import CoreMetrics
import EdgeAPI
import EdgeControl
import EdgeCore
package import EdgeEvents
import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
package import ProgramKit
import Relaying
import SSHGateway
import ServiceLifecycle
import Synchronization
import TLSCredentials

/// The reference edge: listens for clients and agents, and relays the one to the other.
package final class Edge: Service {
    /// Connections the kernel keeps for us while we are busy accepting.
    private static let backlog: Int32 = 4096
    /// One read takes up to four TLS records; bulk needs fewer turns of the loop.
    private static let readSize = 64 << 10

    private let state: EdgeState
    private let group: MultiThreadedEventLoopGroup
    private let agentsContexts: Mutex<ServerContexts>
    /// `nil` where no CA is configured.
    private let provisioner: CertificateProvisioner?
    private let sshHostKey: SSHHostKey?
    private let sshGateway = Mutex<SSHGateway?>(nil)
    private let listeners = Mutex<[any Channel]>([])
    private let whenReady: @Sendable (ListeningAddresses) throws -> Void

    /// Checks everything that can be checked before listening.
    ///
    /// - Parameters:
    ///   - log: where `logger` writes; what it loses is counted.
    ///   - issuer: in place of the CA that is configured.
    ///   - whenReady: called once everything listens; if it throws, the edge stops.
    /// - Throws: ``ConfigurationError``.
    package init(
        _ configuration: EdgeConfiguration,
        log: LineWriter? = nil,
        issuer: ((ChallengeAnswers) -> any CertificateIssuer)? = nil,
        logger: Logger,
        whenReady: @escaping @Sendable (ListeningAddresses) throws -> Void = { _ in }
    ) throws {
        self.state = try EdgeState(configuration, logger: logger)
        self.state.certificates.replace(with: try EdgeCertificates(reading: configuration.certificates))
        self.agentsContexts = Mutex(try Self.agentsContexts(configuration))
        self.provisioner = try Self.provisioner(of: self.state, configuration.acme, issuer)
        self.sshHostKey = try configuration.ssh.map { try SSHHostKey.kept(in: $0.hostKey) }
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        self.whenReady = whenReady
        let metrics = self.state.metrics
        log?.whenLost { metrics.logLinesDropped.increment(by: $0) }
    }

    /// What takes the edge's events: a service of its own, which stands before the edge in a group's list, so that it ends after
    /// the last was published.
    package var events: EventRouter { self.state.events }

    /// Whether the certificates and keys that a configuration names can be used.
    ///
    /// - Throws: ``ConfigurationError`` for the first that cannot.
    package static func check(_ configuration: EdgeConfiguration) throws {
        _ = try EdgeCertificates(reading: configuration.certificates)
        _ = try Self.agentsContexts(configuration)
        _ = try configuration.acme?.roots()
        // One that is not there is made at the start, and not by looking.
        if let ssh = configuration.ssh, FileManager.default.fileExists(atPath: ssh.hostKey) {
            _ = try SSHHostKey(file: ssh.hostKey)
        }
    }

    private static func agentsContexts(_ configuration: EdgeConfiguration) throws -> ServerContexts {
        let files = configuration.agents.files
        return try CertificateStore.contexts(try KeyPair.read(certificate: files.certificate, key: files.key))
    }

    private static func provisioner(
        of state: EdgeState,
        _ settings: EdgeConfiguration.ACMESettings?,
        _ issuer: ((ChallengeAnswers) -> any CertificateIssuer)?
    ) throws -> CertificateProvisioner? {
        guard let settings else {
            // As an edge has left them that had a CA.
            for domain in state.state.managedDomains {
                state.logger.warning(
                    "a domain's certificates are the edge's to get, and no CA is configured",
                    metadata: ["domain.name": "\(domain.name)", "hint": "add 'acme', or take the domain's policy off"]
                )
            }
            return nil
        }
        return CertificateProvisioner(
            state,
            news: state.certificateNews,
            issuer: try issuer?(state.challenges) ?? ConfiguredIssuer(settings, answers: state.challenges),
            schedule: settings.schedule,
            now: { .now },
            logger: state.logger
        )
    }

    /// Listens until the graceful shutdown, then lets connections end.
    package func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let listening = try await self.listen()
                // A CA may look for a name as soon as somebody listens.
                if let provisioner = self.provisioner { group.addTask { await provisioner.run() } }
                try self.whenReady(try await self.serveAPI(beside: listening, in: &group))
                try? await gracefulShutdown()
                await self.drain()
                group.cancelAll()
                while let result = await group.nextResult() { if case .failure(let error) = result { throw error } }
            }
        } catch {
            await self.closeListeners()
            await self.closeSSHGateway()
            try await self.group.shutdownGracefully()
            throw error
        }
        await self.closeSSHGateway()
        try await self.group.shutdownGracefully()
        try self.state.keeper.close()
    }

    /// Starts the API, where one is configured, and waits until it listens.
    private func serveAPI(
        beside listening: ListeningAddresses,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> ListeningAddresses {
        guard let settings = self.state.configuration.api else { return listening }
        var configuration = APIServer.Configuration(
            host: settings.listen.ip.description,
            port: Int(settings.listen.port)
        )
        configuration.publicURL = settings.publicURL
        configuration.rateLimit.requests = settings.requestsPerMinute
        let (addresses, found) = AsyncThrowingStream.makeStream(of: TransportAddress?.self)
        let server = APIServer(configuration, plane: self.state, now: { .now }, logger: self.state.logger) { address in
            found.yield(TransportAddress(address))
        }
        group.addTask {
            do {
                try await server.run()
                found.finish()
            } catch {
                found.finish(throwing: error)
                throw error
            }
        }
        var listening = listening
        for try await address in addresses {
            listening.api = address?.description
            self.state.logger.info("api listens", metadata: ["edge.api": "\(listening.api ?? "")"])
            break
        }
        return listening
    }

    /// Takes the accounts of a configuration that was read again, and its certificates. What is bad is reported, and what was
    /// there before stays, all of it. It waits for the disk, and so is not for an event loop.
    ///
    /// - Parameter reread: reads the file again.
    package func reload(_ reread: () throws -> EdgeConfiguration) {
        do {
            let configuration = try reread()
            let certificates = try EdgeCertificates(reading: configuration.certificates)
            let agentsContexts = try Self.agentsContexts(configuration)
            for kept in try self.state.apply(try configuration.seed()) {
                self.state.logger.warning(
                    "the configuration has no such object any more, but another refers to it: it stays",
                    metadata: ["object": "\(kept)"]
                )
            }
            let before = self.state.endpointsWithoutCertificate
            self.state.certificates.replace(with: certificates)
            for endpoint in self.state.endpointsWithoutCertificate.subtracting(before) {
                MissingCertificate(name: endpoint.name).report(to: self.state.logger)
            }
            self.agentsContexts.withLock { $0 = agentsContexts }
            self.state.logger.info("configuration reloaded")
        } catch {
            self.state.logger.error(
                "configuration not reloaded, the old one stays",
                metadata: ["error.message": "\(error)"]
            )
        }
    }

    // MARK: Listening

    private func listen() async throws -> ListeningAddresses {
        let configuration = self.state.configuration
        var listen: [String] = []
        for endpoint in configuration.listen {
            listen.append(try await self.bind(endpoint, self.configureClient))
        }
        let agents = try await self.bind(configuration.agents.listen, self.configureAgent)
        let ssh = try self.listenForSSH()
        var metrics: String?
        if let endpoint = configuration.metrics {
            metrics = try await self.bind(endpoint, self.configureMetrics)
        }
        self.state.logger.info(
            "edge listens",
            metadata: ["edge.listen": "\(listen.joined(separator: " "))", "edge.agents": "\(agents)"]
        )
        var addresses = ListeningAddresses(
            listen: listen,
            agents: agents,
            metrics: metrics,
            processID: ProcessInfo.processInfo.processIdentifier
        )
        addresses.ssh = ssh
        addresses.sshHostKey = self.sshHostKey?.publicLine
        return addresses
    }

    private func listenForSSH() throws -> String? {
        guard let settings = self.state.configuration.ssh, let hostKey = self.sshHostKey else { return nil }
        let gateway = try SSHGateway(hostKey: hostKey)
        self.sshGateway.withLock { $0 = gateway }
        let address = try gateway.listen(on: settings.listen) { [state] connection in
            SSHTunnel.accepting(connection, edge: state)
        }
        self.state.logger.info(
            "ssh gateway listens",
            metadata: ["edge.ssh": "\(address)", "ssh.host_key": "\(hostKey.fingerprint)"]
        )
        return address.description
    }

    private func closeSSHGateway() async {
        let gateway = self.sshGateway.withLock { gateway in
            defer { gateway = nil }
            return gateway
        }
        await gateway?.close(saying: "the edge shuts down")
    }

    private func bind(
        _ endpoint: TransportAddress,
        _ configure: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> String {
        var bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [state] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(edge: state))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel) }
            }
        if !endpoint.ip.isIPv4 {
            // An IPv6 address takes IPv6 clients, so that [::]:443 and 0.0.0.0:443 can stand side by side.
            let option = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
            bootstrap = bootstrap.serverChannelOption(option, value: 1)
        }
        do {
            let channel = try await bootstrap.bind(to: endpoint.socketAddress()).get()
            self.listeners.withLock { $0.append(channel) }
            return TransportAddress(channel.localAddress)?.description ?? endpoint.description
        } catch let error as IOError {
            throw Complaint.cannotListen(on: "\(endpoint)", errorNumber: error.errnoCode)
        }
    }

    @Sendable private func configureClient(_ channel: any Channel) throws {
        guard let client = TransportAddress(channel.remoteAddress), let server = TransportAddress(channel.localAddress)
        else {
            // The client left between the kernel's accept and ours.
            throw ChannelError.eof
        }
        let options = channel.syncOptions
        try options?.setOption(.autoRead, value: false)
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        try options?.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.readSize)
        )
        let connection = ClientConnection(
            client: client,
            server: server,
            acceptedAt: .now,
            tick: channel.eventLoop.now
        )
        let closing = ClosingHandler()
        try channel.pipeline.syncOperations.addHandlers(
            closing,
            ClientConnectionHandler(edge: self.state, connection: connection, closing: closing)
        )
        let state = self.state
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            state.leave(channel)
            state.closed(connection, at: channel.eventLoop.now)
        }
    }

    @Sendable private func configureAgent(_ channel: any Channel) throws {
        try AgentChannel.configure(channel, edge: self.state, context: self.agentsContexts.withLock { $0 }.next())
    }

    @Sendable private func configureMetrics(_ channel: any Channel) throws {
        guard self.state.admitMetricsReader(channel) else { throw ChannelError.ioOnClosedChannel }
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        try channel.pipeline.syncOperations.addHandler(MetricsHTTPHandler(metrics: self.state.metrics))
    }

    // MARK: Stopping

    private func closeListeners() async {
        let listeners = self.listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        self.sshGateway.withLock { $0 }?.stopListening()
        for listener in listeners { try? await listener.close() }
    }

    /// What a client has to take the end of its connection in when the drain time is over.
    private static let closingTime = Duration.seconds(3)

    /// No new connections; those that are open have the drain time to end; then the agents are told, and GOAWAY is the
    /// last thing they hear.
    private func drain() async {
        let drain = Duration.nanoseconds(self.state.configuration.deadlines.drain.nanoseconds)
        await self.closeListeners()
        self.state.logger.info(
            "edge drains",
            metadata: ["connections.open": "\(self.state.openClients.count)"]
        )
        await self.clientsGone(within: drain)
        for client in self.state.openClients { client.close(promise: nil) }
        await self.clientsGone(within: Self.closingTime)
        let abandoned = self.state.openClients
        for client in abandoned { client.triggerUserOutboundEvent(ClosingHandler.Abandonment(), promise: nil) }
        for client in abandoned { try? await client.closeFuture.get() }
        for session in self.state.openSessions { session.close("the edge shuts down") }
        let ended = self.state.openSessions.count
        self.state.logger.info("edge stops", metadata: ["sessions.open": "\(ended)"])
    }
}

extension Edge {
    /// Waits until no client is there any more, and no longer than this.
    private func clientsGone(within time: Duration) async {
        let eventLoop = self.group.next()
        let gone = eventLoop.makePromise(of: Void.self)
        EventLoopFuture.andAllComplete(self.state.openClients.map(\.closeFuture), on: eventLoop).cascade(to: gone)
        // Whichever comes first.
        let timer = eventLoop.scheduleTask(in: TimeAmount(time)) { gone.succeed() }
        try? await gone.futureResult.get()
        timer.cancel()
    }
}
