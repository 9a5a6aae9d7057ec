import FolderTesting
import Foundation
import Testing

/// An edge, an agent and a TLS service behind them, all of them real programs, with `openssl` as service and client.
final class LocalEdge {
    static let name = "app.shakedown.test"
    private static let token = "token-of-the-test"

    let folder: TemporaryFolder
    let edge: RunningProgram
    /// Where clients connect.
    let listen: String
    /// Where its API is asked, if it has one.
    let api: String?
    /// Where it says all its addresses.
    let readyFile: String
    /// Where agents connect.
    let agents: String
    private let metricsAddress: String
    private var others: [RunningProgram] = []

    /// - Parameters:
    ///   - more: lines of edge.yaml.
    ///   - listen: where clients connect; a peer may have to know it before there is an edge.
    ///   - folder: a new one, unless said.
    ///   - agents: what it says of agents besides.
    ///   - apiKey: of the account's.
    ///   - openFiles: how many files and sockets the system gives the edge.
    init(
        _ more: String,
        listen: String = "127.0.0.1:0",
        in folder: TemporaryFolder? = nil,
        agents: String = "",
        apiKey: String? = nil,
        openFiles: Int? = nil,
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let mint = try await RunningProgram.run(
            Programs.path("shakedown"),
            ["certs", "--out", folder.url.path, "ca-servers", "agents-listener", "upstream-server"],
            in: folder
        )
        #expect(mint.status == 0, "\(mint.errors)")
        let keys = apiKey.map { "[{ token: \"\($0)\" }]" } ?? "[]"
        let configuration = try folder.write(
            """
            version: 1
            listen: ["\(listen)"]
            agents: { listen: "127.0.0.1:0", certificate: agents-listener.chain.pem, key: agents-listener.key, \(agents) }
            accounts: [{ name: test, authtokens: [{ token: "\(Self.token)" }], api-keys: \(keys) }]
            base-domains: [shakedown.test]
            metrics: "127.0.0.1:0"
            \(more)
            """,
            to: "edge.yaml"
        )
        let ready = folder.file("ready-\(UUID().uuidString).json")
        self.readyFile = ready.path
        let limit = openFiles.map { "ulimit -n \($0); " } ?? ""
        let edge = try RunningProgram(
            "/bin/sh",
            [
                "-c", #"\#(limit)exec "$0" "$@""#, Programs.path("shakedown-edge"), "--config", configuration,
                "--ready-file", ready.path,
            ],
            in: folder,
            output: output,
            errors: errors
        )
        self.edge = edge
        let isReady = try await edge.wait { FileManager.default.fileExists(atPath: ready.path) }
        guard isReady,
            let places = try JSONSerialization.jsonObject(with: Data(contentsOf: ready)) as? [String: Any],
            let listen = (places["listen"] as? [String])?.first,
            let agents = places["agents"] as? String,
            let metrics = places["metrics"] as? String
        else {
            kill(edge.process.processIdentifier, SIGKILL)
            throw NotReady(program: "shakedown-edge", said: edge.errors)
        }
        (self.listen, self.agents, self.metricsAddress) = (listen, agents, metrics)
        self.api = places["api"] as? String
    }

    struct NotReady: Error {
        let program: String
        let said: String
    }

    deinit {
        for program in [self.edge] + self.others { kill(program.process.processIdentifier, SIGKILL) }
    }

    // MARK: What stands behind the edge

    /// Starts the service, which sends each line back from its end to its beginning to one client at a time, and its agent.
    @discardableResult
    func serve(agent flags: [String] = [], errors: FileHandle? = nil) async throws -> RunningProgram {
        let place = try await self.startService()
        let ready = self.folder.file("agent.json")
        let agent = try self.startAgent(upstream: place, flags + ["--ready-file", ready.path], errors: errors)
        guard try await agent.wait(until: { FileManager.default.fileExists(atPath: ready.path) }) else {
            throw NotReady(program: "shakedown-agent", said: agent.errors)
        }
        return agent
    }

