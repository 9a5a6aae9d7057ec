import Addresses
import CredentialTesting
import EdgeCore
import EdgeEvents
import EdgeServer
import EventTesting
import FolderTesting
import Foundation
import HTTPTesting
import LogTesting
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// A running edge of one test, with a folder of its own that goes with it.
struct TestEdge {
    static let token = "token-of-the-test"
    /// Opens the same account.
    static let secondToken = "another-token-of-the-test"
    /// Opens the account `ac_other`, which has `theirs.example.net`.
    static let otherToken = "token-of-the-others"
    /// Opens the same one, and may bind `theirs.example.net` alone.
    static let narrowToken = "another-token-of-the-others"
    /// Of the API, for the account of ``token``.
    static let apiKey = "api-key-of-the-test"
    /// Where the API listens, and where it is said to be.
    static let usualAPI = #"{ listen: "127.0.0.1:0" }"#
    static let group = MultiThreadedEventLoopGroup.singleton

    let edge: Edge
    let ready: ListeningAddresses
    let authority: TestAuthority
    let folder: URL
    /// What edge.yaml says.
    let text: String
    /// Every line of the edge's log, down to the last detail.
    let log: LineRecorder
    private let services: ServiceGroup

    var client: TransportAddress { get throws { try Self.endpoint(self.ready.listen[0]) } }
    var client6: TransportAddress { get throws { try Self.endpoint(self.ready.listen[1]) } }
    var agents: TransportAddress { get throws { try Self.endpoint(self.ready.agents) } }

