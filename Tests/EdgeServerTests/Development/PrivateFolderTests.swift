import EdgeServer
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("A private folder")
struct PrivateFolderTests {
    private let parent: TemporaryFolder

    init() throws { self.parent = try TemporaryFolder() }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private static func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("is made with those above it, is its owner's alone, and so is what is private in it")
    func fresh() throws {
        let folder = try PrivateFolder(self.parent.path("a/b"))
        #expect(folder.path == self.parent.path("a/b"))
        #expect(try Self.mode(folder.path) == 0o700)
        try folder.write("secret", to: "key", isPrivate: true)
        try folder.write("public", to: "certificate", isPrivate: false)
        #expect(try Self.mode(folder.file("key")) == 0o600)
        #expect(try folder.read("key", isPrivate: true) == Array("secret".utf8))
        #expect(try folder.read("certificate", isPrivate: false) == Array("public".utf8))
        #expect(try folder.read("other", isPrivate: true) == nil)
    }

    @Test("may be an empty one, which is closed to others then; is found again; and its path is a whole one")
    func found() throws {
        let path = self.parent.path("a")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try Self.setMode(0o755, of: path)
        for _ in 1...2 {
            let folder = try PrivateFolder(path + "/../a/")
            #expect(folder.path == path)
            #expect(try Self.mode(path) == 0o700)
            try folder.write("secret", to: "key", isPrivate: true)
        }
    }

    @Test("is one program's at a time")
    func locked() throws {
        let path = self.parent.path("a")
        try withExtendedLifetime(try PrivateFolder(path)) {
            let complaint = try #require(throws: Complaint.self) { try PrivateFolder(path) }
            #expect(complaint.message == "the folder \(path) is in use by another shakedown-edge dev")
        }
        _ = try PrivateFolder(path)
    }

    @Test("is not one where somebody else's files are")
    func others() throws {
        _ = try self.parent.write("mine", to: "edge.yaml")
        let complaint = try #require(throws: Complaint.self) { try PrivateFolder(self.parent.url.path) }
        #expect(complaint.message == "the folder \(self.parent.url.path) holds other files already")
        #expect(complaint.exitStatus == .usage)
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.parent.url.path) == ["edge.yaml"])
    }

    @Test(
        "that others may enter is refused, and so is a private file that they may read",
        arguments: [0o710, 0o755, 0o777]
    )
    func openFolder(mode: Int) throws {
        let path = self.parent.path("a")
        try PrivateFolder(path).write("secret", to: "key", isPrivate: true)
        try Self.setMode(mode, of: path)
        let complaint = try #require(throws: Complaint.self) { try PrivateFolder(path) }
        #expect(complaint.message.hasPrefix("\(path) is open to others (mode \(String(mode, radix: 8)))"))
        #expect(complaint.hint?.contains("'chmod 700 \(path)'") == true)
        #expect(complaint.exitStatus == .usage)
        // What is refused is left as it is, and can be put right.
        try Self.setMode(0o700, of: path)
        #expect(try PrivateFolder(path).read("key", isPrivate: true) == Array("secret".utf8))
    }

    @Test("has no private file that others may read", arguments: [0o604, 0o640, 0o660, 0o644])
    func openFile(mode: Int) throws {
        let folder = try PrivateFolder(self.parent.path("a"))
        try folder.write("secret", to: "key", isPrivate: true)
        try Self.setMode(mode, of: folder.file("key"))
        let complaint = try #require(throws: Complaint.self) { try folder.read("key", isPrivate: true) }
        #expect(complaint.message.hasPrefix("\(folder.file("key")) is open to others (mode \(String(mode, radix: 8)))"))
        #expect(complaint.hint?.contains("'chmod 600 \(folder.file("key"))'") == true)
        #expect(try folder.read("key", isPrivate: false) == Array("secret".utf8))
    }

    @Test("has files of its own, and no links to others'")
    func links() throws {
        let folder = try PrivateFolder(self.parent.path("a"))
        let elsewhere = try self.parent.write("secret", to: "elsewhere")
        try FileManager.default.createSymbolicLink(atPath: folder.file("key"), withDestinationPath: elsewhere)
        let complaint = try #require(throws: Complaint.self) { try folder.read("key", isPrivate: false) }
        #expect(complaint.message == "\(folder.file("key")) is no file")
    }

    @Test("that cannot be had is named, with the reason")
    func unusable() throws {
        let file = try self.parent.write("", to: "file")
        for (path, words) in [(file, "is no folder"), ("\(file)/below", "cannot make the folder")] {
            let complaint = try #require(throws: Complaint.self) { try PrivateFolder(path) }
            #expect(complaint.message.contains(file), "\(complaint)")
            #expect(complaint.message.contains(words), "\(complaint)")
            #expect(complaint.exitStatus == .usage)
        }
    }

    @Test(
        "that cannot be written to is named, with the reason",
        .enabled(if: geteuid() != 0, "root may write anywhere")
    )
    func readOnly() throws {
        let path = self.parent.path("a")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let folder = try PrivateFolder(path)
        try Self.setMode(0o500, of: path)
        defer { try? Self.setMode(0o700, of: path) }
        let complaint = try #require(throws: Complaint.self) { try folder.write("", to: "key", isPrivate: true) }
        #expect(complaint.message == "cannot write \(path)/key: permission denied")
        #expect(complaint.exitStatus == .usage)
    }

    @Test("whose file's place is taken by something else says so")
    func taken() throws {
        let folder = try PrivateFolder(self.parent.path("a"))
        try FileManager.default.createDirectory(atPath: folder.file("key"), withIntermediateDirectories: false)
        let complaint = try #require(throws: Complaint.self) { try folder.write("", to: "key", isPrivate: true) }
        #expect(complaint.message == "cannot write \(folder.file("key")): is a directory")
        #expect(complaint.exitStatus == .usage)
    }

    @Test(
        "is where the XDG Base Directory Specification has it, unless another is named",
        arguments: [
            (["XDG_STATE_HOME": "/state", "HOME": "/home/me"], "/state/shakedown-edge"),
            (["XDG_STATE_HOME": "", "HOME": "/home/me"], "/home/me/.local/state/shakedown-edge"),
            (["XDG_STATE_HOME": "relative", "HOME": "/home/me/"], "/home/me/.local/state/shakedown-edge"),
            (["HOME": "/home/me"], "/home/me/.local/state/shakedown-edge"),
        ]
    )
    func usualPath(environment: [String: String], path: String) throws {
        #expect(try PrivateFolder.usualPath(environment: environment) == path)
    }

    @Test("cannot be guessed without a home")
    func homeless() throws {
        let complaint = try #require(throws: Complaint.self) { try PrivateFolder.usualPath(environment: [:]) }
        #expect(complaint.hint?.contains("--folder") == true)
    }
}
