import Foundation
import GRDB
import LibCrypto

/// An object as the database has it.
struct ObjectRow: Decodable, FetchableRecord {
    private let kind: String
    private let id: String
    private let account: String
    private let document: String
    /// Sealed.
    private let secret: Data?

    static let all = "SELECT kind, id, account, document, secret FROM object ORDER BY position"

    init(_ object: StoredObject, sealing key: SealingKey) throws(CryptoError) {
        self.kind = object.key.kind
        self.id = object.key.id
        self.account = object.accountID
        self.document = object.document
        if let secret = object.secret {
            self.secret = Data(try key.seal(secret, as: .object(object.key)))
        } else {
            self.secret = nil
        }
    }

    /// The object, with its secret opened.
    func object(opening key: SealingKey, store: String) throws -> StoredObject {
        let objectKey = StoredObject.Key(kind: self.kind, id: self.id)
        do throws(CryptoError) {
            var secret: [UInt8]?
            if let sealed = self.secret { secret = try key.open(Array(sealed), from: .object(objectKey)) }
            return StoredObject(key: objectKey, accountID: self.account, document: self.document, secret: secret)
        } catch {
            guard error.code == .notSealed else { throw error }
            throw StoreError(
                .damaged,
                "the store \(store) is damaged: the secret of \(objectKey) was changed, or was another object's",
                hint: StoreError.restoring
            )
        }
    }

    /// Writes it over the one with its key, whose place it takes, or at the end.
    func put(in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO object (kind, id, account, document, secret) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (kind, id) DO UPDATE
                SET account = excluded.account, document = excluded.document, secret = excluded.secret
                """
        )
        try statement.execute(arguments: [self.kind, self.id, self.account, self.document, self.secret])
    }

    static func delete(_ key: StoredObject.Key, in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM object WHERE kind = ? AND id = ?")
            .execute(arguments: [key.kind, key.id])
    }
}
