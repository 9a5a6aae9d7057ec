import EdgeStore
import FolderTesting
import Foundation
import GRDB

/// A fresh folder for one store and its key.
final class StoreFolder: Sendable {
    private let folder: TemporaryFolder
    let path: String
    let keyPath: String

    init() throws {
        self.folder = try TemporaryFolder()
        self.path = self.folder.path("edge.db")
        self.keyPath = self.folder.path("edge.key")
    }

    func key() throws -> SealingKey { try SealingKey.read(path: self.keyPath, makingIfAbsent: true) }

    func open() throws -> ObjectStore { try ObjectStore(path: self.path, sealingKey: try self.key()) }

    /// Opens the store for as long as `body` takes.
    @discardableResult
    func withStore<Result>(_ body: (ObjectStore) throws -> Result) throws -> Result {
        let store = try self.open()
        let result = try body(store)
        try store.close()
        return result
    }

    /// What a store that is opened now has.
    func load() throws -> [StoredObject] { try self.withStore { try $0.load() } }

    /// Changes the file as nobody should, while no store has it open.
    func change(_ sql: String) throws {
        let database = try DatabaseQueue(path: self.path)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    /// What is on the disk, by name, without the key.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: self.folder.url.path) where name != "edge.key" {
            files[name] = Array(try Data(contentsOf: self.folder.file(name)))
        }
        return files
    }

    func write(_ bytes: [UInt8], mode: Int = 0o600, to name: String = "edge.db") throws {
        try Data(bytes).write(to: self.folder.file(name))
        try self.setMode(mode, of: name)
    }

    func mode(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: self.folder.path(name))[.posixPermissions] as? Int
    }

    func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.folder.path(name))
    }

    func place(_ name: String) -> String { self.folder.path(name) }
}

extension StoredObject {
    /// One whose document is no matter.
    static func sample(_ kind: String, _ id: String, document: String = "{}", secret: String? = nil) -> StoredObject {
        StoredObject(
            key: .init(kind: kind, id: id),
            accountID: "acct_1",
            document: document,
            secret: secret.map { Array($0.utf8) }
        )
    }
}
