import EdgeStore
import Testing

@Suite("The object store")
struct ObjectStoreTests {
    private let folder: StoreFolder

    init() throws { self.folder = try StoreFolder() }

    @Test("gives back what was put, to the byte, also after it was closed")
    func roundTrip() throws {
        let objects = [
            StoredObject(
                key: .init(kind: "domain", id: "rd_1"),
                accountID: "acct_1",
                document: #"{"name": "ä\u0000😀"}"#
            ),
            // One id in two kinds is two objects.
            StoredObject(key: .init(kind: "certificate", id: "rd_1"), accountID: "acct_2", document: "[]", secret: []),
            StoredObject(
                key: .init(kind: "certificate", id: "cert_'; DROP TABLE object; --"),
                accountID: "acct_2",
                document: "\n{ }\n",
                secret: Array(0...255)
            ),
        ]
        try self.folder.withStore { store in
            #expect(try store.load() == [])
            try store.apply(StoredChange(put: objects))
            #expect(try store.load() == objects)
        }
        #expect(try self.folder.load() == objects)
    }

    @Test(
        "keeps the order in which objects were first put; one that is replaced keeps its place, one that comes again has a new one"
    )
    func order() throws {
        try self.folder.withStore { store in
            let ids = ["c", "a", "b"]
            for id in ids { try store.apply(StoredChange(put: [.sample("domain", id, secret: "old")])) }
            try store.apply(
                StoredChange(put: [.sample("domain", "a", document: "1"), .sample("domain", "a", document: "2")])
            )
            #expect(try store.load().map(\.key.id) == ids)
            #expect(try store.load()[1] == .sample("domain", "a", document: "2"))

            try store.apply(StoredChange(delete: [.init(kind: "domain", id: "c")]))
            try store.apply(StoredChange(put: [.sample("domain", "c")]))
        }
        #expect(try self.folder.load().map(\.key.id) == ["a", "b", "c"])
    }

    @Test("deletes what it is told and no other; what is not there is no error")
    func deletion() throws {
        try self.folder.withStore { store in
            try store.apply(
                StoredChange(put: [.sample("domain", "a"), .sample("domain", "b"), .sample("address", "a")])
            )
            try store.apply(
                StoredChange(delete: [.init(kind: "domain", id: "a"), .init(kind: "domain", id: "A")])
            )
            #expect(try store.load() == [.sample("domain", "b"), .sample("address", "a")])
        }
    }

    struct BadChange: Sendable, CustomTestStringConvertible {
        let name: String
        var put: [StoredObject] = []
        var delete: [StoredObject.Key] = []
        let message: String

        var testDescription: String { self.name }
    }

    static let badChanges = [
        BadChange(
            name: "no JSON",
            put: [.sample("domain", "x", document: "{")],
            message: "the document of domain x: malformed JSON at byte 1"
        ),
        BadChange(
            name: "bytes after a zero byte",
            put: [.sample("domain", "x", document: "{}\0{}")],
            message: "the document of domain x: malformed JSON at byte 2"
        ),
        BadChange(name: "no kind", put: [.sample("", "x")], message: "the kind of  x: it is empty or has a zero byte"),
        BadChange(
            name: "no id",
            put: [.sample("domain", "")],
            message: "the id of domain : it is empty or has a zero byte"
        ),
        BadChange(
            name: "an id that another's begins with",
            delete: [.init(kind: "domain", id: "a\0b")],
            message: "the id of domain a\0b: it is empty or has a zero byte"
        ),
        BadChange(
            name: "no account",
            put: [StoredObject(key: .init(kind: "domain", id: "x"), accountID: "", document: "{}")],
            message: "the account of domain x: it is empty or has a zero byte"
        ),
        BadChange(
            name: "put and deleted",
            put: [.sample("domain", "a")],
            delete: [.init(kind: "domain", id: "a")],
            message: "both puts and deletes domain a"
        ),
    ]

    @Test("leaves everything as it was where one object of a change is bad", arguments: ObjectStoreTests.badChanges)
    func badChange(_ bad: BadChange) throws {
        let before = [StoredObject.sample("domain", "a", secret: "key"), .sample("domain", "b")]
        try self.folder.withStore { store in
            try store.apply(StoredChange(put: before))
            // The good ones come first, so that they were written when the bad one is met.
            let change = StoredChange(
                put: [.sample("domain", "new"), .sample("domain", "b", document: "1")] + bad.put,
                delete: [.init(kind: "domain", id: "a")] + bad.delete
            )
            let error = try #require(throws: StoreError.self) { try store.apply(change) }
            #expect(error.code == .badChange)
            #expect(error.message.hasSuffix(bad.message))
            #expect(error.message.contains(self.folder.path))
            #expect(try store.load() == before)
        }
        #expect(try self.folder.load() == before)
    }

    @Test(
        "leaves everything as it was where SQLite refuses an object in the middle of a change, and goes on with the next"
    )
    func refusedByDatabase() throws {
        try self.folder.withStore { try $0.apply(StoredChange(put: [.sample("domain", "a")])) }
        try self.folder.change(
            """
            CREATE TRIGGER refusal BEFORE INSERT ON object WHEN new.id = 'bad' BEGIN SELECT raise(ABORT, 'no such'); END
            """
        )
        try self.folder.withStore { store in
            let change = StoredChange(
                put: [.sample("domain", "b"), .sample("domain", "bad")],
                delete: [.init(kind: "domain", id: "a")]
            )
            let error = try #require(throws: StoreError.self) { try store.apply(change) }
            #expect(error.code == .failed)
            #expect(error.message == "the store \(self.folder.path) failed: no such")
            #expect(try store.load() == [.sample("domain", "a")])
            try store.apply(StoredChange(put: [.sample("domain", "b")]))
        }
        #expect(try self.folder.load().map(\.key.id) == ["a", "b"])
    }

    @Test("takes changes of many threads, one after the other")
    func threads() async throws {
        let store = try self.folder.open()
        try await withThrowingTaskGroup { group in
            for number in 1...50 {
                group.addTask {
                    try store.apply(
                        StoredChange(put: [
                            .sample("domain", "last", document: "\(number)"), .sample("domain", "\(number)"),
                        ])
                    )
                }
            }
            try await group.waitForAll()
        }
        let objects = try store.load()
        #expect(Set(objects.map(\.key.id)) == Set(["last"] + (1...50).map { "\($0)" }))
        #expect(objects.first?.document == objects.last?.key.id)
        try store.close()
    }

    @Test("can be in memory, each one apart")
    func inMemory() throws {
        let store = try ObjectStore.inMemory()
        try store.apply(StoredChange(put: [.sample("certificate", "a", secret: "key")]))
        #expect(try store.load() == [.sample("certificate", "a", secret: "key")])
        #expect(try ObjectStore.inMemory().load() == [])
        try store.close()
    }

    @Test("says that it was closed, and may be closed twice")
    func closed() throws {
        let store = try self.folder.open()
        try store.close()
        try store.close()
        for use in [{ _ = try store.load() }, { try store.apply(StoredChange()) }] {
            let error = try #require(throws: StoreError.self, performing: use)
            #expect(error.code == .closed)
            #expect(error.message == "the store \(self.folder.path) is closed")
        }
    }

    @Test("does not print what objects hold")
    func doesNotPrint() {
        let object = StoredObject.sample("certificate", "cert_1", document: #""words""#, secret: "key")
        #expect("\(object)" == "<certificate cert_1>")
        for text in ["\(object)", String(reflecting: object), "\(StoredChange(put: [object]))"] {
            #expect(!text.contains("words") && !text.contains("\(UInt8(ascii: "k"))"))
        }
    }
}
