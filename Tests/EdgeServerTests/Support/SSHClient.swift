import Addresses
import EdgeServer
import Foundation

/// OpenSSH's client as a program, with keys of its own and none of its user's settings.
///
/// What it says goes to a file, since a pipe has to be read. A shell starts it and writes down how it ended: Foundation takes for a
/// process's end that of a descriptor which ssh closes at once, and then waits for it, and with it for every other process's end.
final class SSHClient: Sendable {
    private static let script = #"""
        sh -c 'echo $$ >"$0.pid"; exec "$@"' "$0" "$@"; echo $? >"$0.end"; mv "$0.end" "$0.status"
        """#

    private let process: Process
    /// What is written of it, and with other endings how it went.
    private let said: URL

    struct Trouble: Error {
        let said: String
    }

    /// Makes a key pair, and gives the line of its public half.
    static func makeKey(_ name: String, type: String = "ed25519", in folder: URL) async throws -> String {
        let file = folder.appending(path: name).path
        let maker = Process()
        maker.executableURL = URL(filePath: "/bin/sh")
        maker.arguments = [
            "-c", Self.script, file, "ssh-keygen", "-q", "-t", type, "-N", "", "-C", "of the test", "-f", file,
        ]
        maker.standardInput = FileHandle.nullDevice
        try maker.run()
        while !FileManager.default.fileExists(atPath: "\(file).status") { try await Task.sleep(for: .milliseconds(5)) }
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
        self.process.executableURL = URL(filePath: "/bin/sh")
        self.process.arguments =
            [
                "-c", Self.script, self.said.path, "ssh", "-F", "none", "-p", "\(address.port)",
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

    deinit { if self.status == nil { self.signal(SIGKILL) } }

    /// What it has said on both of its outputs so far.
    var text: String { (try? String(contentsOf: self.said, encoding: .utf8)) ?? "" }

    /// Waits until it has said this.
    ///
    /// - Throws: what it has said, where it has ended without.
    func says(_ words: String) async throws {
        while !self.text.contains(words) {
            guard self.status == nil || self.text.contains(words) else { throw Trouble(said: self.text) }
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

    private func number(_ ending: String) -> Int32? {
        let text = try? String(contentsOfFile: "\(self.said.path).\(ending)", encoding: .utf8)
        return text.flatMap { Int32($0.trimmingCharacters(in: .newlines)) }
    }

    /// `nil` until it has ended.
    private var status: Int32? { self.number("status") }

    /// Waits for its end, and gives its status.
    func end() async throws -> Int32 {
        while true {
            if let status { return status }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func signal(_ signal: Int32) {
        if let number = self.number("pid") { kill(number, signal) }
    }
}
