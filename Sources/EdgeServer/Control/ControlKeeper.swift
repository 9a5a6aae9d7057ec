import Dispatch
import EdgeControl
import EdgeStore
import Logging
import Synchronization

/// Keeps the objects of the control plane: a change is in the store before anybody sees it, and one comes after the other.
final class ControlKeeper: Sendable {
    private let store: ObjectStore
    private let current: Mutex<ControlState>
    /// Where changes take their turns: they wait for the disk, which no event loop may.
    private let queue = DispatchQueue(label: "shakedown-edge.control")
    private let logger: Logger

    /// Reads what the store has.
    ///
    /// - Throws: ``StoreError``, or a `RecordError` for an object that cannot be read.
    init(_ store: ObjectStore, settings: ControlSettings, logger: Logger) throws {
        self.store = store
        self.logger = logger
        let records = try store.load().map { try ObjectRecord($0) }
        self.current = Mutex(try ControlState(settings, restoring: records))
    }

    var state: ControlState { self.current.withLock { $0 } }

    /// Changes the state; where `body` throws or the store cannot take it, the state stays.
    ///
    /// - Parameter publish: Called before the next change comes, and not where nothing has changed.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (inout ControlState) throws -> Result,
        publish: @escaping @Sendable (ControlTransition) -> Void
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Swift.Result { try self.changeInTurn(body, publish: publish) })
            }
        }
    }

    /// The same, for a caller that may wait. A SIGHUP takes its turn like every change of the API, none of which it may lose.
    func changeNow<Result>(
        _ body: (inout ControlState) throws -> Result,
        publish: (ControlTransition) -> Void
    ) throws -> Result {
        try self.queue.sync { try self.changeInTurn(body, publish: publish) }
    }

    private func changeInTurn<Result>(
        _ body: (inout ControlState) throws -> Result,
        publish: (ControlTransition) -> Void
    ) throws -> Result {
        let before = self.state
        var next = before
        let result = try body(&next)
        let change = try next.takeChange()
        guard !change.isEmpty else { return result }
        do {
            try self.store.apply(StoredChange(change))
        } catch {
            self.logger.error("a change could not be kept", metadata: ["error.message": "\(error)"])
            throw error
        }
        self.current.withLock { $0 = next }
        publish(ControlTransition(before: before, after: next, change: change))
        return result
    }

    /// Nothing is changed any more.
    func close() throws {
        try self.queue.sync { try self.store.close() }
    }
}

/// A change that is kept.
struct ControlTransition: Sendable {
    let before: ControlState
    let after: ControlState
    let change: ObjectChange
}

extension ObjectRecord {
    fileprivate init(_ stored: StoredObject) throws {
        guard let kind = ObjectKind(rawValue: stored.key.kind) else { throw UnknownKind(key: stored.key) }
        self.init(
            key: ObjectKey(kind, stored.key.id),
            accountID: stored.accountID,
            document: stored.document,
            secret: stored.secret
        )
    }
}

/// An object that an edge of another version has kept.
private struct UnknownKind: Error, CustomStringConvertible {
    let key: StoredObject.Key

    var description: String { "the store has a \(self.key), a kind of object that this edge does not know" }
}

extension StoredChange {
    fileprivate init(_ change: ObjectChange) {
        self.init(
            put: change.put.map { record in
                StoredObject(
                    key: StoredObject.Key(record.key),
                    accountID: record.accountID,
                    document: record.document,
                    secret: record.secret
                )
            },
            delete: change.delete.map { StoredObject.Key($0) }
        )
    }
}

extension StoredObject.Key {
    fileprivate init(_ key: ObjectKey) { self.init(kind: key.kind.rawValue, id: key.id) }
}
