import Addresses
import AgentProtocol
import EdgeServer
import Foundation
import HTTPTesting
import HangTesting
import JSONText
import LogTesting
import NIOCore
import NIOHTTP1
import Testing

@Suite("SSH clients in an agent's place", .noHang)
struct SSHTunnelTests {
    private static let name = "app.shakedown.test"

    /// An edge with a gateway, and a key in its folder that is registered.
    @discardableResult
    private static func run(
        acl: [String] = [],
        configuration: String = "deadlines: { hello: 60s, idle: 1h, half-open: 1h }",
        _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        let ssh = #"ssh: { listen: "127.0.0.1:0", host-key: ssh-host.key }"#
        return try await TestEdge.run(configuration: "\(configuration)\n\(ssh)") { edge in
            let line = try await SSHClient.makeKey("known", in: edge.folder)
            _ = try await SSHClient.makeKey("unknown", in: edge.folder)
            let rules = acl.map { "\"\($0)\"" }.joined(separator: ",")
            _ = try await edge.create("/ssh_credentials", #"{"public_key":"\#(line)","acl":[\#(rules)]}"#)
            try await body(edge)
        }
    }

    /// A client that has a name online.
    private static func serve(
        _ edge: TestEdge,
        _ name: String = Self.name,
        from upstream: TestUpstream,
        options: [String] = [],
        flags: [String] = []
    ) async throws -> SSHClient {
        let client = try SSHClient(
            edge,
            key: "known",
            forwards: ["\(name):443:127.0.0.1:\(upstream.port)"],
            options: options,
            command: ["tls"] + flags
        )
        #expect(try await client.name() == name)
        return client
    }

    private static func hello(_ name: String = Self.name) -> [UInt8] {
        TestHello.bytes(serverName: name, offersTLS13: false)
    }

    // MARK: Connections

    @Test("bytes come to the forwarded port as they were sent, and the SSH client is told whose they are")
    func bytes() async throws {
        let events = try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream, options: ["-v"])
            let sent = Self.hello("APP.shakedown.test") + Array("and whatever follows".utf8)
            let client = try await edge.connectRaw()
            for byte in sent { try await client.send([byte]) }
            #expect(try await client.bytes(sent.count) == sent)
            let port = client.channel.localAddress?.port ?? 0
            try await ssh.says("originator 127.0.0.1 port \(port)")
            try await client.endInput()
            #expect(try await client.end().endedInOrder)
            let connection = await upstream.nextConnection()
            #expect(connection?.payload == sent)
            #expect(connection?.inputEnded == true)
        }
        #expect(events.count == 1)
        #expect(events.first?.object.conn.bytesIn ?? 0 == events.first?.object.conn.bytesOut)
    }

    @Test("port 0 is answered with 443, and no name with a random one")
    func random() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try SSHClient(
                edge,
                key: "known",
                forwards: ["0:127.0.0.1:\(upstream.port)"],
                command: ["tls"]
            )
            let name = try await ssh.name()
            #expect(name.hasSuffix(".shakedown.test"))
            try await ssh.says("Allocated port 443 for remote forward")
            try await edge.serveOne(name)
        }
    }

    @Test("much goes both ways at once, unchanged")
    func bulk() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            let sent = Self.hello() + (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let client = try await edge.connectRaw()
                        try await client.send(sent)
                        try await client.endInput()
                        let seen = try await client.end()
                        #expect(seen.bytes == sent)
                        #expect(seen.endedInOrder)
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<3 {
                #expect(await upstream.nextConnection()?.payload == sent)
            }
            withExtendedLifetime(ssh) {}
        }
    }

    @Test("each end comes through by itself")
    func halfClose() async throws {
        let answer = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        try await Self.run { edge in
            let last = try await TestUpstream.listen(.answerAtEnd(answer))
            let ssh = try await Self.serve(edge, from: last)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello())
            try await client.endInput()
            let seen = try await client.end()
            #expect(seen.bytes == answer)
            #expect(seen.endedInOrder)
            #expect(await last.nextConnection()?.payload == Self.hello())

            let first = try await TestUpstream.listen(.speakAndEnd(Array("bye".utf8)))
            let other = try await Self.serve(edge, "b.shakedown.test", from: first)
            let patient = try await edge.connectRaw()
            try await patient.send(Self.hello("b.shakedown.test"))
            #expect(try await patient.ended.get().text == "bye")
            try await patient.send(answer)
            try await patient.endInput()
            let connection = await first.nextConnection()
            #expect(connection?.payload == Self.hello("b.shakedown.test") + answer)
            #expect(connection?.hasFailed == false)
            withExtendedLifetime((ssh, other)) {}
        }
    }

    @Test("a reader who stands still keeps no other waiting")
    func stalled() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen(.speakWithoutEnd)
            let ssh = try await Self.serve(edge, from: upstream)
            var stalled: [TestClient] = []
            for _ in 0..<4 {
                let client = try await edge.connectRaw()
                try await client.send(Self.hello())
                _ = try await client.bytes(1)
                try await client.channel.setOption(.autoRead, value: false).get()
                stalled.append(client)
            }
            let client = try await edge.connectRaw()
            try await client.send(Self.hello())
            // More than the windows of all of them together.
            _ = try await client.bytes(12 << 20)
            for client in stalled + [client] { client.channel.close(promise: nil) }
            withExtendedLifetime(ssh) {}
        }
    }

    @Test("a port where nobody listens costs the client its connection, and nobody else's")
    func refusedUpstream() async throws {
        try await Self.run { edge in
            let gone = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: gone)
            try await edge.serveOne(Self.name)
            let dead = try SSHClient(
                edge,
                key: "known",
                forwards: ["dead.shakedown.test:443:127.0.0.1:1"],
                command: ["tls"]
            )
            _ = try await dead.name()
            let client = try await edge.connectRaw()
            try await client.send(Self.hello("dead.shakedown.test"))
            #expect(try await client.end().bytes.isEmpty)
            try await edge.serveOne(Self.name)
            withExtendedLifetime(ssh) {}
        }
    }

    @Test(
        "rules for addresses are the edge's to keep",
        arguments: [
            (["--cidr-allow", "0.0.0.0/0", "--cidr-deny", "127.0.0.0/8"], false), (["--cidr-allow=127.0.0.0/8"], true),
            (["--cidr-allow", "10.0.0.0/8"], false),
        ]
    )
    func addresses(_ flags: [String], _ isServed: Bool) async throws {
        let events = try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream, flags: flags)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello())
            if isServed {
                _ = try await client.bytes(Self.hello().count)
            } else {
                #expect(try await client.end().bytes.isEmpty)
            }
            client.channel.close(promise: nil)
            withExtendedLifetime(ssh) {}
        }
        #expect(events.first?.object.ipPolicy?.decision == (isServed ? "allow" : "block"))
    }

    // MARK: Who comes in, and what is refused

    @Test("every kind of key that a client may have opens the gateway", arguments: ["ed25519", "ecdsa", "rsa"])
    func kinds(_ type: String) async throws {
        try await Self.run { edge in
            let line = try await SSHClient.makeKey("other", type: type, in: edge.folder)
            _ = try await edge.create("/ssh_credentials", #"{"public_key":"\#(line)"}"#)
            let upstream = try await TestUpstream.listen()
            let ssh = try SSHClient(
                edge,
                key: "other",
                forwards: ["\(Self.name):443:127.0.0.1:\(upstream.port)"],
                command: ["tls"]
            )
            #expect(try await ssh.name() == Self.name)
            try await edge.serveOne(Self.name)
        }
    }

    @Test("a key that nobody has registered, a password and no key open nothing")
    func strangers() async throws {
        try await Self.run { edge in
            for (key, options) in [
                ("unknown", []),
                ("known", ["-o", "PubkeyAuthentication=no"]),
                ("known", ["-o", "PreferredAuthentications=password,keyboard-interactive,none"]),
            ] as [(String, [String])] {
                let ssh = try SSHClient(
                    edge,
                    key: key,
                    forwards: ["443:127.0.0.1:1"],
                    options: options,
                    command: ["tls"]
                )
                #expect(try await ssh.end() == 255)
                #expect(ssh.text.contains("Permission denied (publickey)"), "\(ssh.text)")
            }
            #expect(edge.log.lines.contains { $0.contains("nobody has registered its keys") })
            #expect(!edge.log.lines.contains { $0.contains("agent session started") })
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var user = "v2"
        var forwards = ["443:127.0.0.1:1"]
        var command = ["tls"]
        let code: Int
        var testDescription: String { "ERR_NGROK_\(self.code) \(self.user) \(self.forwards) \(self.command)" }
    }

    @Test(
        "what cannot be is told on the terminal by ngrok's number, and the command fails",
        arguments: [
            Refused(forwards: ["443:127.0.0.1:1", "a.shakedown.test:443:127.0.0.1:1"], code: 1105),
            Refused(user: "v1", code: 1106), Refused(command: [], code: 1107), Refused(command: ["http"], code: 1108),
            Refused(command: ["tls", "--crt", "a"], code: 1109), Refused(command: ["tls", "--what"], code: 1110),
            Refused(forwards: ["80:127.0.0.1:1"], code: 1113),
            Refused(forwards: ["a.shakedown.test:443:127.0.0.1:1"], command: ["tls", "--domain", "b"], code: 1118),
            Refused(command: ["tls", "--cidr-allow", "moon"], code: 362),
            Refused(forwards: ["theirs.example.net:443:127.0.0.1:1"], code: 320),
            Refused(forwards: ["no_name.shakedown.test:443:127.0.0.1:1"], code: 355),
        ]
    )
    func refused(_ refused: Refused) async throws {
        try await Self.run { edge in
            let ssh = try SSHClient(
                edge,
                key: "known",
                user: refused.user,
                forwards: refused.forwards,
                command: refused.command
            )
            #expect(try await ssh.end() == 1)
            #expect(ssh.text.contains("(ERR_NGROK_\(refused.code))"), "\(ssh.text)")
            #expect(try await edge.metrics().contains("endpoints 0"))
        }
    }

    @Test(
        "a name has one owner at a time, whoever is an agent and who an SSH client; both may share it where both say so"
    )
    func names() async throws {
        try await Self.run(acl: ["bind:*.shakedown.test"]) { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            let late = try SSHClient(
                edge,
                key: "known",
                forwards: ["\(Self.name):443:127.0.0.1:\(upstream.port)"],
                command: ["tls"]
            )
            #expect(try await late.end() == 1)
            #expect(late.text.contains("ERR_NGROK_334"), "\(late.text)")
            let second = try await TestAgent.connect(to: edge)
            _ = try await second.authenticate()
            let reply = try await second.bind { $0.hostname = Self.name }
            #expect(NgrokError(text: reply.error).code == 334)
            // Its key's rules hold.
            let other = try SSHClient(
                edge,
                key: "known",
                forwards: ["offline.example.com:443:127.0.0.1:1"],
                command: ["tls"]
            )
            #expect(try await other.end() == 1)
            let one = try await Self.serve(edge, "pool.shakedown.test", from: upstream, flags: ["--pooling-enabled"])
            let two = try await Self.serve(edge, "pool.shakedown.test", from: upstream, flags: ["--pooling-enabled"])
            try await edge.serveOne("pool.shakedown.test")
            try await second.vanish()
            withExtendedLifetime((ssh, one, two)) {}
        }
    }

    @Test("who does not say who it is leaves room for others")
    func silent() async throws {
        try await Self.run { edge in
            let address = try #require(edge.ready.ssh.flatMap { TransportAddress($0) })
            var silent: [TestClient] = []
            for _ in 0..<64 {
                let client = try await TestClient.connect(to: address)
                // It says its version first.
                _ = try await client.bytes(4)
                silent.append(client)
            }
            let late = try await TestClient.connect(to: address)
            #expect(try await late.end().bytes.isEmpty)
            for client in silent { client.channel.close(promise: nil) }
            while try await !edge.metrics().contains(#"limits_met_total{limit="unknown_agents_of_source"} 1"#) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    // MARK: Sessions

    @Test("a session's end takes its endpoint offline, and costs no other its connections")
    func end() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            let other = try await Self.serve(edge, "b.shakedown.test", from: upstream)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello())
            _ = try await client.bytes(Self.hello().count)
            let neighbour = try await edge.connectRaw()
            try await neighbour.send(Self.hello("b.shakedown.test"))
            _ = try await neighbour.bytes(Self.hello("b.shakedown.test").count)
            ssh.signal(SIGKILL)
            #expect(try await client.end().bytes == Self.hello())
            let after = try await edge.connectRaw()
            while try await !edge.metrics().contains("endpoints 1") { try await Task.sleep(for: .milliseconds(5)) }
            try await after.send(Self.hello())
            #expect(try await after.end().onlyAlert != nil)
            try await neighbour.send(Array("still".utf8))
            _ = try await neighbour.bytes(Self.hello("b.shakedown.test").count + 5)
            neighbour.channel.close(promise: nil)
            withExtendedLifetime(other) {}
        }
    }

    @Test("the API shows the session as one by SSH, and stops it; what only an agent can is refused")
    func api() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(
                edge,
                from: upstream,
                flags: ["--metadata", "mine", "--description", "yours"]
            )
            let sessions = try await edge.api.send(.GET, "/tunnel_sessions").json?["tunnel_sessions"]?.elements
            let session = try #require(sessions?.first)
            #expect(session["transport"]?.text == "ssh")
            let credential = try #require(session["credential"]?["id"]?.text)
            #expect(credential.hasPrefix("sshcr_"))
            #expect(session["credential"]?["uri"]?.text?.hasSuffix("/ssh_credentials/\(credential)") == true)
            let endpoints = try await edge.api.send(.GET, "/endpoints").json?["endpoints"]?.elements
            #expect(endpoints?.first?["public_url"]?.text == "tls://\(Self.name)")
            #expect(endpoints?.first?["metadata"]?.text == "mine")
            #expect(endpoints?.first?["principal"]?["id"]?.text == credential)
            let tunnels = try await edge.api.send(.GET, "/tunnels").json?["tunnels"]?.elements
            #expect(tunnels?.first?["tunnel_session"]?["id"]?.text == session["id"]?.text)
            let id = try #require(session["id"]?.text)
            for (command, code) in [("restart", 1122), ("update", 1121)] {
                let answer = try await edge.api.send(.POST, "/tunnel_sessions/\(id)/\(command)", "{}")
                #expect(answer.json?["error_code"]?.text == "ERR_NGROK_\(code)")
            }
            #expect(try await edge.api.send(.POST, "/tunnel_sessions/\(id)/stop", "{}").status == 204)
            #expect(try await ssh.end() == 1)
            #expect(ssh.text.contains("stopped from the edge's API"))
        }
    }

    @Test("a key that is deleted ends its sessions, and opens nothing any more")
    func revoked() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            let keys = try await edge.api.send(.GET, "/ssh_credentials").json?["ssh_credentials"]?.elements
            let id = try #require(keys?.first?["id"]?.text)
            #expect(try await edge.api.send(.DELETE, "/ssh_credentials/\(id)").status == 204)
            #expect(try await ssh.end() == 1)
            #expect(ssh.text.contains("the SSH key was revoked"), "\(ssh.text)")
            let again = try SSHClient(edge, key: "known", forwards: ["443:127.0.0.1:1"], command: ["tls"])
            #expect(try await again.end() == 255)
        }
    }

    @Test("events tell of sessions by SSH")
    func events() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            ssh.signal(SIGKILL)
            _ = try await ssh.end()
            let file = edge.folder.appending(path: "events.jsonl")
            while true {
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                let told = lines.filter { $0.contains("agent_session_") }
                if told.count == 2 {
                    #expect(told.allSatisfy { $0.contains(#""transport":"ssh""#) && $0.contains("sshcr_") })
                    #expect(told.contains { $0.contains("OpenSSH") })
                    break
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("an edge that stops says so to SSH clients")
    func shutdown() async throws {
        try await Self.run { edge in
            let upstream = try await TestUpstream.listen()
            let ssh = try await Self.serve(edge, from: upstream)
            await edge.stop()
            #expect(try await ssh.end() != 0)
            #expect(ssh.text.contains("the edge shuts down"), "\(ssh.text)")
        }
    }

    @Test("without a listener there is no gateway, and nothing is made for one")
    func off() async throws {
        try await TestEdge.run { edge in
            #expect(edge.ready.ssh == nil)
            #expect(!FileManager.default.fileExists(atPath: edge.folder.appending(path: "ssh-host.key").path))
        }
    }
}
