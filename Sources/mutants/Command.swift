import Foundation
import ProgramKit

/// Runs a program to its end.
struct Command {
    private let process = Process()
    private let name: String

    init(_ name: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]) {
        self.name = name
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = [name] + arguments
        self.process.currentDirectoryURL = folder
        self.process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        self.process.standardInput = FileHandle.nullDevice
    }

    /// What it wrote to its standard output.
    func output() throws -> String {
        let pipe = Pipe()
        self.process.standardOutput = pipe
        try self.process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        self.process.waitUntilExit()
        guard self.process.terminationStatus == 0 else {
            throw Complaint("\(self.name) ended with \(self.process.terminationStatus)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Its exit status, with all that it wrote in a file.
    func status(log: URL) throws -> Int32 {
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw Complaint("cannot write \(log.path)")
        }
        let handle = try FileHandle(forWritingTo: log)
        self.process.standardOutput = handle
        self.process.standardError = handle
        try self.process.run()
        self.process.waitUntilExit()
        try handle.close()
        return self.process.terminationStatus
    }
}