    /// Starts the service alone, and gives its port.
    func startService() async throws -> String {
        let service = try RunningProgram(
            "/usr/bin/env",
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert",
                self.folder.path("upstream-server.chain.pem"), "-key", self.folder.path("upstream-server.key"),
            ],
            in: self.folder
        )
        self.others.append(service)
        // It says where it listens before anything else.
        guard try await service.wait(until: { service.output.contains(#/ACCEPT \S+:\d+\n/#) }),
            let place = service.output.firstMatch(of: #/ACCEPT \S+:(\d+)\n/#)?.1
        else { throw NotReady(program: "openssl", said: service.errors) }
        return String(place)
    }

    func startAgent(
        upstream: String,
        _ flags: [String],
        token: String = LocalEdge.token,
        errors: FileHandle? = nil
    ) throws -> RunningProgram {
        try self.startAgent(["tls", upstream, "--domain", Self.name] + flags, token: token, errors: errors)
    }

    /// An agent of this edge by a command of its own.
    func startAgent(
        _ arguments: [String],
        token: String = LocalEdge.token,
        errors: FileHandle? = nil
    ) throws -> RunningProgram {
        let agent = try RunningProgram(
            Programs.path("shakedown-agent"),
            arguments + [
                "--server-addr", self.agents, "--authtoken", token, "--root-cas", self.folder.path("ca-servers.pem"),
            ],
            in: self.folder,
            errors: errors
        )
        self.others.append(agent)
        return agent
    }

    /// An agent with the tunnels of a file, the first of them online by the end.
    func startAgent(tunnels: String) async throws -> RunningProgram {
        let file = try self.writeAgentFile(tunnels: tunnels)
        let ready = self.folder.file("agent.json")
        let agent = try RunningProgram(
            Programs.path("shakedown-agent"),
            ["start", "--all", "--config", file, "--ready-file", ready.path],
            in: self.folder
        )
        self.others.append(agent)
        guard try await agent.wait(until: { FileManager.default.fileExists(atPath: ready.path) }) else {
            throw NotReady(program: "shakedown-agent", said: agent.errors)
        }
        return agent
    }

    /// The file of that agent, which reads it again when it is told to.
    @discardableResult
    func writeAgentFile(tunnels: String) throws -> String {
        try self.folder.write(
            """
            version: "2"
            authtoken: "\(Self.token)"
            server_addr: \(self.agents)
            root_cas: ca-servers.pem
            tunnels: \(tunnels)
            """,
            to: "agent.yaml"
        )
    }

    // MARK: What comes to it

    /// A client of the service that stays until its input ends.
    func connect() throws -> RunningProgram {
        let client = try RunningProgram(
            "/usr/bin/env",
            ["openssl", "s_client", "-connect", self.listen, "-servername", Self.name],
            in: self.folder
        )
        self.others.append(client)
        return client
    }

    /// Whether a client of the service gets its answer.
    func isServed(_ client: RunningProgram) async throws -> Bool {
        try client.input.fileHandleForWriting.write(contentsOf: Data("through the edge\n".utf8))
        return try await client.wait { client.output.contains("egde eht hguorht") }
    }

    /// A client that comes, is served and goes.
    func serveOne(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let client = try self.connect()
        #expect(try await self.isServed(client), "\(client.output)\(client.errors)", sourceLocation: sourceLocation)
        try client.input.fileHandleForWriting.close()
        _ = try await client.end()
    }

    /// Clients that speak no TLS, one after the other: each is refused, and is a line of the log at `debug`.
    ///
    /// - Returns: Whether each was turned away, and none left waiting.
    func refuse(_ count: Int) async throws -> Bool {
        let line = """
            for i in $(seq \(count)); do
                curl --silent --max-time 20 http://\(self.listen)/
                [ $? = 28 ] && exit 1
            done; exit 0
            """
        return try await RunningProgram.run("/bin/bash", ["-c", line], in: self.folder, within: 120).status == 0
    }

    /// What the metrics' address answers.
    func ask(_ path: String) async throws -> String {
        let url = "http://\(self.metricsAddress)/\(path)"
        return try await RunningProgram.run(
            "/usr/bin/env",
            ["curl", "--silent", "--max-time", "20", url],
            in: self.folder
        ).output
    }

    // MARK: Its files

    /// The lines of a file in the folder; none where it is not there.
    func lines(_ name: String) -> [String] {
        let text = try? String(contentsOf: self.folder.file(name), encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    /// The lines of an events file that are about connections: it has those of changes and sessions too.
    func connections(_ name: String) -> [String] {
        self.lines(name).filter { $0.contains(#""event_type":"tcp_connection_closed.v0""#) }
    }

    /// Waits until an events file has so many connections.
    func wait(for count: Int, in name: String) async throws -> Bool {
        try await self.edge.wait { self.connections(name).count >= count }
    }

    /// Waits until a file has a line with these words.
    func wait(for words: String, in name: String) async throws -> Bool {
        try await self.edge.wait { self.lines(name).contains { $0.contains(words) } }
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(at: self.folder.file(name), to: self.folder.file(other))
    }
}
