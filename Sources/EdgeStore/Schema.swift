import Foundation
import GRDB
import LibCrypto

/// What a store's database looks like, how an earlier one becomes like that, and what is none.
struct Schema {
    let key: SealingKey
    /// The file, or what stands for it in errors.
    let store: String

    /// `Shkd`, in the place where SQLite files say whose they are.
    private static let applicationID = 0x5368_6b64

    private static let firstVersion = "1"

    /// Every version that there has been. One that was released does not change: what comes after it is a migration of its own.
    private var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(Self.firstVersion) { [key] database in
            // `position` is the order in which objects were first put. A row of `proof` is a known text, sealed.
            try database.execute(
                sql: """
                    CREATE TABLE object (
                        position INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL,
                        id TEXT NOT NULL,
                        account TEXT NOT NULL,
                        document TEXT NOT NULL,
                        secret BLOB,
                        UNIQUE (kind, id)
                    ) STRICT;
                    CREATE TABLE proof (sealed BLOB NOT NULL) STRICT;
                    """
            )
            try database.execute(
                sql: "INSERT INTO proof (sealed) VALUES (?)",
                arguments: [Data(try key.seal(Self.provenText, as: .proof))]
            )
        }
        return migrator
    }

    private static let provenText = Array("shakedown-edge store".utf8)

    /// Changes nothing, and throws where the file is not ours, or not for this version, or not for this key.
    func check(_ database: Database) throws {
        let applicationID = try Self.applicationID(of: database)
        // What was made a moment before its maker died is empty, and becomes a store now.
        guard try applicationID == Self.applicationID || (applicationID == 0 && self.isEmpty(database)) else {
            throw StoreError.notAStore(self.store)
        }
        let migrator = self.migrator
        let versions = try migrator.appliedIdentifiers(database)
        if let unknown = versions.subtracting(migrator.migrations).max() {
            throw StoreError(
                .newerVersion,
                "the store \(self.store) has been used by a newer shakedown-edge, which has brought it to version \(unknown)",
                hint: "start that one again, or put a copy from before in the store's place"
            )
        }
        if versions.contains(Self.firstVersion) { try self.checkKey(database) }
    }

    private static func applicationID(of database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "PRAGMA application_id")
    }

    private func isEmpty(_ database: Database) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    }

    private func checkKey(_ database: Database) throws {
        let sealed = try Data.fetchOne(database, sql: "SELECT sealed FROM proof")
        guard let sealed else {
            throw StoreError(
                .damaged,
                "the store \(self.store) is damaged: it cannot tell its key",
                hint: StoreError.restoring
            )
        }
        do throws(CryptoError) {
            _ = try self.key.open(Array(sealed), from: .proof)
        } catch {
            guard error.code == .notSealed else { throw error }
            throw StoreError(
                .wrongKey,
                "the store \(self.store) was sealed with another key than the one \(self.key.place)",
                hint: "put back the key that was made together with the store, which is as it was"
            )
        }
    }

    /// Brings a database that was checked to this version.
    func migrate(_ database: DatabaseQueue) throws {
        // First and on its own: whoever dies in the middle of what follows leaves something that is known to be ours.
        try database.writeWithoutTransaction { database in
            guard try Self.applicationID(of: database) != Self.applicationID else { return }
            try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        }
        try self.migrator.migrate(database)
    }
}
