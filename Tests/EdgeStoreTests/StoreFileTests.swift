import EdgeStore
import Foundation
import GRDB
import ProgramKit
import Testing

@Suite("The store's file")
struct StoreFileTests {
    private let folder: StoreFolder
    private let object = StoredObject.sample("domain", "a", secret: "key")

    init() throws { self.folder = try StoreFolder() }

    private func refusal(at path: String? = nil) throws -> StoreError {
        let key = try self.folder.key()
        return try #require(throws: StoreError.self) {
            try ObjectStore(path: path ?? self.folder.path, sealingKey: key)
        }
    }

    @Test("is its owner's alone, and so are the log and the lock beside it")
    func modes() throws {
        try self.folder.withStore { store in
            try store.apply(StoredChange(put: [self.object]))
            #expect(Set(try self.folder.files().keys) == ["edge.db", "edge.db-wal", "edge.db-lock"])
            for name in try self.folder.files().keys { #expect(try self.folder.mode(of: name) == 0o600, "\(name)") }
        }
        #expect(Set(try self.folder.files().keys) == ["edge.db", "edge.db-lock"])
    }

    @Test(
        "is refused where others may read or write it, and mended by the hint",
        arguments: [0o604, 0o640, 0o660, 0o602]
    )
    func openToOthers(mode: Int) throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
        try self.folder.setMode(mode, of: "edge.db")
        let error = try self.refusal()
        #expect(error.code == .openToOthers)
        #expect(
            error.message.hasPrefix("the store \(self.folder.path) is open to others (mode \(String(mode, radix: 8)))")
        )
        #expect(error.hint?.contains("'chmod 600 \(self.folder.path)'") == true)
        #expect(error.complaint.exitStatus == .usage)
        try self.folder.setMode(0o600, of: "edge.db")
        #expect(try self.folder.load() == [self.object])
    }

    @Test("is no link and no folder, and nothing is made beside what it is instead")
    func otherKinds() throws {
        try self.folder.write([], to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: self.folder.path,
            withDestinationPath: self.folder.place("elsewhere")
        )
        #expect(try self.refusal().message == "the store \(self.folder.path) is no file")
        try FileManager.default.removeItem(atPath: self.folder.path)
        try FileManager.default.createDirectory(atPath: self.folder.path, withIntermediateDirectories: false)
        let error = try self.refusal()
        #expect(error.code == .unusable)
        #expect(error.message == "the store \(self.folder.path) is no file")
        #expect(!FileManager.default.fileExists(atPath: "\(self.folder.path)-lock"))
    }

    @Test("has a folder already: none is made that others might enter")
    func noFolder() throws {
        let path = self.folder.place("no/edge.db")
        let error = try self.refusal(at: path)
        #expect(error.code == .unusable)
        #expect(error.message == "cannot open the store \(path): no such file or directory")
        #expect(error.hint == "make the folder, for this user alone: 'mkdir -m 700 \(self.folder.place("no"))'")
        #expect(!FileManager.default.fileExists(atPath: self.folder.place("no")))
    }

    @Test(
        "cannot be made in a folder that this user may not write to",
        .enabled(if: geteuid() != 0, "root may write anywhere")
    )
    func readOnlyFolder() throws {
        let folder = self.folder.place("closed")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o500]
        )
        let error = try self.refusal(at: "\(folder)/edge.db")
        #expect(error.code == .unusable)
        #expect(error.message == "cannot open the store \(folder)/edge.db: permission denied")
        #expect(error.hint?.contains(folder) == true)
    }

    @Test(
        "is no store for a user who may only read it",
        .enabled(if: geteuid() != 0, "root may write anything")
    )
    func readOnlyFile() throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
        try self.folder.setMode(0o400, of: "edge.db")
        let error = try self.refusal()
        #expect(error.code == .unusable)
        #expect(error.message == "cannot open the store \(self.folder.path): permission denied")
    }

    @Test("may be named as SQLite names what is no file", arguments: [":memory:", "file:edge.db?mode=memory"])
    func oddNames(name: String) throws {
        let path = self.folder.place(name)
        for _ in 1...2 {
            let store = try ObjectStore(path: path, sealingKey: try self.folder.key())
            try store.apply(StoredChange(put: [self.object]))
            try store.close()
        }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "may be empty, and otherwise is refused and left alone where it is something else",
        arguments: [
            Array("hello\n".utf8), Array(repeating: UInt8(ascii: "x"), count: 10_000),
            Array("SQLite format 3\0".utf8) + Array(repeating: 0xff, count: 10_000),
        ]
    )
    func garbage(bytes: [UInt8]) throws {
        try self.folder.write(bytes)
        let error = try self.refusal()
        #expect(error.code == .notAStore)
        #expect(error.message == "\(self.folder.path) is no store of shakedown-edge")
        #expect(error.complaint.exitStatus == .usage)
        #expect(try self.folder.files()["edge.db"] == bytes)
        try self.folder.write([])
        #expect(try self.folder.load() == [])
    }

    @Test(
        "is refused and left alone where it is another program's database",
        arguments: [
            "CREATE TABLE other (value)", "PRAGMA application_id = 7",
            "PRAGMA journal_mode = WAL; CREATE TABLE other (value)",
        ]
    )
    func foreign(sql: String) throws {
        try self.folder.change(sql)
        try self.folder.setMode(0o600, of: "edge.db")
        let before = try self.folder.files()["edge.db"]
        #expect(try self.refusal().code == .notAStore)
        #expect(try self.folder.files()["edge.db"] == before)
    }

    @Test("is refused and left alone where a newer version has used it")
    func newerVersion() throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
        // Neither the key nor the tables need be what they are now.
        try self.folder.change("INSERT INTO grdb_migrations VALUES ('99'); DROP TABLE proof")
        let before = try self.folder.files()["edge.db"]
        let error = try self.refusal()
        #expect(error.code == .newerVersion)
        #expect(error.message.contains("the store \(self.folder.path) has been used by a newer shakedown-edge"))
        #expect(error.message.hasSuffix("version 99"))
        #expect(error.complaint.exitStatus == .usage)
        #expect(try self.folder.files()["edge.db"] == before)
    }

    @Test("is said to be damaged where it is, and not read as if the rest were all")
    func damaged() throws {
        try self.folder.withStore { store in
            try store.apply(
                StoredChange(
                    put: (1...100).map { .sample("domain", "\($0)", secret: String(repeating: "s", count: 1000)) }
                )
            )
        }
        let bytes = try #require(try self.folder.files()["edge.db"])
        try self.folder.write(Array(bytes.prefix(bytes.count / 2)))
        let error = try #require(throws: StoreError.self) { try self.folder.load() }
        #expect(error.code == .damaged)
        #expect(error.message.hasPrefix("the store \(self.folder.path) is damaged: "))
        #expect(error.hint == "put a copy from a backup in its place")
    }

    @Test("that has been rebuilt with other tables is damaged, and its error does not say what it holds")
    func otherTables() throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
        try self.folder.change(
            """
            DROP TABLE object;
            CREATE TABLE object (position, kind, id, account, document, secret);
            INSERT INTO object VALUES (1, 'domain', 'a', 'words', NULL, NULL);
            """
        )
        let error = try #require(throws: StoreError.self) { try self.folder.load() }
        #expect(error.code == .damaged)
        #expect(error.message == "the store \(self.folder.path) is damaged: an object is not as its table has them")
    }

    @Test("that cannot tell its key is damaged")
    func withoutProof() throws {
        try self.folder.withStore { _ in }
        try self.folder.change("DELETE FROM proof")
        #expect(try self.refusal().code == .damaged)
    }

    @Test("is one store's at a time within a process, until that is closed or gone")
    func twiceInProcess() throws {
        try self.folder.withStore { store in
            for _ in 1...2 {
                let error = try self.refusal()
                #expect(error.code == .inUse)
                #expect(error.message == "the store \(self.folder.path) is in use by process \(getpid())")
                #expect(error.hint == "stop that one, or name another file")
            }
            // The refused have not taken the locks away on which the first relies.
            #expect(throws: DatabaseError.self) { try self.folder.change("SELECT * FROM object") }
            try store.apply(StoredChange(put: [self.object]))
        }
        _ = try self.folder.open()
        #expect(try self.folder.load() == [self.object])
    }

    @Test(
        "is free once it is closed, also while a program is being started, which has a copy of every descriptor for a moment"
    )
    func copiedDescriptor() throws {
        let store = try self.folder.open()
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        let lock = descriptors.first {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))
                == "\(self.folder.path)-lock"
        }
        let copy = dup(try #require(lock))
        defer { close(copy) }
        try store.close()
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
    }

    @Test(
        "is one process's at a time, which the error names, until that ends, however it does",
        arguments: [true, false]
    )
    func twoProcesses(isKilled: Bool) throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [self.object])) }
        let probe = try StoreProcess("hold", self.folder)
        #expect(try probe.lines(atMost: 2) == ["starting", "open"])
        let error = try self.refusal()
        #expect(error.code == .inUse)
        #expect(error.message == "the store \(self.folder.path) is in use by process \(probe.processID)")
        #expect(error.complaint.exitStatus == nil)
        if isKilled { probe.kill() } else { try probe.endInput() }
        _ = try probe.end()
        #expect(try self.folder.load() == [self.object])
    }

    @Test("is in use where another program has it open without the lock")
    func otherProgram() throws {
        try self.folder.withStore { _ in }
        let database = try DatabaseQueue(path: self.folder.path)
        try database.inTransaction { other in
            _ = try String.fetchAll(other, sql: "SELECT id FROM object")
            let error = try self.refusal()
            #expect(error.code == .inUse)
            #expect(error.message == "the store \(self.folder.path) is in use by another process")
            return .commit
        }
    }
}
