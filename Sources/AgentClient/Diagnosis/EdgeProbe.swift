package import Addresses
import AgentProtocol
import LibCrypto
import MuxadoChannel
package import NIOCore
import NIOPosix
import NIOSSL
import ProgramKit

/// Goes the agent's way to its edge one step at a time, says nothing of an account, and leaves nothing behind.
package struct EdgeProbe: Sendable {
    private let access: EdgeAccess
    private let isIPv6Only: Bool
    private let timeout: TimeAmount
    private let resolve: Resolver

    /// Every address of a place, of IPv6 alone where that is said. May block its thread.
    package typealias Resolver = @Sendable (_ place: HostAndPort, _ isIPv6Only: Bool) throws -> [SocketAddress]

    /// - Parameters:
    ///   - isIPv6Only: No other address is dialled, of the proxy where there is one.
    ///   - resolve: Where addresses are asked for; `nil` is the system.
    package init(_ access: EdgeAccess, isIPv6Only: Bool = false, resolve: Resolver? = nil) {
        self.access = access
        self.isIPv6Only = isIPv6Only
        self.timeout = TimeAmount(access.connectTimeout)
        self.resolve = resolve ?? { try NameResolution.addresses(of: $0, isIPv6Only: $1) }
    }

    /// - Parameter tell: Hears of each step when it has ended.
    /// - Throws: What `tell` throws, or `CancellationError`: what goes wrong on the way is part of the diagnosis.
    package func run(_ tell: @escaping (Diagnosis.Step) throws -> Void = { _ in }) async throws -> Diagnosis {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var course = Course(diagnosis: Diagnosis(of: self.access.server, proxy: self.access.proxy), tell: tell)
        do {
            try await self.go(&course, on: group.next())
        } catch is Diagnosis.Failure {
            // It is the last step of the diagnosis.
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
        return course.diagnosis
    }

    private func go(_ course: inout Course, on eventLoop: any EventLoop) async throws {
        let place = self.access.proxy?.server ?? self.access.server
        let addresses = try await course.step(.nameResolution, hint: self.hint) {
            let (resolve, isIPv6Only) = (self.resolve, self.isIPv6Only)
            let resolved = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try resolve(place, isIPv6Only) }
            let addresses = try await self.inTime(resolved)
            let texts = addresses.map { $0.ipAddress ?? "\($0)" }
            return (addresses, "\(place.host): \(texts.joined(separator: ", "))")
        }
        var lists: RevocationLists?
        if let revocation = self.access.revocation {
            lists = try await course.step(.revocationList, hint: self.hint) {
                (try await revocation.fetch(within: self.access.connectTimeout, on: eventLoop), revocation.url)
            }
        }
        let trusted = lists
        let (connection, certificate, heartbeat) = try await course.step(.tcp, hint: self.hint) {
            try await self.dial(addresses, without: trusted, on: eventLoop)
        }
        defer { connection.muxado.close() }
        if let proxy = self.access.proxy {
            try await course.step(.proxy, hint: self.hint) {
                try await self.inTime(connection.tunnelled)
                return ((), "\(proxy) has connected to \(self.access.server)")
            }
        }
        try await course.step(.tls, hint: self.hint) {
            try await self.inTime(connection.handshake)
            return ((), try await self.inTime(certificate))
        }
        try await course.step(.muxado, hint: self.hint) {
            try await self.inTime(heartbeat)
            return ((), "the first heartbeat is answered")
        }
        try await course.step(.serverInfo, hint: self.hint) {
            let answer: EventLoopFuture<SrvInfoResp> = AgentSession.send(
                .serverInfo,
                SrvInfo(),
                to: connection.muxado,
                patience: self.timeout
            )
            let info = try await answer.value()
            guard info.error.isEmpty else { throw Words(info.error) }
            return ((), "region \(info.region)")
        }
    }

    /// A connection, what its certificate says, and when muxado's first heartbeat is answered on it.
    private typealias Dialled = (
        connection: EdgeConnection, certificate: EventLoopFuture<String>, heartbeat: EventLoopFuture<Void>
    )

    private func dial(
        _ addresses: [SocketAddress],
        without lists: RevocationLists?,
        on eventLoop: any EventLoop
    ) async throws -> (Dialled, String) {
        let isProxied = self.access.proxy != nil
        var failures: [String] = []
        for address in addresses {
            let place = HostAndPort(host: address.ipAddress ?? "", port: UInt16(address.port ?? 0))
            let heartbeat = eventLoop.makePromise(of: Void.self)
            // On the loop, so that nothing comes between the connection and the look at its handlers, which may go soon.
            let connected = eventLoop.flatSubmit {
                EdgeConnection.bootstrap(
                    self.access,
                    to: self.access.server,
                    without: lists,
                    on: eventLoop,
                    heartbeat: { _ in heartbeat.succeed() },
                    // An edge has nothing to say to whom it does not know.
                    accept: { stream, _ in stream.eventLoop.makeFailedFuture(ChannelError.operationUnsupported) }
                )
                .connect(to: address)
                .flatMapThrowing { channel in
                    let connection = try EdgeConnection(channel, isProxied: isProxied)
                    // When the handshake ends, and not later: who then hears what is not muxado closes at once.
                    let certificate = connection.handshake.flatMap { channel.nioSSL_peerCertificate() }
                    return (connection, certificate.flatMapThrowing(Self.words))
                }
            }
            do {
                let (connection, certificate) = try await connected.value()
                connection.muxado.sessionEnded.whenSuccess { heartbeat.fail($0) }
                return ((connection, certificate, heartbeat.futureResult), "\(place)")
            } catch let error as CancellationError {
                heartbeat.fail(error)
                connected.whenSuccess { $0.0.channel.close(promise: nil) }
                throw error
            } catch {
                heartbeat.fail(error)
                failures.append("\(place): \(ConnectionTrouble.text(of: error))")
            }
        }
        throw Words(failures.joined(separator: "; "))
    }

    private func inTime<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws -> Value {
        let timeout = self.timeout
        let promise = future.eventLoop.makePromise(of: Value.self)
        future.cascade(to: promise)
        let deadline = future.eventLoop.scheduleTask(in: timeout) {
            promise.fail(ChannelError.connectTimeout(timeout))
        }
        defer { deadline.cancel() }
        return try await promise.futureResult.value()
    }

    private static func words(_ certificate: NIOSSLCertificate?) throws -> String {
        guard let certificate else { return "no certificate" }
        let facts = try CertificateFacts(der: try certificate.toDERBytes())
        return "'\(facts.subject)', issued by '\(facts.issuer)', until "
            + UntrustedEdge.day(Double(certificate.notValidAfter))
    }

    private func hint(_ kind: Diagnosis.Kind) -> String {
        let server = self.access.server
        let place = self.access.proxy?.server ?? server
        return switch kind {
        case .nameResolution:
            self.isIPv6Only
                ? "see whether the name has an IPv6 address, or go without --ipv6"
                : "see whether the name is right, and whether this machine resolves others"
        case .tcp:
            "see whether \(self.access.proxy == nil ? "the edge" : "the proxy") runs and listens there, and whether a firewall "
                + "lets connections to port \(place.port) through"
        case .revocationList: "see whether it can be fetched from this machine, or go without it: crl_noverify: true"
        case .proxy: "ask whoever runs the proxy to let connections to \(server) through"
        case .tls: "see whether \(server) is where the edge listens for agents (agents.listen), and not for clients"
        case .muxado: "what ends TLS at \(server) is no edge, or something in between is: ask whoever runs the edge"
        case .serverInfo: "see the edge's log"
        }
    }

    /// A reason that needs no words around it.
    private struct Words: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// The steps so far, and who hears of them.
    private struct Course: ~Copyable {
        var diagnosis: Diagnosis
        let tell: (Diagnosis.Step) throws -> Void

        /// - Throws: `Diagnosis.Failure` when the step has failed.
        mutating func step<Value>(
            _ kind: Diagnosis.Kind,
            hint: (Diagnosis.Kind) -> String,
            _ work: () async throws -> (Value, String)
        ) async throws -> Value {
            let start = ContinuousClock.now
            do {
                let (value, detail) = try await work()
                try self.end(Diagnosis.Step(kind, time: .now - start, result: .success(detail)))
                return value
            } catch let error as CancellationError {
                throw error
            } catch {
                let complaint = (error as? any ExplainedError)?.complaint
                let failure = Diagnosis.Failure(
                    reason: complaint?.message ?? ConnectionTrouble.text(of: error),
                    hint: complaint?.hint ?? hint(kind)
                )
                try self.end(Diagnosis.Step(kind, time: .now - start, result: .failure(failure)))
                throw failure
            }
        }

        private mutating func end(_ step: Diagnosis.Step) throws {
            self.diagnosis.steps.append(step)
            try self.tell(step)
        }
    }
}
