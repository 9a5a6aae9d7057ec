import EdgeCore
import EdgeServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import ProxyProtocol

/// A running edge of one test, with a folder of its own that goes with it.
struct TestEdge {
    static let token = "token-of-the-test"
    static let group = MultiThreadedEventLoopGroup.singleton

    let edge: Edge
    let ready: ReadyFile
    let authority: TestAuthority
    let folder: URL

    var client: ProxyEndpoint { get throws { try Self.endpoint(self.ready.listen[0]) } }
    var client6: ProxyEndpoint { get throws { try Self.endpoint(self.ready.listen[1]) } }
    var agents: ProxyEndpoint { get throws { try Self.endpoint(self.ready.agents) } }

    private static func endpoint(_ text: String) throws -> ProxyEndpoint {
        guard let endpoint = ProxyEndpoint(text) else { throw ChannelError.unknownLocalAddress }
        return endpoint
    }

    /// Runs the body against an edge, and returns its events once it has stopped.
    @discardableResult
    static func run(
        configuration extra: String = "", _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "edge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = try TestAuthority(name: "servers")
        for (name, names) in [("agents", ["localhost"]), ("wild", ["*.shakedown.test"])] {
            let issued = try authority.issue(names)
            try issued.certificatePEM.write(to: folder.appending(path: "\(name).pem"), atomically: true, encoding: .utf8)
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
        let (readies, ready) = AsyncStream.makeStream(of: ReadyFile.self)
        let edge = try Edge(configuration, events: events, logger: logger) { ready.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.run() }
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
        return try ConnectionRecord.read(folder.appending(path: "events.jsonl"))
    }
}

/// One event of a closed connection, as a test reads it.
struct ConnectionRecord: Decodable {
    struct Object: Decodable {
        struct Connection: Decodable {
            let bytes_in: Int64
            let bytes_out: Int64
            let client_ip: String
            let server_ip: String
            let server_name: String
            let server_port: Int
            let start_ts: String
            let end_ts: String
        }
        struct Policy: Decodable { let decision: String }
        let conn: Connection
        let ip_policy: Policy?
    }
    let event_id: String
    let event_type: String
    let account_id: String
    let object: Object

    static func read(_ file: URL) throws -> [ConnectionRecord] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return try lines.map { try JSONDecoder().decode(ConnectionRecord.self, from: Data($0.utf8)) }
    }
}
