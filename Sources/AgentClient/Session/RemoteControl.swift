import AgentProtocol
import MuxadoChannel
import ProgramKit
import Synchronization

/// What the edge may tell the agent itself to do, and has told it, whatever the connection.
final class RemoteControl: Sendable {
    enum Order: Sendable {
        case stop
        /// To connect afresh, with what the files said when the order came.
        case restart(AgentConfiguration)
    }

    private let isAllowed: Bool
    private let reread: @Sendable () throws -> AgentConfiguration
    private let state = Mutex(State())

    private struct State {
        var order: Order?
        var onOrder: (@Sendable () -> Void)?
    }

    /// - Parameter reread: Reads the files again.
    init(_ configuration: AgentConfiguration, reread: @escaping @Sendable () throws -> AgentConfiguration) {
        self.isAllowed = configuration.isRemotelyManaged
        self.reread = reread
    }

    /// The first that was given.
    var order: Order? { self.state.withLock { $0.order } }

    /// Calls this when there is an order, at once where there is one, in the place of what was to be called until now.
    func whenOrdered(_ call: @escaping @Sendable () -> Void) {
        let isOrdered = self.state.withLock { state in
            state.onOrder = call
            return state.order != nil
        }
        if isOrdered { call() }
    }

    func give(_ order: Order) {
        let call = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard state.order == nil else { return nil }
            state.order = order
            return state.onOrder
        }
        call?()
    }
}

// MARK: What the edge is told

extension RemoteControl {
    /// Why the agent neither stops nor restarts when the edge says so; empty when it does.
    var refusal: String {
        self.isAllowed
            ? "" : "This agent is started and stopped by its own machine only: its remote_management is false."
    }

    /// Why the agent does not replace its own program, which it never does.
    var updateRefusal: String {
        self.isAllowed
            ? "This agent does not replace its own program. Install another version on its machine, and start that."
            : self.refusal
    }

    /// The answer to a command, and what is to be done once that has left.
    func answer(_ type: StreamType, _ request: [UInt8]) -> RemoteCommandHandler.Outcome {
        do {
            switch type {
            case .stop: return try self.stop(request)
            case .restart: return try self.restart(request)
            default: return RemoteCommandHandler.Outcome(reply: CommandResp(error: self.updateRefusal))
            }
        } catch {
            return RemoteCommandHandler.Outcome(
                reply: CommandResp(error: "The agent cannot read the command: \(error).")
            )
        }
    }

    private func stop(_ request: [UInt8]) throws(MessageError) -> RemoteCommandHandler.Outcome {
        _ = try Stop(decoding: request)
        return RemoteCommandHandler.Outcome(
            reply: CommandResp(error: self.refusal),
            order: self.isAllowed ? .stop : nil
        )
    }

    /// Where the files cannot be read nothing changes: an agent that had ended could not be told to do better.
    private func restart(_ request: [UInt8]) throws(MessageError) -> RemoteCommandHandler.Outcome {
        _ = try Restart(decoding: request)
        guard self.isAllowed else { return RemoteCommandHandler.Outcome(reply: CommandResp(error: self.refusal)) }
        do {
            return RemoteCommandHandler.Outcome(reply: CommandResp(), order: .restart(try self.reread()))
        } catch {
            let reason = Complaint(explaining: error).message
            let text = "The agent goes on as it was, since its configuration cannot be read: \(reason)."
            return RemoteCommandHandler.Outcome(reply: CommandResp(error: text))
        }
    }
}
