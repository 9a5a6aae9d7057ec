import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("Files that appear whole")
struct WholeFileTests {
    @Test("a file is replaced in one step, and nothing else is left")
    func replaces() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("report")
        try WholeFile.write(Array("one".utf8), to: path)
        try WholeFile.write(Array("two".utf8), to: path, mode: 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
        #expect(names == ["report"])
    }

    @Test("what cannot be written is named with the reason, and leaves nothing")
    func refuses() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("missing/report")
        let error = try #require(throws: OutputError.self) { try WholeFile.write([1], to: missing) }
        #expect(error.description == "cannot write \(missing): no such file or directory")
        let taken = folder.path("taken")
        try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: true)
        #expect(throws: OutputError(output: taken, errorNumber: EISDIR)) { try WholeFile.write([1], to: taken) }
        let names = try FileManager.default.contentsOfDirectory(atPath: (taken as NSString).deletingLastPathComponent)
        #expect(names == ["taken"])
    }
}

@Suite("Locks that end with their owner")
struct FileLockTests {
    @Test("one holds it at a time, and the next has it when it is let go")
    func exclusive() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("lock")
        var first = FileLock(path: path, isNew: true)
        #expect(first != nil)
        #expect(FileLock(path: path, isNew: false) == nil)
        #expect(FileLock(path: path, isNew: true) == nil, "it is there already")
        first = nil
        #expect(FileLock(path: path, isNew: false) != nil)
    }

    @Test("where there is no file, nobody holds it")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(FileLock(path: folder.path("lock"), isNew: false) == nil)
    }
}
