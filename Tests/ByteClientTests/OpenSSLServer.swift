import FolderTesting
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `openssl s_server` on a free loopback port, with a certificate of its own in a fresh folder.
final class OpenSSLServer {
    let port: UInt16
    private let process: Process
    private let folder: TemporaryFolder

    static var program: URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(filePath: String($0)).appending(path: "openssl") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
    }

    init(arguments: [String]) throws {
        let program = try #require(Self.program)
        self.folder = try TemporaryFolder()
        let key = self.folder.path("key.pem")
        let certificate = self.folder.path("certificate.pem")
        let request = Process()
        request.executableURL = program
        request.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
            certificate, "-subj", "/CN=tenant.shakedown.test", "-days", "2",
        ]
        request.standardError = FileHandle.nullDevice
        try request.run()
        request.waitUntilExit()
        try #require(request.terminationStatus == 0, "openssl req made no certificate")

        let output = Pipe()
        self.process = Process()
        self.process.executableURL = program
        self.process.arguments =
            ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate] + arguments
        self.process.standardOutput = output
        self.process.standardError = FileHandle.nullDevice
        self.process.standardInput = Pipe()
        try self.process.run()
        self.port = try Self.port(from: output.fileHandleForReading)
    }

    /// It prints `ACCEPT 127.0.0.1:34567` once it listens.
    private static func port(from output: FileHandle) throws -> UInt16 {
        var text = ""
        while true {
            let data = output.availableData
            try #require(!data.isEmpty, "s_server ended: \(text)")
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            where line.hasPrefix("ACCEPT ") {
                return try #require(line.split(separator: ":").last.flatMap { UInt16($0) })
            }
        }
    }

    deinit {
        // Not SIGTERM: a child inherits the blocked signals of the thread that started it, and those of a dispatch
        // worker include it.
        kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }
}
