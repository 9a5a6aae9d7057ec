import Addresses
import EdgeServer
import Foundation

/// OpenSSH's client as a program, with keys of its own and none of its user's settings. What it says goes to a file, since a pipe
/// has to be read. A shell stands between, because Foundation knows a process's end by the end of a descriptor that every child
/// inherits, and ssh closes those at once.
final class SSHClient: Sendable {
    private let process: Process
    private let said: URL
    /// Where the shell writes the number of ssh's process.
    private let number: URL

    struct Trouble: Error {
        let said: String
    }

    /// Makes a key pair, and gives the line of its public half.
    static func makeKey(_ name: String, type: String = "ed25519", in folder: URL) async throws -> String {
        let file = folder.appending(path: name).path
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/env")
        maker.arguments = ["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "of the test", "-f", file]
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            maker.terminationHandler = { _ in continuation.resume() }
            do {
                try maker.run()
            } catch {
                maker.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return try String(contentsOfFile: "\(file).pub", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// - Parameters:
    ///   - key: The file of a private key in the folder.
    ///   - forwards: What stands behind each `-R`.
    init(
        _ edge: TestEdge,
        key: String,
        user: String = "v2",
        forwards: [String],
        options: [String] = [],
        command: [String]
    ) throws {
        guard let address = edge.ready.ssh.flatMap({ TransportAddress($0) }), let hostKey = edge.ready.sshHostKey else {
            throw Trouble(said: "the edge has no SSH gateway")
        }
        let known = edge.folder.appending(path: "known_hosts")
        try Data("[\(address.ip)]:\(address.port) \(hostKey)\n".utf8).write(to: known)
        self.process = Process()
        self.said = edge.folder.appending(path: "ssh-\(UUID().uuidString).out")
        try Data().write(to: self.said)
        self.number = edge.folder.appending(path: "ssh-\(UUID().uuidString).pid")
        self.process.executableURL = URL(filePath: "/bin/sh")
        self.process.arguments =
            [
                "-c", #""$@" & echo $! >"$0"; wait $!"#, self.number.path, "ssh", "-F", "none", "-p", "\(address.port)",
                "-i", edge.folder.appending(path: key).path,
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=\(known.path)",
            ] + options + forwards.flatMap { ["-R", $0] } + ["\(user)@\(address.ip)"] + command
        self.process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: self.said)
        self.process.standardOutput = output
        self.process.standardError = output
        try self.process.run()
    }

    deinit { if self.process.isRunning { self.signal(SIGKILL) } }

    /// What it has said on both of its outputs so far.
    var text: String { (try? String(contentsOf: self.said, encoding: .utf8)) ?? "" }

    /// Waits until it has said this.
    ///
    /// - Throws: what it has said, where it has ended without.
    func says(_ words: String) async throws {
        while !self.text.contains(words) {
            guard self.process.isRunning || self.text.contains(words) else { throw Trouble(said: self.text) }
            // A file tells nobody when it grows.
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The name that it has online.
    func name() async throws -> String {
        try await self.says("Forwarding  tls://")
        try await self.says("\n\n")
        return self.text.firstMatch(of: /Forwarding  tls:\/\/(\S+)/).map { String($0.1) } ?? ""
    }

    /// Waits for its end, and gives its status.
    func end() async throws -> Int32 {
        while self.process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        return self.process.terminationStatus
    }

    func signal(_ signal: Int32) {
        let text = (try? String(contentsOf: self.number, encoding: .utf8)) ?? ""
        guard let number = pid_t(text.trimmingCharacters(in: .newlines)) else { return }
        kill(number, signal)
    }
}
