import Clients
import Exchanges
import Legs
import ScenarioModel
import Synchronization

/// The connections of one play: those that stay open, and what was seen of those that are over.
final class Cast: Sendable {
    struct OpenConnection: Sendable {
        /// Its place among all connections of the play.
        var number: Int
        var orders: Orders
        var task: Task<ClientOutcome, any Error>
    }

    private struct State {
        var open: [String: [OpenConnection]] = [:]
        var over: [Int: ClientObservation] = [:]
        /// The last that each client was given.
        var sessions: [String: SavedSession] = [:]
    }

    private let state = Mutex(State())

    func add(_ client: ClientOutcome, of name: String, at number: Int) {
        var observation = client.observation
        observation.name = name
        self.state.withLock { state in
            state.over[number] = observation
            if let session = client.session { state.sessions[name] = session }
        }
    }

    /// What a client can have resumed; `nil` where it was given nothing.
    func session(of name: String) -> SavedSession? { self.state.withLock { $0.sessions[name] } }

    func enter(_ name: String, _ connections: [OpenConnection]) {
        self.state.withLock { $0.open[name] = connections }
    }

    /// Has all connections of a client do something at once, and returns what was wrong when all have.
    func give(
        _ action: Orders.Action,
        to name: String,
        patience: Duration = Orders.patience
    ) async -> [StepObservation.Trouble] {
        let connections = self.state.withLock { $0.open[name] ?? [] }
        return await withTaskCancellationHandler {
            await withTaskGroup(of: StepObservation.Trouble?.self) { group in
                for connection in connections {
                    group.addTask {
                        await connection.orders.give(action, patience: patience)
                            .map { .init(connection: connection.number, sentence: $0) }
                    }
                }
                return await group.reduce(into: []) { if let trouble = $1 { $0.append(trouble) } }
                    .sorted { $0.connection < $1.connection }
            }
        } onCancel: {
            self.cancel()
        }
    }

    /// Waits for the ends of a client's connections.
    func leave(_ name: String) async throws {
        let connections = self.state.withLock { $0.open.removeValue(forKey: name) } ?? []
        for connection in connections { self.add(try await connection.task.value, of: name, at: connection.number) }
    }

    /// Ends what is still open, in order; gives what was seen of all, in the order of their beginnings.
    func finish() async throws -> [ClientObservation] {
        let open = self.state.withLock { $0.open }
        for connection in open.values.joined() { connection.orders.close() }
        for name in open.keys { try await self.leave(name) }
        return self.state.withLock { state in state.over.sorted { $0.key < $1.key }.map(\.value) }
    }

    func cancel() {
        for connection in self.state.withLock({ $0.open }).values.joined() { connection.task.cancel() }
    }
}
