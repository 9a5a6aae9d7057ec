import FolderTesting
import Foundation
import JSONText
import ProgramKit
import Testing

@Suite("Ready files")
struct ReadyFileTests {
    @Test("are read as they were written, and are not there before")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let file = ReadyFile(path: folder.path("ready.json"))
        #expect(try file.read() == nil)
        let value = JSONValue.object([.init("listen", .array([.string("[::1]:443")])), .init("pid", .integer(7))])
        try file.write(value)
        #expect(try file.read() == value)
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "{\"listen\":[\"[::1]:443\"],\"pid\":7}\n")
    }

    @Test("that hold something else are refused", arguments: ["\n", "[1]\n", "{\n", "ready\n"])
    func otherContents(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = ReadyFile(path: folder.path("ready.json"))
        try Data(text.utf8).write(to: URL(filePath: file.path))
        let complaint = try #require(throws: Complaint.self) { try file.read() }
        #expect(complaint.message == "the ready file \(file.path) does not hold a JSON object")
    }

    @Test(
        "that are not whole are not there yet: who writes one need not put it in place in one step",
        arguments: ["", "{", "rea"]
    )
    func unfinished(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = ReadyFile(path: folder.path("ready.json"))
        try Data(text.utf8).write(to: URL(filePath: file.path))
        #expect(try file.read() == nil)
        try Data("{}".utf8).write(to: URL(filePath: file.path))
        #expect(try file.read() == .object([]))
    }

    @Test("that cannot be written say why")
    func cannotWrite() throws {
        let folder = try TemporaryFolder()
        let file = ReadyFile(path: folder.path("missing/ready.json"))
        let complaint = try #require(throws: Complaint.self) { try file.write(.object([])) }
        #expect(complaint.message == "cannot write the ready file \(file.path): no such file or directory")
    }
}
