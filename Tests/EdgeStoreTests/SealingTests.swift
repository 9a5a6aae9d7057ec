import EdgeStore
import Foundation
import ProgramKit
import Testing

@Suite("What a store has sealed")
struct SealingTests {
    private let folder: StoreFolder
    private let first = StoredObject.sample(
        "certificate",
        "cert_1",
        document: #""shown""#,
        secret: "-----BEGIN PRIVATE KEY 1"
    )
    private let second = StoredObject.sample("certificate", "cert_2", secret: "-----BEGIN PRIVATE KEY 2")

    init() throws { self.folder = try StoreFolder() }

    /// Which files hold a text.
    private func files(with text: String) throws -> Set<String> {
        Set(try self.folder.files().filter { Data($0.value).firstRange(of: Data(text.utf8)) != nil }.keys)
    }

    @Test(
        "is nowhere on the disk in clear, neither in the log nor in the file, neither now nor when it was replaced or deleted"
    )
    func notInClear() throws {
        let store = try self.folder.open()
        try store.apply(StoredChange(put: [self.first, self.second]))
        // The document shows where the object is.
        #expect(try self.files(with: "shown") == ["edge.db-wal"])
        #expect(try self.files(with: "PRIVATE KEY") == [])
        try store.apply(
            StoredChange(put: [.sample("certificate", "cert_1", document: #""shown""#, secret: "other PRIVATE KEY")])
        )
        try store.apply(StoredChange(delete: [self.second.key]))
        #expect(try self.files(with: "PRIVATE KEY") == [])
        try store.close()
        #expect(try self.files(with: "shown") == ["edge.db"])
        #expect(try self.files(with: "PRIVATE KEY") == [])
    }

    @Test("does not open with another key, which is found when the store is opened, and changes nothing")
    func wrongKey() throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.first])) }
        let before = try self.folder.files()
        let other = self.folder.place("other.key")
        let key = try SealingKey.read(path: other, makingIfAbsent: true)
        let error = try #require(throws: StoreError.self) { try ObjectStore(path: self.folder.path, sealingKey: key) }
        #expect(error.code == .wrongKey)
        #expect(error.message == "the store \(self.folder.path) was sealed with another key than the one \(other)")
        #expect(error.complaint.exitStatus == .usage)
        try FileManager.default.removeItem(atPath: other)
        #expect(try self.folder.files()["edge.db"] == before["edge.db"])
        #expect(Set(try self.folder.files().keys) == Set(before.keys))
        #expect(try self.folder.load() == [self.first])
    }

    @Test("finds another key also where there is no object yet")
    func wrongKeyOfEmptyStore() throws {
        try self.folder.withStore { _ in }
        let key = try SealingKey.read(path: self.folder.place("other.key"), makingIfAbsent: true)
        let error = try #require(throws: StoreError.self) { try ObjectStore(path: self.folder.path, sealingKey: key) }
        #expect(error.code == .wrongKey)
    }

    @Test(
        "does not open as another object's, nor when it was changed: the object is named",
        arguments: [
            ("UPDATE object SET id = 'cert_3' WHERE id = 'cert_1'", "certificate cert_3"),
            ("UPDATE object SET kind = 'authority' WHERE id = 'cert_1'", "authority cert_1"),
            ("UPDATE object SET secret = (SELECT secret FROM object WHERE id = 'cert_1')", "certificate cert_2"),
            ("UPDATE object SET secret = (SELECT sealed FROM proof) WHERE id = 'cert_2'", "certificate cert_2"),
            ("UPDATE object SET secret = CAST(substr(secret, 2) AS BLOB) WHERE id = 'cert_2'", "certificate cert_2"),
            ("UPDATE object SET secret = x'' WHERE id = 'cert_2'", "certificate cert_2"),
        ]
    )
    func movedRow(sql: String, name: String) throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.first, self.second])) }
        try self.folder.change(sql)
        try self.folder.withStore { store in
            let error = try #require(throws: StoreError.self) { try store.load() }
            #expect(error.code == .damaged)
            #expect(error.message.contains("the secret of \(name) was changed, or was another object's"), "\(error)")
            #expect(error.message.contains(self.folder.path))
        }
    }
}
