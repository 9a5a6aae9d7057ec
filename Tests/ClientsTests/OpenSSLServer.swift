import CredentialTesting
import FolderTesting
import Foundation
import Glibc
import ScenarioModel

/// `openssl s_server`, which demands a client certificate and trusts nobody's.
final class OpenSSLServer {
    let port: Int
    private let process: Process
    private let input: Pipe
    private let folder: TemporaryFolder

    struct NotStarted: Error {
        let output: String
    }

    init(_ version: TLSVersion) throws {
        let credential = try TestCredential.server.get()
        self.folder = try TemporaryFolder()
        let certificate = try self.folder.write(credential.certificateChainPEM, to: "certificate.pem")
        let key = try self.folder.write(credential.privateKeyPEM, to: "key.pem")

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
            version == .tls13 ? "-tls1_3" : "-tls1_2", "-Verify", "1", "-verify_return_error", "-no-CAfile",
            "-no-CApath",
        ]
        let output = Pipe()
        // s_server ends with its input.
        self.input = Pipe()
        process.standardInput = self.input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        self.port = try Self.readPort(from: output, orStop: process)
    }

    private static func readPort(from output: Pipe, orStop process: Process) throws -> Int {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty {
                kill(process.processIdentifier, SIGKILL)
                throw NotStarted(output: text)
            }
            text += String(decoding: data, as: UTF8.self)
            guard text.hasSuffix("\n") else { continue }
            for line in text.split(separator: "\n") where line.hasPrefix("ACCEPT ") {
                if let port = line.split(separator: ":").last.flatMap({ Int($0) }) { return port }
            }
        }
    }

    func stop() {
        // Not `terminate()`: a child that is started on one of the concurrency pool's threads inherits their signal mask, in
        // which SIGTERM is blocked.
        kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }
}
