import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("Checked output")
struct CheckedOutputTests {
    @Test("a file is appended to, also by two at once")
    func appends() throws {
        let folder = try TemporaryFolder()
        let first = try CheckedOutput.named(folder.path("log"))
        let second = try CheckedOutput(appendingTo: folder.path("log"))
        try first.write("one\n")
        try second.write("two\n")
        try first.write("three\n")
        #expect(try String(contentsOfFile: folder.path("log"), encoding: .utf8) == "one\ntwo\nthree\n")
    }

    @Test("a file that was cut short meanwhile goes on at its new end, without a hole")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let output = try CheckedOutput(appendingTo: folder.path("log"))
        try output.write("before\n")
        try FileHandle(forWritingTo: folder.file("log")).truncate(atOffset: 0)
        try output.write("after\n")
        #expect(try String(contentsOfFile: folder.path("log"), encoding: .utf8) == "after\n")
    }

    @Test("a file that cannot be opened is a complaint with the reason")
    func cannotOpen() throws {
        let folder = try TemporaryFolder()
        let complaint = try #require(throws: Complaint.self) {
            try CheckedOutput(appendingTo: folder.path("missing/log"))
        }
        #expect(complaint.message == "cannot write \(folder.path("missing/log")): no such file or directory")
        #expect(complaint.exitStatus == .usage)
    }

    @Test("a reader that has gone is told apart")
    func brokenPipe() throws {
        CheckedOutput.reportBrokenPipes()
        let pipe = Pipe()
        let output = CheckedOutput(owning: dup(pipe.fileHandleForWriting.fileDescriptor), name: "the pipe")
        try output.write("read\n")
        try pipe.fileHandleForReading.close()
        let error = try #require(throws: OutputError.self) { try output.write("lost\n") }
        #expect(error.isBrokenPipe)
        #expect(error.description == "cannot write the pipe: broken pipe")
    }

    @Test(
        "a full disk is an error, and not a broken pipe",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))
    )
    func fullDisk() throws {
        let output = try CheckedOutput(appendingTo: "/dev/full")
        let error = try #require(throws: OutputError.self) { try output.write("lost\n") }
        #expect(!error.isBrokenPipe)
        #expect(error.description == "cannot write /dev/full: no space left on device")
    }

    @Test("a text larger than a pipe arrives whole, also where the pipe does not block")
    func large() async throws {
        let pipe = Pipe()
        let descriptor = dup(pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForWriting.close()
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        async let received = pipe.fileHandleForReading.readToEnd()
        try await Task.detached {
            try CheckedOutput(owning: descriptor, name: "the pipe").write(bytes)
        }.value
        #expect(try await received == Data(bytes))
    }
}
