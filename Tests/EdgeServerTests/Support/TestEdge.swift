import Addresses
import CredentialTesting
import EdgeCore
import EdgeServer
import FolderTesting
import Foundation
import Logging
import NIOCore
import NIOPosix

/// A running edge of one test, with a folder of its own that goes with it.
struct TestEdge {
    static let token = "token-of-the-test"
    static let group = MultiThreadedEventLoopGroup.singleton

    let edge: Edge
    let ready: ListeningAddresses
    let authority: TestAuthority
    let folder: URL

    var client: TransportAddress { get throws { try Self.endpoint(self.ready.listen[0]) } }
    var client6: TransportAddress { get throws { try Self.endpoint(self.ready.listen[1]) } }
    var agents: TransportAddress { get throws { try Self.endpoint(self.ready.agents) } }

    /// The labels and counts of the connections that have ended, once one has. Polls: a metric has no event.
    func connectionsCounted() async throws -> [String] {
        let family = "shakedown_edge_connections_total"
        while true {
            let client = try await TestClient.connect(to: try Self.endpoint(self.ready.metrics ?? ""))
            try await client.send(Array("GET /metrics HTTP/1.0\r\n\r\n".utf8))
            let lines = try await client.end().text.split(separator: "\n")
            let counted = lines.filter { $0.hasPrefix(family) }.map { String($0.dropFirst(family.count)) }
            if !counted.isEmpty { return counted }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func endpoint(_ text: String) throws -> TransportAddress {
        guard let endpoint = TransportAddress(text) else { throw ChannelError.unknownLocalAddress }
        return endpoint
    }

    /// Runs the body against an edge, and returns its events once it has stopped.
    @discardableResult
    static func run(
        // A busy machine must not make an ordinary hello late.
        configuration extra: String = "deadlines: { hello: 60s }",
        _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        try await withTemporaryFolder { try await Self.run(in: $0, configuration: extra, body) }
    }

    private static func run(
        in folder: URL,
        configuration extra: String,
        _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        let authority = try TestAuthority(name: "servers")
        for (name, names) in [("agents", ["localhost"]), ("wild", ["*.shakedown.test"])] {
            let issued = try authority.issue(names)
            try issued.certificatePEM.write(
                to: folder.appending(path: "\(name).pem"),
                atomically: true,
                encoding: .utf8
            )
            try issued.keyPEM.write(to: folder.appending(path: "\(name).key"), atomically: true, encoding: .utf8)
        }
        let text = """
            version: 1
            listen: ["127.0.0.1:0", "[::1]:0"]
            agents: { listen: "127.0.0.1:0", certificate: agents.pem, key: agents.key }
            accounts:
              - id: ac_test
                name: test
                authtokens: [{ token: "\(Self.token)" }]
                domains: [offline.example.com, "*.example.org"]
            base-domains: [shakedown.test]
            certificates: [{ certificate: wild.pem, key: wild.key }]
            events: events.jsonl
            metrics: "127.0.0.1:0"
            \(extra)
            """
        let configuration = try EdgeConfiguration.read(text, name: "edge.yaml", folder: folder.path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let events = try EventWriter(configuration.events ?? .standardOutput, logger: logger)
        let (readies, ready) = AsyncStream.makeStream(of: ListeningAddresses.self)
        let edge = try Edge(configuration, events: events, logger: logger) { ready.yield($0) }
        // It ends after the edge, whose last events it writes; a cancelled writer would lose them.
        let writer = Task { try await events.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await edge.run()
            }
            for await value in readies {
                let running = TestEdge(edge: edge, ready: value, authority: authority, folder: folder)
                do {
                    try await body(running)
                } catch {
                    group.cancelAll()
                    throw error
                }
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        events.finish()
        try await writer.value
        return try ConnectionRecord.read(folder.appending(path: "events.jsonl"))
    }
}

/// One event of a closed connection, as a test reads it.
struct ConnectionRecord: Decodable {
    struct Object: Decodable {
        struct Connection: Decodable {
            let bytesIn: Int64
            let bytesOut: Int64
            let clientIp: String
            let serverIp: String
            let serverName: String
            let serverPort: Int
        }
        struct Policy: Decodable { let decision: String }
        let conn: Connection
        let ipPolicy: Policy?
    }
    let eventId: String
    let eventType: String
    let accountId: String
    let object: Object

    static func read(_ file: URL) throws -> [ConnectionRecord] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try lines.map { try decoder.decode(ConnectionRecord.self, from: Data($0.utf8)) }
    }
}
