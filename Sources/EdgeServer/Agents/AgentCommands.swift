import AgentProtocol
import Logging
import MuxadoChannel
import NIOCore
import SSHGateway

/// What the edge tells an agent to do.
enum AgentCommand: Hashable, Sendable {
    case stop
    case restart
    /// An empty version is the latest.
    case update(version: String, permitMajorVersion: Bool)

    fileprivate var type: StreamType {
        switch self {
        case .stop: .stop
        case .restart: .restart
        case .update: .update
        }
    }

    fileprivate var text: [UInt8] {
        switch self {
        case .stop: Stop().encoded
        case .restart: Restart().encoded
        case .update(let version, let permitMajorVersion):
            Update(version: version, permitMajorVersion: permitMajorVersion).encoded
        }
    }

    /// Why the agent cannot: `nil` when it is too old to know, empty when it can.
    fileprivate func reasonAgainst(_ agent: Auth.Extra) -> String? {
        switch self {
        case .stop: agent.stopUnsupportedError
        case .restart: agent.restartUnsupportedError
        case .update: agent.updateUnsupportedError
        }
    }

    /// ERR_NGROK_804 to 806.
    fileprivate func unsupported(_ reason: String) -> NgrokError {
        switch self {
        case .restart: .restartUnsupported(reason)
        case .stop: .stopUnsupported(reason)
        case .update: .updateUnsupported(reason)
        }
    }

    /// ERR_NGROK_807 to 809.
    fileprivate func failed(_ reason: String) -> NgrokError {
        switch self {
        case .stop: .stopFailed(reason)
        case .restart: .restartFailed(reason)
        case .update: .updateFailed(reason)
        }
    }
}

extension AgentSession {
    /// An agent without a handler for a command never answers it.
    private static let commandTime = TimeAmount.seconds(10)
    /// An answer is a sentence.
    private static let answerLimit = 64 << 10

    /// Tells the agent to do something, and waits for what it says.
    ///
    /// - Throws: ERR_NGROK_804 to 806 where it cannot, 807 to 809 where it says that it failed, 810 without an answer.
    func perform(_ command: AgentCommand) async throws(NgrokError) {
        guard let identity = self.identity, let link = self.link else { throw .agentUnreachable }
        switch link {
        case .muxado(let muxado): try await self.perform(command, as: identity, by: muxado)
        case .ssh(let connection): try self.perform(command, by: connection)
        }
    }

    private func perform(
        _ command: AgentCommand,
        as identity: Identity,
        by muxado: MuxadoHandler
    ) async throws(NgrokError) {
        guard let reason = command.reasonAgainst(identity.agent) else { throw command.unsupported("it is too old") }
        guard reason.isEmpty else { throw command.unsupported(reason) }
        let answer: CommandResp
        do {
            let text = try await Self.ask(command.type, command.text, of: muxado)
            answer = try CommandResp(decoding: text)
        } catch {
            self.logger.info("agent did not answer a command", metadata: ["error.message": "\(error)"])
            throw .agentUnreachable
        }
        guard answer.error.isEmpty else { throw command.failed(answer.error) }
        self.logger.info("agent follows a command", metadata: ["command": "\(command.type)"])
    }

    /// Tells the agent that the edge has ended what it had bound or started, and why. Nobody answers this.
    func stopTunnel(_ id: String, because reason: NgrokError) {
        let muxado: MuxadoHandler
        switch self.link {
        case nil: return
        case .muxado(let handler): muxado = handler
        case .ssh(let connection):
            // It has nothing else.
            connection.finish(status: 1, saying: SSHTerminalText.trouble(reason))
            return
        }
        let message = StopTunnel(id: id, message: reason.message, errorCode: reason.name)
        let stream = muxado.openStream(type: .stopTunnel) { $0.eventLoop.makeSucceededVoidFuture() }
        stream.whenSuccess { stream in
            stream.writeAndFlush(ByteBuffer(bytes: message.encoded), promise: nil)
            stream.close(promise: nil)
        }
        stream.whenFailure { [logger] error in
            logger.debug("agent was not told of a stopped tunnel", metadata: ["error.message": "\(error)"])
        }
    }

    private static func ask(
        _ type: StreamType,
        _ text: [UInt8],
        of muxado: MuxadoHandler
    ) async throws -> [UInt8] {
        let answer = muxado.eventLoop.makePromise(of: [UInt8].self)
        let timer = muxado.eventLoop.scheduleTask(in: Self.commandTime) {
            answer.fail(ChannelError.connectTimeout(Self.commandTime))
        }
        let stream = muxado.openStream(type: type) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try stream.pipeline.syncOperations.addHandler(AnswerReader(answer, limit: Self.answerLimit))
            }
        }
        stream.whenSuccess { $0.writeAndFlush(ByteBuffer(bytes: text), promise: nil) }
        stream.whenFailure { answer.fail($0) }
        answer.futureResult.whenComplete { _ in
            timer.cancel()
            stream.whenSuccess { $0.close(promise: nil) }
        }
        return try await answer.futureResult.get()
    }
}

/// Reads one JSON value of an agent.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<[UInt8]>
    private var accumulator: MessageAccumulator

    init(_ answer: EventLoopPromise<[UInt8]>, limit: Int) {
        self.answer = answer
        self.accumulator = MessageAccumulator(limit: limit)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        do throws(MessageError) {
            let text = try self.accumulator.append(buffer.readableBytesUInt8Span)
            if let text { self.answer.succeed(text) }
        } catch {
            self.answer.fail(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.answer.fail(error) }

    func channelInactive(context: ChannelHandlerContext) { self.answer.fail(ChannelError.eof) }
}
