import EdgeAPI
import EdgeControl
import EdgeCore
import HTTPTesting
import Synchronization

/// A control plane of one process: a state, a store that is a dictionary, and agents that do as they are told.
final class TestPlane: ControlPlane {
    struct StoreBroken: Error {}

    private struct Contents {
        var state: ControlState
        var live = LiveResources()
        var connections: [String: [ConnectionStatus]] = [:]
        var kept: [ObjectKey: ObjectRecord] = [:]
        var commands: [String] = []
        var isStoreBroken = false
    }

    private let contents: Mutex<Contents>

    init(_ state: ControlState) {
        self.contents = Mutex(Contents(state: state))
    }

    var state: ControlState { self.contents.withLock { $0.state } }

    var live: LiveResources {
        get { self.contents.withLock { $0.live } }
        set { self.contents.withLock { $0.live = newValue } }
    }

    func recentConnections(of accountID: String) -> [ConnectionStatus] {
        self.contents.withLock { $0.connections[accountID] ?? [] }
    }

    func end(_ connection: ConnectionStatus, of accountID: String) {
        self.contents.withLock { $0.connections[accountID, default: []].insert(connection, at: 0) }
    }

    /// What a store would have now.
    var kept: [ObjectKey: ObjectRecord] { self.contents.withLock { $0.kept } }
    /// What agents were told: `stop ts_…`.
    var commands: [String] { self.contents.withLock { $0.commands } }

    func breakStore() { self.contents.withLock { $0.isStoreBroken = true } }

    func change<Result: Sendable>(
        by author: ChangeAuthor,
        _ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Result
    ) async throws -> Result {
        try self.contents.withLock { contents in
            var next = contents.state
            let result = try body(&next)
            let change = try next.takeChange()
            guard !contents.isStoreBroken else { throw StoreBroken() }
            for record in change.put { contents.kept[record.key] = record }
            for key in change.delete { contents.kept[key] = nil }
            contents.state = next
            return result
        }
    }

    func perform(_ command: SessionCommand, sessionID: String) async throws {
        guard command != .update else { throw ControlError(code: 806, "The agent cannot be updated from afar.") }
        guard command != .restart else { throw ControlError(.unavailable, code: 810, "The agent does not answer.") }
        self.contents.withLock { $0.commands.append("\(command.rawValue) \(sessionID)") }
    }
}
