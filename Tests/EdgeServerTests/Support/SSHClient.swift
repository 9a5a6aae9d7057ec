import Addresses
import EdgeServer
import Foundation
import Synchronization

/// OpenSSH's client as a program, with keys of its own and none of its user's settings.
///
/// `@unchecked Sendable`: the process is started once, and what it says is behind a lock.
final class SSHClient: @unchecked Sendable {
    private let process = Process()
    private let said = Mutex("")
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let ended = Mutex(false)

    struct Trouble: Error {
        let said: String
    }

    /// Makes a key pair, and gives the line of its public half.
    static func makeKey(_ name: String, type: String = "ed25519", in folder: URL) throws -> String {
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/env")
        let file = folder.appending(path: name).path
        maker.arguments = ["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "of the test", "-f", file]
        try maker.run()
        maker.waitUntilExit()
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
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments =
            [
                "ssh", "-F", "none", "-p", "\(address.port)", "-i", edge.folder.appending(path: key).path,
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=\(known.path)",
            ] + options + forwards.flatMap { ["-R", $0] } + ["\(user)@\(address.ip)"] + command
        self.process.standardInput = FileHandle.nullDevice
        for isError in [false, true] {
            let pipe = Pipe()
            if isError { self.process.standardError = pipe } else { self.process.standardOutput = pipe }
            pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil }
                self?.hear(String(decoding: data, as: UTF8.self))
            }
        }
        self.process.terminationHandler = { [weak self] _ in
            self?.ended.withLock { $0 = true }
            self?.hear("")
        }
        try self.process.run()
    }

    deinit { if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) } }

    private func hear(_ text: String) {
        self.said.withLock { $0 += text }
        let waiters = self.waiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// What it has said on both of its outputs so far.
    var text: String { self.said.withLock { $0 } }

    /// Waits until it has said this.
    ///
    /// - Throws: what it has said, where it has ended without.
    func says(_ words: String) async throws {
        while true {
            let isOver = self.ended.withLock { $0 }
            let text = self.text
            if text.contains(words) { return }
            if isOver { throw Trouble(said: text) }
            await withCheckedContinuation { continuation in
                self.waiters.withLock { $0.append(continuation) }
                // What came between the look and the wait wakes nobody.
                if self.text != text || self.ended.withLock({ $0 }) != isOver { self.hear("") }
            }
        }
    }

    /// The name that it has online.
    func name() async throws -> String {
        try await self.says("Forwarding  tls://")
        try await self.says("\n\n")
        return self.text.firstMatch(of: /Forwarding  tls:\/\/(\S+)/).map { String($0.1) } ?? ""
    }

    /// Waits for its end.
    func end() async -> Int32 {
        while !self.ended.withLock({ $0 }) {
            await withCheckedContinuation { continuation in
                self.waiters.withLock { $0.append(continuation) }
                if self.ended.withLock({ $0 }) { self.hear("") }
            }
        }
        self.process.waitUntilExit()
        return self.process.terminationStatus
    }

    func signal(_ number: Int32) { kill(self.process.processIdentifier, number) }
}
