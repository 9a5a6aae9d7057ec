package import ScenarioModel
import Synchronization

/// What a connection that stays open is told to do, one thing after the other, by whoever plays the steps.
package final class Orders: Sendable {
    package enum Action: Hashable, Sendable {
        /// Says the first line, and hears it come back.
        case open
        case say(Step.Speech)
        case hear(Step.Hearing)
        case end
        case reset

        /// Whether the connection is over after it.
        var isLast: Bool {
            switch self {
            case .end, .reset, .hear(.end): true
            case .open, .say, .hear: false
            }
        }
    }

    struct Order: Sendable {
        var action: Action
        var patience: Duration
    }

    /// How long an order may take, unless more is said: for a busy machine.
    package static let patience = Duration.seconds(12)

    private struct State {
        var order: Order?
        /// Whoever gave the order that is being carried out.
        var giver: CheckedContinuation<String?, Never>?
        /// The connection's task, while it has nothing to do.
        var connection: CheckedContinuation<Order?, Never>?
        var isOver = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Returns when the order was carried out: what was wrong, or `nil`.
    package func give(_ action: Action, patience: Duration = Orders.patience) async -> String? {
        let order = Order(action: action, patience: patience)
        return await withCheckedContinuation { giver in
            let (connection, isOver) = self.state.withLock { state in
                guard !state.isOver else { return (nil as CheckedContinuation<Order?, Never>?, true) }
                state.giver = giver
                defer { state.connection = nil }
                if state.connection == nil { state.order = order }
                return (state.connection, false)
            }
            if isOver { giver.resume(returning: Self.gone) }
            connection?.resume(returning: order)
        }
    }

    /// No more orders come, or nobody carries them out any more.
    package func close() {
        let (giver, connection) = self.state.withLock { state in
            state.isOver = true
            defer {
                state.giver = nil
                state.connection = nil
            }
            return (state.giver, state.connection)
        }
        giver?.resume(returning: Self.gone)
        connection?.resume(returning: nil)
    }

    private static let gone = "the connection is gone"

    /// Waits for the next order; `nil` when there is none any more.
    func next() async -> Order? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { connection in
                let order: Order?? = self.state.withLock { state in
                    if let order = state.order {
                        state.order = nil
                        return order
                    }
                    if state.isOver { return .some(nil) }
                    state.connection = connection
                    return nil
                }
                if let order { connection.resume(returning: order) }
            }
        } onCancel: {
            self.close()
        }
    }

    func carriedOut(_ trouble: String?) {
        let giver = self.state.withLock { state in
            defer { state.giver = nil }
            return state.giver
        }
        giver?.resume(returning: trouble)
    }
}
