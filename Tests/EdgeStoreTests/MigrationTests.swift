import EdgeStore
import Foundation
import GRDB
import Testing

@Suite("Stores of earlier versions")
struct MigrationTests {
    private let folder: StoreFolder
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    init() throws { self.folder = try StoreFolder() }

    /// The tables and indices as the database describes them.
    private static func schema(of path: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        defer { withExtendedLifetime(database) {} }
        return try database.read {
            try String.fetchAll($0, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
        }
    }

    @Test("are read with all that they have, and become what a new one is", arguments: ["version-1"])
    func migration(version: String) throws {
        try self.folder.write(Array(try Data(contentsOf: Self.fixtures.appending(path: "key"))), to: "edge.key")
        try self.folder.change(try String(contentsOf: Self.fixtures.appending(path: "\(version).sql"), encoding: .utf8))
        try self.folder.setMode(0o600, of: "edge.db")
        try self.folder.withStore { store in
            #expect(
                try store.load() == [
                    .sample("domain", "rd_1", document: #"{"domain":"app.shakedown.test"}"#),
                    .sample("certificate", "cert_1", secret: "-----BEGIN PRIVATE KEY-----"),
                ]
            )
            try store.apply(StoredChange(put: [.sample("domain", "rd_2")]))
        }
        #expect(try self.folder.load().map(\.key.id) == ["rd_1", "cert_1", "rd_2"])

        let new = try StoreFolder()
        try new.withStore { _ in }
        #expect(try Self.schema(of: self.folder.path) == Self.schema(of: new.path))
    }
}
