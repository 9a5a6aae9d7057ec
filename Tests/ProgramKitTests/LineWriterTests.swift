import Dispatch
import FolderTesting
import Foundation
import HangTesting
import ProgramKit
import Synchronization
import Testing

@Suite("The writer of lines", .noHang)
struct LineWriterTests {
    /// Longer than any machine is busy: what is expected to come to its end does, and nothing waits for this.
    private static let long = Duration.seconds(60)

    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        CheckedOutput.reportBrokenPipes()
    }

    /// A writer that does not say anything, to a file.
    private func writer(_ name: String) throws -> LineWriter {
        LineWriter(
            try CheckedOutput(appendingTo: self.folder.path(name)),
            limit: 10_000_000,
            reporting: .elsewhere { _ in }
        )
    }

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: self.folder.path(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// `F_GETPIPE_SZ` of linux/fcntl.h, which is not imported.
    private static let getPipeSize: Int32 = 1032

    /// A pipe's end, and all that comes out of the other once somebody reads.
    private static func pipe() throws -> (end: CheckedOutput, reading: FileHandle) {
        let pipe = Pipe()
        let end = CheckedOutput(owning: dup(pipe.fileHandleForWriting.fileDescriptor), name: "the pipe")
        try pipe.fileHandleForWriting.close()
        return (end, pipe.fileHandleForReading)
    }

    /// The same, with no room for another byte until somebody reads.
    private static func fullPipe() throws -> (end: CheckedOutput, reading: FileHandle) {
        let (end, reading) = try Self.pipe()
        try end.write(Array(repeating: UInt8(ascii: "\n"), count: Int(fcntl(reading.fileDescriptor, Self.getPipeSize))))
        return (end, reading)
    }

    /// What comes out of a pipe until it is all there. On a thread of its own, since it waits for the writer.
    private static func read(_ handle: FileHandle, until isWhole: @escaping @Sendable (String) -> Bool) async -> String
    {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "reader of a pipe").async {
                var text = ""
                while !isWhole(String(text.suffix(100))) {
                    text += String(decoding: handle.availableData, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
    }

    /// A number of lines, and what was said of them.
    private final class Record: Sendable {
        private let said = Mutex<[String]>([])
        private let count = Mutex(0)
        var lines: [String] { self.said.withLock { $0 } }
        var lost: Int { self.count.withLock { $0 } }
        func lose(_ lines: Int) { self.count.withLock { $0 += lines } }
        func say(_ news: LineWriter.News) {
            let line =
                switch news {
                case .failing(let error): "failing: \(error)"
                case .lost(let lines): "lost: \(lines)"
                case .notReopened(let complaint): "not reopened: \(complaint.message)"
                }
            self.said.withLock { $0.append(line) }
        }
    }

    /// Whose every read is of what was written at once.
    private static func messages() throws -> (end: CheckedOutput, reading: Int32) {
        var ends: [Int32] = [0, 0]
        let failure = unsafe socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends)
        try #require(failure == 0)
        return (CheckedOutput(owning: ends[0], name: "the socket"), ends[1])
    }

    @Test("a line is made by the writer when its turn comes; as many as are 4,096 bytes are written together")
    func made() async throws {
        let (end, reading) = try Self.messages()
        defer { close(reading) }
        let writer = LineWriter(end, limit: 10_000, reporting: .elsewhere { _ in })
        let gate = DispatchSemaphore(value: 0)
        let (beginnings, begin) = AsyncStream.makeStream(of: Void.self)
        writer.write(about: 1) {
            begin.yield()
            gate.wait()
            return "first\n"
        }
        for await _ in beginnings { break }
        for number in 0..<10 { writer.write(about: 1) { String(repeating: "\(number)", count: 999) + "\n" } }
        gate.signal()
        await writer.finish(patience: Self.long)
        var written: [String] = []
        var buffer = [UInt8](repeating: 0, count: 20_000)
        while true {
            let count = unsafe recv(reading, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            written.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        #expect(written.first == "first\n")
        let numbers = written.dropFirst().map { $0.split(separator: "\n").compactMap(\.first) }
        #expect(numbers == ["0123", "4567", "89"].map { Array($0) })
    }

    @Test("at its end all lines are written, in the order in which they came")
    func order() async throws {
        let writer = try self.writer("log")
        let expected = (0..<20_000).map { "line \($0)" }
        for line in expected { writer.write("\(line)\n") }
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(try self.lines("log") == expected)
    }

    @Test("lines of several threads come whole, and each thread's in its order")
    func threads() async throws {
        let writer = try self.writer("log")
        await Task.detached {
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                for line in 0..<2_000 { writer.write("\(thread) \(line)\n") }
            }
        }.value
        #expect(await writer.finish(patience: Self.long) == 0)
        let lines = try self.lines("log")
        for thread in 0..<4 {
            #expect(lines.filter { $0.hasPrefix("\(thread) ") } == (0..<2_000).map { "\(thread) \($0)" })
        }
        #expect(lines.count == 8_000)
    }

    @Test("what is cancelled has its last lines written too")
    func cancelled() async throws {
        let writer = try self.writer("log")
        for line in 0..<20_000 { writer.write("line \(line)\n") }
        let ending = Task { await writer.finish(patience: Self.long) }
        ending.cancel()
        #expect(await ending.value == 0)
        #expect(try self.lines("log").count == 20_000)
    }

    @Test(
        "nobody who writes waits for a pipe that nobody reads; what does not fit is counted, and told where it is missing"
    )
    func unread() async throws {
        let (end, reading) = try Self.fullPipe()
        let record = Record()
        let writer = LineWriter(
            end,
            limit: 100_000,
            reporting: .within { news in
                guard case .lost(let lines) = news else { return nil }
                return "lost \(lines)\n"
            }
        )
        writer.whenLost { record.lose($0) }
        // Twice as many as the queue takes.
        let count = 20_000
        for line in 0..<count { writer.write("line \(line)\n") }
        #expect(record.lost > 0)
        async let received = Self.read(reading) { $0.contains(#/lost \d+\n/#) }
        #expect(await writer.finish(patience: Self.long) == 0)
        let lines = await received.split(separator: "\n")
        let numbers = lines.compactMap { $0.hasPrefix("line ") ? Int($0.dropFirst(5)) : nil }
        let told = lines.compactMap { $0.hasPrefix("lost ") ? Int($0.dropFirst(5)) : nil }
        #expect(numbers == Array(0..<numbers.count), "those before the gap")
        #expect(told == [count - numbers.count])
        #expect(record.lost == count - numbers.count)
    }

    @Test("an output that stands still does not hold up the end, and how much it did not take is known")
    func standsStill() async throws {
        let (end, reading) = try Self.fullPipe()
        let writer = LineWriter(end, limit: 100_000, reporting: .elsewhere { _ in })
        for line in 0..<3 { writer.write("line \(line)\n") }
        #expect(await writer.finish(patience: .milliseconds(1)) == 3)
        try reading.close()
    }

    @Test("of writes that fail the first is told, every line is counted, and what is lost is told at the end")
    func failing() async throws {
        let record = Record()
        let writer = LineWriter(
            try CheckedOutput(appendingTo: "/dev/full"),
            limit: 100_000,
            reporting: .elsewhere { record.say($0) }
        )
        for line in 0..<1_000 { writer.write("line \(line)\n") }
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(record.lines == ["failing: cannot write /dev/full: no space left on device", "lost: 1000"])
        writer.whenLost { record.lose($0) }
        #expect(record.lost == 1_000, "those before anybody asked are not forgotten")
    }

    @Test("what became of each line is told, also of those before anybody asked")
    func settled() async throws {
        let fates = Mutex<[LineWriter.Fate: Int]>([:])
        let writer = LineWriter(
            try CheckedOutput(appendingTo: self.folder.path("log")),
            limit: 100_000,
            reporting: .elsewhere { _ in }
        )
        writer.write(String(repeating: "x", count: 100_000) + "\n")
        writer.write("before\n")
        writer.whenSettled { fate, lines in fates.withLock { $0[fate, default: 0] += lines } }
        writer.write(Array("after\n".utf8))
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(fates.withLock { $0 } == [.noRoom: 1, .written: 2])
        let failing = LineWriter(
            try CheckedOutput(appendingTo: "/dev/full"),
            limit: 100_000,
            reporting: .elsewhere { _ in }
        )
        failing.whenSettled { fate, lines in fates.withLock { $0[fate, default: 0] += lines } }
        failing.write("lost\n")
        #expect(await failing.finish(patience: Self.long) == 0)
        #expect(fates.withLock { $0 } == [.noRoom: 1, .written: 2, .failed: 1])
    }

    @Test("after a file was renamed, what comes then is in the new one, and what came before in the old")
    func renamed() async throws {
        let writer = try self.writer("log")
        try FileManager.default.moveItem(at: self.folder.file("log"), to: self.folder.file("log.1"))
        writer.write("before\n")
        writer.reopen()
        writer.write("after\n")
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(try self.lines("log.1") == ["before"])
        #expect(try self.lines("log") == ["after"])
    }

    @Test("a file that cannot be opened anew is told of, and the old one goes on")
    func unopenable() async throws {
        let record = Record()
        let writer = LineWriter(
            try CheckedOutput(appendingTo: self.folder.path("log")),
            limit: 100_000,
            reporting: .elsewhere { record.say($0) }
        )
        try FileManager.default.moveItem(at: self.folder.file("log"), to: self.folder.file("log.1"))
        try FileManager.default.createDirectory(at: self.folder.file("log"), withIntermediateDirectories: false)
        writer.reopen()
        writer.write("after\n")
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(try self.lines("log.1") == ["after"])
        #expect(record.lines == ["not reopened: cannot write \(self.folder.path("log")): is a directory"])
    }

    @Test("where an output is no file, there is nothing to open anew")
    func reopenedPipe() async throws {
        let (end, reading) = try Self.pipe()
        let record = Record()
        let writer = LineWriter(end, limit: 100_000, reporting: .elsewhere { record.say($0) })
        writer.write("before\n")
        writer.reopen()
        writer.write("after\n")
        #expect(await writer.finish(patience: Self.long) == 0)
        #expect(try reading.read(upToCount: 13) == Data("before\nafter\n".utf8))
        #expect(record.lines.isEmpty)
    }
}