    /// The labels and counts of the connections that have ended, once one has. Polls: a metric has no event.
    func connectionsCounted() async throws -> [String] {
        let family = "connections_total"
        while true {
            let counted = try await self.metrics().filter { $0.hasPrefix(family) }
            if !counted.isEmpty { return counted.map { String($0.dropFirst(family.count)) } }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until so many clients' connections were accepted.
    func awaitAccepted(_ count: Int) async throws {
        while try await !self.metrics().contains("connections_accepted_total \(count)") {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What the metrics say now: a line for each that has a value.
    func metrics() async throws -> [String] {
        let prefix = "shakedown_edge_"
        return try await self.metricsText().split(separator: "\n").filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    /// The whole answer to who asks for the metrics, without its head; empty when there was none.
    func metricsText() async throws -> String {
        let client = try await self.connectToMetrics()
        try await client.send(Array("GET /metrics HTTP/1.0\r\n\r\n".utf8))
        let answer = try await client.end().text
        guard let head = answer.firstRange(of: "\r\n\r\n") else { return "" }
        return String(answer[head.upperBound...])
    }

    /// A connection to where the metrics are, on which nothing has been said.
    func connectToMetrics() async throws -> TestClient {
        try await TestClient.connect(to: try Self.endpoint(self.ready.metrics ?? ""))
    }

    /// The API, with the key of ``token``'s account.
    var api: HTTPClient {
        get throws {
            let address = try Self.endpoint(self.ready.api ?? "")
            return HTTPClient(
                port: Int(address.port),
                headers: ["Ngrok-Version": "2", "Authorization": "Bearer \(Self.apiKey)"]
            )
        }
    }

    /// What SIGHUP does, where the file says the same as before or what `edit` makes of it.
    func reload(_ edit: (String) -> String = { $0 }) {
        self.edge.reload {
            try EdgeConfiguration.read(edit(self.text), name: "edge.yaml", folder: self.folder.path)
        }
    }

    /// Tells the edge to stop in order, while the test goes on.
    func stop() async { await self.services.triggerGracefulShutdown() }

    /// Puts another certificate and its key in the place of one that the configuration names.
    func replace(_ name: String, with issued: TestAuthority.Issued) throws {
        try Self.write(issued, as: name, in: self.folder)
    }

    private static func write(_ issued: TestAuthority.Issued, as name: String, in folder: URL) throws {
        for (text, suffix) in [(issued.certificatePEM, "pem"), (issued.keyPEM, "key")] {
            try Data(text.utf8).write(to: folder.appending(path: "\(name).\(suffix)"))
        }
    }

    private static func endpoint(_ text: String) throws -> TransportAddress {
        guard let endpoint = TransportAddress(text) else { throw ChannelError.unknownLocalAddress }
        return endpoint
    }

    /// Runs the body against an edge, and returns its connections once it has stopped, in the order in which they came. Their events
    /// are in the order of their ends, of which a client knows only its own.
    @discardableResult
    static func run(
        // A busy machine must not make an ordinary hello late.
        configuration extra: String = "deadlines: { hello: 60s }",
        agents: String = "",
        api: String = Self.usualAPI,
        listening addresses: [String] = ["127.0.0.1:0", "[::1]:0"],
        log: LineRecorder = LineRecorder(),
        issuer: ((ChallengeAnswers) -> any CertificateIssuer)? = nil,
        _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        try await withTemporaryFolder {
            try await Self.run(
                in: $0,
                configuration: extra,
                agents: agents,
                api: api,
                listening: addresses,
                log: log,
                issuer: issuer,
                body
            )
        }
    }

    /// In a folder that stays, for an edge that starts a second time.
    @discardableResult
    static func run(
        in folder: URL,
        configuration extra: String,
        agents: String = "",
        api: String = Self.usualAPI,
        listening addresses: [String] = ["127.0.0.1:0"],
        log: LineRecorder = LineRecorder(),
        issuer: ((ChallengeAnswers) -> any CertificateIssuer)? = nil,
        _ body: (TestEdge) async throws -> Void
    ) async throws -> [ConnectionRecord] {
        let authority = try TestAuthority(name: "servers")
        for (name, names) in [
            ("agents", ["localhost"]), ("wild", ["*.shakedown.test"]), ("named", ["*.example.org"]),
        ] {
            try Self.write(try authority.issue(names), as: name, in: folder)
        }
        let text = """
            version: 1
            listen: \(addresses)
            agents: { listen: "127.0.0.1:0", certificate: agents.pem, key: agents.key, \(agents) }
            accounts:
              - id: ac_test
                name: test
                authtokens: [{ token: "\(Self.token)" }, { token: "\(Self.secondToken)" }]
                api-keys: [{ token: "\(Self.apiKey)" }]
                domains: [offline.example.com, "*.example.org"]
              - id: ac_other
                name: other
                authtokens:
                  - { token: "\(Self.otherToken)", acl: ["bind:theirs.example.net", "bind:*.theirs.example.net"] }
                  - { token: "\(Self.narrowToken)", acl: ["bind:theirs.example.net"] }
                domains: [theirs.example.net, "*.theirs.example.net"]
            base-domains: [shakedown.test]
            certificates:
              - { certificate: wild.pem, key: wild.key }
              - { certificate: named.pem, key: named.key, names: named.example.org }
            events: events.jsonl
            metrics: "127.0.0.1:0"
            api: \(api)
            \(extra)
            """
        let configuration = try EdgeConfiguration.read(text, name: "edge.yaml", folder: folder.path)
        let logger = log.logger(.trace)
        let (readies, ready) = AsyncStream.makeStream(of: ListeningAddresses.self)
        let edge = try Edge(configuration, issuer: issuer, logger: logger) { ready.yield($0) }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let services = ServiceGroup(services: [edge], logger: quiet)
        // Around the edge, as in the program: where a test ends the edge, its last events are delivered all the same.
        try await running(edge.events) { _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { ready.finish() }
                    try await services.run()
                }
                for await value in readies {
                    let running = TestEdge(
                        edge: edge,
                        ready: value,
                        authority: authority,
                        folder: folder,
                        text: text,
                        log: log,
                        services: services
                    )
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
        }
        return try ConnectionRecord.read(folder.appending(path: "events.jsonl"))
            .sorted { $0.object.conn.startTs < $1.object.conn.startTs }
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
            let startTs: String
            let endTs: String
        }
        struct Policy: Decodable { let decision: String }
        struct Logs: Decodable { let logs: [[String: String]] }
        let conn: Connection
        let ipPolicy: Policy?
        let trafficPolicy: Logs?
    }
    let eventId: String
    let eventTimestamp: String
    let eventType: String
    let accountId: String
    let object: Object

    /// From its start to its end, in seconds; no test lasts a day.
    var duration: Double {
        func seconds(_ text: String) -> Double {
            let parts = text.dropFirst("2023-11-14T".count).dropLast().split(separator: ":").compactMap { Double($0) }
            return parts.count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : .nan
        }
        let duration = seconds(self.object.conn.endTs) - seconds(self.object.conn.startTs)
        return duration < -43_200 ? duration + 86_400 : duration
    }

    static func read(_ file: URL) throws -> [ConnectionRecord] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(#""event_type":"tcp_connection_closed.v0""#) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try lines.map { try decoder.decode(ConnectionRecord.self, from: Data($0.utf8)) }
    }
}
