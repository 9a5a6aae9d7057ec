import Foundation
import GRDB
import Synchronization

/// Where the control plane keeps its objects: one SQLite file, which one process has at a time.
///
/// Calls wait for the disk, and for one another: they are not for an event loop.
package final class ObjectStore: Sendable {
    /// The file, or what stands for it in errors.
    private let name: String
    private let key: SealingKey
    /// `nil` once it is closed: GRDB must not be asked for anything then.
    private let file: Mutex<OpenFile?>

    private struct OpenFile {
        let database: DatabaseQueue
        /// Only of what is on a disk.
        let lock: StoreLock?
    }

    /// Opens a store, or makes one where there is no file, and brings it to this version. The folder must be there.
    ///
    /// What is refused is left as it was, but for a log that a process has left that died: SQLite takes it over.
    package convenience init(path: String, sealingKey: SealingKey) throws(StoreError) {
        // SQLite takes some names for something else than a file, but none that begins with a slash.
        let path = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        try StoreFile.check(path)
        let lock = try StoreLock(of: path)
        try StoreFile.makeIfAbsent(path)
        try self.init(name: path, key: sealingKey, lock: lock) { configuration in
            try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// A store for an edge that keeps nothing.
    package static func inMemory() throws(StoreError) -> ObjectStore {
        try ObjectStore(name: "in memory", key: .fresh(), lock: nil) { configuration in
            try DatabaseQueue(configuration: configuration)
        }
    }

    private init(
        name: String,
        key: SealingKey,
        lock: StoreLock?,
        opening: (Configuration) throws -> DatabaseQueue
    ) throws(StoreError) {
        do {
            let schema = Schema(key: key, store: name)
            let database = try opening(Self.configuration)
            try database.read(schema.check)
            // Not before the check: it is written into the file.
            if lock != nil { try database.writeWithoutTransaction(Self.useWriteAheadLog) }
            try schema.migrate(database)
            self.file = Mutex(OpenFile(database: database, lock: lock))
        } catch {
            throw StoreError(error, store: name)
        }
        self.name = name
        self.key = key
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            // The index of the log is in memory then and not in a mapped file, for which a full disk is a signal that ends us.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            // A change is on the disk when its commit returns; GRDB's own way to a write-ahead log gives that up.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    private static func useWriteAheadLog(_ database: Database) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(message: "its file system cannot have a write-ahead log")
        }
    }

    /// All objects, in the order in which they were first put.
    package func load() throws(StoreError) -> [StoredObject] {
        try self.access { database in
            let rows = try database.read { try ObjectRow.fetchAll($0, sql: ObjectRow.all) }
            return try rows.map { try $0.object(opening: self.key, store: self.name) }
        }
    }

    /// Writes a change in one transaction. It is on the disk when this returns; when this throws, nothing has changed.
    ///
    /// Where the disk itself fails while it is written to, which is `failed`, only the next opening tells which of the two it was.
    package func apply(_ change: StoredChange) throws(StoreError) {
        try change.check(for: self.name)
        try self.access { database in
            try database.write { transaction in
                for key in change.delete { try ObjectRow.delete(key, in: transaction) }
                for object in change.put { try ObjectRow(object, sealing: self.key).put(in: transaction) }
            }
        }
    }

    /// Ends the use of the file, and lets another process have it. Nothing can be read or written afterwards.
    package func close() throws(StoreError) {
        do {
            try self.file.withLock { file in
                try file?.database.close()
                file = nil
            }
        } catch {
            throw StoreError(error, store: self.name)
        }
    }

    private func access<Result: Sendable>(_ body: (DatabaseQueue) throws -> Result) throws(StoreError) -> Result {
        do {
            return try self.file.withLock { file in
                guard let file else { throw StoreError(.closed, "the store \(self.name) is closed") }
                return try body(file.database)
            }
        } catch {
            throw StoreError(error, store: self.name)
        }
    }
}
