import AgentProtocol
import ConfigurationFiles
import MuxadoChannel
import NIOCore

// MARK: Requests
extension AgentSession {
    /// - Parameter read: takes the answer, in the turn of the event loop that brings it, before anything that the edge says next.
    func send<Reply: AgentMessage>(
        _ type: StreamType,
        _ request: some AgentMessage,
        _ read: @escaping @Sendable (Reply) throws -> Void = { _ in }
    ) -> EventLoopFuture<Reply> {
        Self.send(type, request, to: self.muxado, patience: self.patience, read)
    }

    /// The same of a session that nobody has introduced an agent in.
    static func send<Reply: AgentMessage>(
        _ type: StreamType,
        _ request: some AgentMessage,
        to muxado: MuxadoHandler,
        patience: TimeAmount,
        _ read: @escaping @Sendable (Reply) throws -> Void = { _ in }
    ) -> EventLoopFuture<Reply> {
        let promise = muxado.eventLoop.makePromise(of: [UInt8].self)
        let encoded = request.encoded
        // It must stand before the request leaves.
        let reply = promise.futureResult.flatMapThrowing { text in
            let reply = try Reply(decoding: text)
            try read(reply)
            return reply
        }
        let opened = muxado.openStream(type: type) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(CallHandler(request: encoded, promise: promise))
            }
        }
        opened.whenSuccess { stream in
            let deadline = stream.eventLoop.scheduleTask(in: patience) {
                promise.fail(ChannelError.connectTimeout(patience))
                stream.close(promise: nil)
            }
            stream.closeFuture.whenComplete { _ in deadline.cancel() }
        }
        opened.whenFailure { promise.fail($0) }
        return reply
    }

    /// Introduces the agent.
    ///
    /// - Parameter leg: Which of the agent's connections it is.
    /// - Throws: ``AgentRefusal`` when the edge does not want it.
    func authenticate(
        _ configuration: AgentConfiguration,
        control: RemoteControl,
        with tunnels: [Tunnel],
        leg: Int = 0,
        memory: inout SessionMemory
    ) async throws -> AuthResp {
        var extra = Auth.Extra()
        extra.os = SystemDescription.operatingSystem
        extra.arch = SystemDescription.architecture
        extra.authtoken = configuration.authtoken.revealed
        extra.version = SystemDescription.version
        extra.hostname = SystemDescription.hostName
        extra.userAgent = "shakedown-agent/\(SystemDescription.version)"
        extra.clientType = Auth.Extra.ownClientType
        extra.metadata = configuration.metadata
        extra.cookie = memory.cookie
        extra.heartbeatInterval = TimeAmount(configuration.edge.heartbeatInterval).nanoseconds
        extra.heartbeatTolerance = TimeAmount(configuration.edge.heartbeatTolerance).nanoseconds
        extra.stopUnsupportedError = control.refusal
        extra.restartUnsupportedError = control.refusal
        extra.updateUnsupportedError = control.updateRefusal
        extra.proxyType = configuration.edge.proxy?.kind.rawValue ?? ""
        extra.legNumber = Int64(leg)
        extra.mutualTLS = tunnels.contains { $0.bind?.options.mutualTLSAtAgent == true }
        let request = Auth(clientID: memory.clientID, extra: extra)
        let reply: AuthResp = try await self.send(.auth, request).value()
        try AgentRefusal.check(reply, of: .session)
        memory.clientID = reply.clientID
        memory.cookie = reply.extra.cookie
        return reply
    }

    /// Brings one tunnel online, as it was bound before if it was.
    ///
    /// - Throws: ``AgentRefusal`` when the edge does not want it.
    func bring(online tunnel: Tunnel, last: BindResp?) async throws -> SessionMemory.Answer {
        switch tunnel.request {
        case .bind(let bind): .bound(try await self.bind(bind, of: tunnel, last: last))
        case .start(let start): .started(try await self.start(start, of: tunnel))
        }
    }

    private func bind(_ bind: Bind, of tunnel: Tunnel, last: BindResp?) async throws -> BindResp {
        var request = bind
        if let last {
            request.id = last.id
            request.options.url = last.url
            request.options.domain = ""
            request.options.hostname = ""
            request.options.subdomain = ""
            request.extra.token = last.extra.token
        }
        let tunnels = self.tunnels
        return try await self.send(.bind, request) { (reply: BindResp) in
            try AgentRefusal.check(reply, of: .tunnel(name: tunnel.name))
            tunnels.insert(tunnel, id: reply.id)
        }.value()
    }

    private func start(_ start: StartTunnelWithLabel, of tunnel: Tunnel) async throws -> StartTunnelWithLabelResp {
        let tunnels = self.tunnels
        return try await self.send(.startTunnelWithLabel, start) { (started: StartTunnelWithLabelResp) in
            try AgentRefusal.check(started, of: .tunnel(name: tunnel.name))
            tunnels.insert(tunnel, id: started.id)
        }.value()
    }

    /// Has something else said of an endpoint, which stays online.
    ///
    /// - Throws: ``AgentRefusal`` when the edge goes on with what it had.
    func change(_ name: String, by patch: PatchTunnelState) async throws {
        let reply: PatchTunnelStateResp = try await self.send(.patchTunnelState, patch).value()
        try AgentRefusal.check(reply, of: .tunnel(name: name))
    }

    /// Takes one tunnel offline. Its connections go on.
    ///
    /// - Throws: ``AgentRefusal`` when the edge knows nothing of it.
    func unbind(_ name: String, id: String) async throws {
        let reply: UnbindResp = try await self.send(.unbind, Unbind(id: id)).value()
        // Until the edge has answered it may still hand over clients.
        _ = self.tunnels.remove(id: id)
        try AgentRefusal.check(reply, of: .tunnel(name: name))
    }

    func isOnline(_ id: String?) -> Bool { id.map { self.tunnels.find(id: $0) != nil } ?? false }

    /// Serves connections that come from now on by this tunnel. Returns whether the id is online.
    func replace(id: String, with tunnel: Tunnel) -> Bool { self.tunnels.replace(id: id, with: tunnel) }
}
