import AgentProtocol
import JSONText
package import Logging
import NIOCore
import NIOPosix
package import ProgramKit
import ServiceLifecycle

/// Keeps tunnels online: connects, authenticates, binds, serves, and does it again when the connection is lost.
///
/// It ends by itself only when the edge refuses the account or a tunnel that was never online, or when it does not trust
/// the edge at its first start.
package struct Agent: Service {
    /// Requests under way at once: enough to hide the round trip, and few beside the edge's backlog of 128 streams.
    private static let concurrentBinds = 32

    private let configuration: AgentConfiguration
    private let readyFile: ReadyFile?
    private let logger: Logger

    /// - Parameter readyFile: Written whenever all tunnels have come online:
    ///   `{"tunnels":[{"name":"web","url":"tls://…"}],"session":"…"}`.
    package init(configuration: AgentConfiguration, readyFile: ReadyFile? = nil, logger: Logger) {
        self.configuration = configuration
        self.readyFile = readyFile
        self.logger = logger
    }

    /// - Throws: ``AgentRefusal``, ``UntrustedEdge``, or an error of the ready file.
    package func run() async throws {
        // One loop: a session is one connection, and its streams and their upstreams stay on its loop.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await cancelWhenGracefulShutdown {
                try await self.serve(on: group)
            }
        } catch is CancellationError {
            self.logger.info("agent stopped")
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        var memory = SessionMemory()
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        var wasOnline = false
        // What was said last of an edge that cannot be reached, so that it is said once and not at every attempt.
        var trouble: String?
        while true {
            do {
                let session = try await AgentSession.connect(self.configuration, on: group, logger: self.logger)
                do {
                    try await self.bringOnline(session, &memory)
                } catch {
                    session.close()
                    throw error
                }
                wasOnline = true
                trouble = nil
                backoff.reset()
                let reason = await withTaskCancellationHandler {
                    await session.waitForEnd()
                } onCancel: {
                    session.shutDown()
                }
                try Task.checkCancellation()
                self.logger.warning("session lost", metadata: ["error": "\(reason)"])
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
                    "server.address": "\(self.configuration.server)", "error": "\(text)",
                ]
                if let untrusted = error as? UntrustedEdge { metadata["hint"] = "\(untrusted.hint)" }
                self.logger.log(
                    level: text == trouble ? .debug : .warning,
                    "edge cannot be reached, trying again",
                    metadata: metadata
                )
                trouble = text
            }
            try await Task.sleep(for: backoff.wait(using: &generator))
        }
    }

    /// A name that was online may come back once the edge has noticed that the old session is gone.
    private static func isFinal(_ refusal: AgentRefusal, _ wasOnline: Bool) -> Bool {
        switch refusal.subject {
        case .session: true
        case .tunnel: !wasOnline
        }
    }

    private func bringOnline(_ session: AgentSession, _ memory: inout SessionMemory) async throws {
        let reply = try await session.authenticate(self.configuration, memory: &memory)
        self.logger.info(
            "session established",
            metadata: [
                "session.id": "\(reply.extra.agentSessionID)", "account.name": "\(reply.extra.accountName)",
                "server.region": "\(reply.extra.region)",
            ]
        )
        let binds = try await self.bindAll(session, last: memory.binds)
        memory.binds = binds
        for (name, bind) in binds.sorted(by: { $0.key < $1.key }) {
            self.logger.info("tunnel online", metadata: ["tunnel.name": "\(name)", "tunnel.url": "\(bind.url)"])
            if !bind.extra.warning.isEmpty {
                self.logger.warning(
                    "the edge has a warning about the tunnel",
                    metadata: ["tunnel.name": "\(name)", "edge.warning": "\(bind.extra.warning)"]
                )
            }
        }
        try self.readyFile?.write(Self.readiness(binds, session: reply.extra.agentSessionID))
    }

    private static func readiness(_ binds: [String: BindResp], session: String) -> JSONValue {
        let tunnels = binds.sorted { $0.key < $1.key }.map { name, bind in
            JSONValue.object([.init("name", .string(name)), .init("url", .string(bind.url))])
        }
        return .object([.init("tunnels", .array(tunnels)), .init("session", .string(session))])
    }

    private func bindAll(_ session: AgentSession, last: [String: BindResp]) async throws -> [String: BindResp] {
        try await withThrowingTaskGroup(of: (String, BindResp).self) { group in
            var waiting = self.configuration.tunnels[...]
            var binds: [String: BindResp] = [:]
            func addNext() {
                guard let tunnel = waiting.popFirst() else { return }
                group.addTask { (tunnel.name, try await session.bind(tunnel, last: last[tunnel.name])) }
            }
            for _ in 0..<Self.concurrentBinds { addNext() }
            while let (name, bind) = try await group.next() {
                binds[name] = bind
                addNext()
            }
            return binds
        }
    }
}

extension Agent: CustomStringConvertible {
    /// Its name alone: the service group logs its services.
    package var description: String { "agent" }
}
