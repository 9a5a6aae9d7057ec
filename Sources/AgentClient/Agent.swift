import Addresses
import AgentProtocol
import JSONText
package import Logging
import NIOCore
import NIOPosix
package import ProgramKit
package import ServiceLifecycle

/// Keeps tunnels online: connects, authenticates, binds or starts them, serves, and does it again when the connection is lost.
///
/// It ends by itself only when the edge refuses the account or a tunnel that was never online, when it does not trust the edge at
/// its first start, or when the edge tells it to.
package struct Agent: Service {
    /// Requests under way at once: enough to hide the round trip, and few beside the edge's backlog of 128 streams.
    private static let concurrentBinds = 32

    private let configuration: AgentConfiguration
    /// At first those of the configuration.
    package let wanted: WantedTunnels
    private let reread: @Sendable () throws -> AgentConfiguration
    let board = StatusBoard()
    let legs = FurtherLegs()
    let readyFile: ReadyFile?
    let logger: Logger

    /// - Parameters:
    ///   - reread: Reads the configuration again, when the edge has the agent restart; without it that stays what it is.
    ///   - readyFile: Written whenever all tunnels have come online, and when others are wanted and are:
    ///   `{"tunnels":[{"name":"web","url":"tls://…"},{"name":"team","id":"tn_…"}],"session":"…"}`. A labelled tunnel has no URL.
    package init(
        configuration: AgentConfiguration,
        reread: (@Sendable () throws -> AgentConfiguration)? = nil,
        readyFile: ReadyFile? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.reread = reread ?? { configuration }
        self.wanted = WantedTunnels(configuration.tunnels)
        self.readyFile = readyFile
        self.logger = logger
    }

    /// How it is, and what may be asked of it while it runs.
    package var control: AgentControl { AgentControl(wanted: self.wanted, board: self.board) }

    /// - Throws: ``AgentRefusal``, ``UntrustedEdge``, or an error of the ready file.
    package func run() async throws {
        // One loop: a session is one connection, and its streams and their upstreams stay on its loop.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { self.board.lost() }
        do {
            try await cancelWhenGracefulShutdown {
                try await self.serve(on: group)
            }
        } catch is CancellationError {
            // It was told to stop.
        } catch {
            await self.legs.end()
            try await group.shutdownGracefully()
            throw error
        }
        await self.legs.end()
        self.logger.info("agent stopped")
        try await group.shutdownGracefully()
    }

    /// What happens while a session stands.
    enum News {
        case ended
        case wanted
        /// The edge has told the agent to stop or restart.
        case ordered
        /// The time has come to try again what the edge refused.
        case again
    }

    /// Returns when the edge has told the agent to stop.
    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        var configuration = self.configuration
        var memory = SessionMemory()
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        var wasOnline = false
        // What was said last of an edge that cannot be reached, so that it is said once and not at every attempt.
        var trouble: String?
        var control = RemoteControl(configuration, reread: self.reread)
        while true {
            let (news, told) = AsyncStream.makeStream(of: News.self)
            control.whenOrdered { told.yield(.ordered) }
            do {
                let session = try await AgentSession.connect(
                    configuration,
                    to: configuration.server,
                    control: control,
                    traffic: self.board.traffic,
                    on: group,
                    logger: self.logger
                )
                session.whenEnded { told.yield(.ended) }
                self.wanted.onChange { told.yield(.wanted) }
                do {
                    let welcome = try await withTaskCancellationHandler {
                        try await self.bringOnline(session, configuration, control, &memory, wasOnline: wasOnline)
                    } onCancel: {
                        session.close()
                    }
                    if configuration.hasLegs { self.follow(welcome, memory, configuration, control, on: group) }
                } catch {
                    session.close()
                    throw error
                }
                wasOnline = true
                trouble = nil
                backoff.reset()
                let reason = await withTaskCancellationHandler {
                    await self.tend(session, news, told, &memory)
                    self.board.lost()
                    if control.order != nil {
                        session.shutDown()
                        self.legs.shutDown()
                    }
                    // Told to stop, it has some connections to wait for.
                    return await session.waitForEnd()
                } onCancel: {
                    session.shutDown()
                    self.legs.shutDown()
                }
                self.legs.loseFirst()
                try Task.checkCancellation()
                if control.order == nil { self.logger.warning("session lost", metadata: ["error": "\(reason)"]) }
            } catch let refusal as AgentRefusal where !refusal.isTemporary && Self.isFinal(refusal, wasOnline) {
                throw refusal
            } catch let error as Complaint {
                // The ready file cannot be written, which no other try will change.
                throw error
            } catch let untrusted as UntrustedEdge where !wasOnline {
                throw untrusted
            } catch {
                try Task.checkCancellation()
                let text = ConnectionTrouble.text(of: error)
                var metadata: Logger.Metadata = [
                    "server.address": "\(configuration.server)", "error": "\(text)",
                ]
                if let hint = (error as? any ExplainedError)?.complaint.hint { metadata["hint"] = "\(hint)" }
                self.logger.log(
                    level: text == trouble ? .debug : .warning,
                    "edge cannot be reached, trying again",
                    metadata: metadata
                )
                trouble = text
            }
            if control.order == nil { try await Task.sleep(for: backoff.wait(using: &generator)) }
            switch control.order {
            case nil: continue
            case .stop:
                self.logger.notice(
                    "the edge has told the agent to stop",
                    metadata: Self.metadata(configuration, memory)
                )
                return
            case .restart(let next):
                self.logger.notice(
                    "the edge has told the agent to restart",
                    metadata: Self.metadata(configuration, memory)
                )
                if !next.continues(configuration) { memory = SessionMemory() }
                await self.legs.end()
                configuration = next
                control = RemoteControl(next, reread: self.reread)
                self.wanted.replace(with: next.tunnels)
            }
        }
    }

    /// Which edge, and in which session.
    private static func metadata(_ configuration: AgentConfiguration, _ memory: SessionMemory) -> Logger.Metadata {
        ["server.address": "\(configuration.server)", "session.id": "\(memory.sessionID)"]
    }

    /// A name that was online may come back once the edge has noticed that the old session is gone.
    private static func isFinal(_ refusal: AgentRefusal, _ wasOnline: Bool) -> Bool {
        switch refusal.subject {
        case .session: true
        case .tunnel: !wasOnline
        }
    }

    /// Returns what the edge says of itself and of the session.
    ///
    /// - Throws: ``AgentRefusal`` of the session, and of a tunnel unless tunnels were online before: those that are wanted and
    ///   can be are then online, and the others asked for again.
    private func bringOnline(
        _ session: AgentSession,
        _ configuration: AgentConfiguration,
        _ control: RemoteControl,
        _ memory: inout SessionMemory,
        wasOnline: Bool
    ) async throws -> AuthResp {
        let reply = try await session.authenticate(
            configuration,
            control: control,
            with: self.wanted.current,
            memory: &memory
        )
        self.logger.info(
            "session established",
            metadata: [
                "session.id": "\(reply.extra.agentSessionID)", "account.name": "\(reply.extra.accountName)",
                "server.region": "\(reply.extra.region)",
            ]
        )
        self.tell(reply.extra)
        memory.sessionID = reply.extra.agentSessionID
        let (wanted, generation) = self.wanted.latest
        let (online, refusals) = try await self.bringAllOnline(wanted, session, memory)
        if let refusal = refusals.first, !wasOnline { throw refusal.error }
        let before = memory
        memory.online = online
        memory.refused = [:]
        for (name, online) in online.sorted(by: { $0.key < $1.key }) { self.tellOnline(name, online) }
        for (tunnel, refusal) in refusals {
            self.note("\(refusal)", of: tunnel.name, last: before.online[tunnel.name], before: before, &memory)
        }
        self.board.established(
            session,
            at: "\(configuration.server)",
            reply.extra,
            memory,
            generation: generation
        )
        if refusals.isEmpty { try self.readyFile?.write(Self.readiness(memory)) }
        return reply
    }

    /// Has further legs where the edge has named addresses; the first of them is where this one is.
    private func follow(
        _ welcome: AuthResp,
        _ memory: SessionMemory,
        _ configuration: AgentConfiguration,
        _ control: RemoteControl,
        on group: any EventLoopGroup
    ) {
        let addresses = welcome.extra.connectAddresses.dropFirst().compactMap { HostAndPort($0.serverAddress) }
        self.legs.follow(
            FurtherLegs.First(
                configuration: configuration,
                control: control,
                traffic: self.board.traffic,
                clientID: memory.clientID,
                cookie: memory.cookie,
                addresses: addresses,
                online: memory.online
            ),
            on: group,
            logger: self.logger
        )
    }

    /// What the edge's operator has to say to whoever runs the agent.
    private func tell(_ welcome: AuthResp.Extra) {
        if !welcome.banner.isEmpty {
            self.logger.notice("the edge says", metadata: ["edge.banner": "\(welcome.banner)"])
        }
        guard let warning = welcome.deprecationWarning else { return }
        self.logger.warning(
            "the edge will not serve this agent's version for long",
            metadata: [
                "edge.minimum-version": "\(warning.nextMinimum)", "edge.minimum-from": "\(warning.nextDate)",
                "edge.warning": "\(warning.message)",
            ]
        )
    }

    /// Remembers a tunnel that is to be asked for again, and says why it is not online where that is news.
    func note(
        _ reason: String,
        of name: String,
        last: SessionMemory.Online?,
        before: SessionMemory,
        _ memory: inout SessionMemory
    ) {
        let known = before.refused[name]
        memory.refused[name] = SessionMemory.Refused(reason: reason, last: last ?? known?.last)
        self.logger.log(
            level: reason == known?.reason ? .debug : .error,
            "tunnel is not online",
            metadata: ["tunnel.name": "\(name)", "error": "\(reason)"]
        )
    }

    func tellOnline(_ name: String, _ online: SessionMemory.Online) {
        switch online.answer {
        case .bound(let bind):
            self.logger.info("tunnel online", metadata: ["tunnel.name": "\(name)", "tunnel.url": "\(bind.url)"])
            if !bind.extra.warning.isEmpty {
                self.logger.warning(
                    "the edge has a warning about the tunnel",
                    metadata: ["tunnel.name": "\(name)", "edge.warning": "\(bind.extra.warning)"]
                )
            }
        case .started(let start):
            self.logger.info("tunnel online", metadata: ["tunnel.name": "\(name)", "tunnel.id": "\(start.id)"])
        }
    }

    static func readiness(_ memory: SessionMemory) -> JSONValue {
        let tunnels = memory.online.sorted { $0.key < $1.key }.map { name, online in
            let place: JSONValue.Member =
                switch online.answer {
                case .bound(let bind): .init("url", .string(bind.url))
                case .started(let start): .init("id", .string(start.id))
                }
            return JSONValue.object([.init("name", .string(name)), place])
        }
        return .object([.init("tunnels", .array(tunnels)), .init("session", .string(memory.sessionID))])
    }

    private func bringAllOnline(
        _ tunnels: [Tunnel],
        _ session: AgentSession,
        _ memory: SessionMemory
    ) async throws -> (online: [String: SessionMemory.Online], refusals: [(tunnel: Tunnel, error: AgentRefusal)]) {
        typealias Outcome = (tunnel: Tunnel, result: Result<SessionMemory.Answer, AgentRefusal>)
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            var waiting = tunnels[...]
            var online: [String: SessionMemory.Online] = [:]
            var refusals: [(tunnel: Tunnel, error: AgentRefusal)] = []
            func addNext() {
                guard let tunnel = waiting.popFirst() else { return }
                group.addTask {
                    do {
                        let last = memory.last(of: tunnel)
                        return (tunnel, .success(try await session.bring(online: tunnel, last: last)))
                    } catch let refusal as AgentRefusal {
                        return (tunnel, .failure(refusal))
                    }
                }
            }
            for _ in 0..<Self.concurrentBinds { addNext() }
            while let (tunnel, result) = try await group.next() {
                switch result {
                case .success(let answer):
                    online[tunnel.name] = SessionMemory.Online(tunnel: tunnel, answer: answer)
                case .failure(let refusal):
                    refusals.append((tunnel, refusal))
                }
                addNext()
            }
            return (online, refusals)
        }
    }
}

extension Agent {
    /// How a group of services has it: one that ends since the edge has said so ends the others in order, and nothing has failed.
    package var inGroup: ServiceGroupConfiguration.ServiceConfiguration {
        .init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)
    }
}

extension Agent: CustomStringConvertible {
    /// Its name alone: the service group logs its services.
    package var description: String { "agent" }
}
