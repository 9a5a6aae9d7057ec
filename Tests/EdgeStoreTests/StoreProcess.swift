import Foundation
import ProcessTesting

/// A program with a store, whose output is read line by line.
final class StoreProcess {
    /// How a program ended that was not killed, and what it printed until then.
    struct End {
        let status: Int32
        /// Those that had not been read.
        let lines: [String]
        let errors: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var unread: [UInt8] = []

    convenience init(_ command: String, _ folder: StoreFolder) throws {
        try self.init([ProcessTesting.program("StoreProbe").path, command, folder.path, folder.keyPath])
    }

    init(_ command: [String]) throws {
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = command
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        self.process.standardError = self.errors
        try self.process.run()
    }

    var processID: Int32 { self.process.processIdentifier }

    /// Reads until there are so many lines, or the program has ended.
    func lines(atMost count: Int) throws -> [String] {
        var lines: [String] = []
        while lines.count < count {
            guard let end = self.unread.firstIndex(of: UInt8(ascii: "\n")) else {
                let data = self.output.fileHandleForReading.availableData
                guard !data.isEmpty else { return lines }
                self.unread += data
                continue
            }
            lines.append(String(decoding: self.unread[..<end], as: UTF8.self))
            self.unread.removeFirst(end + 1)
        }
        return lines
    }

    /// Looks at a file until it has so many bytes more than now, or the program has ended.
    func wait(untilFile path: String, hasGrownBy count: Int) {
        let start = Self.length(of: path)
        while Self.length(of: path) < start + count, self.process.isRunning {}
    }

    private static func length(of path: String) -> Int {
        var status = stat()
        // The path is read, and one stat written, during the call only.
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    func kill() { Foundation.kill(self.processID, SIGKILL) }

    func endInput() throws { try self.input.fileHandleForWriting.close() }

    func end() throws -> End {
        let lines = try self.lines(atMost: .max)
        let errors = try self.errors.fileHandleForReading.readToEnd() ?? Data()
        self.process.waitUntilExit()
        return End(
            status: self.process.terminationStatus,
            lines: lines,
            errors: String(decoding: errors, as: UTF8.self)
        )
    }
}
