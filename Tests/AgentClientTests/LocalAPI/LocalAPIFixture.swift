import Addresses
import AgentAPI
import AgentClient
import Foundation
import HTTPTesting
import JSONText
import Logging
import NIOCore
import NIOHTTP1

/// An agent with its local API, beside a fake edge, for as long as a test's body runs.
struct LocalAPIFixture {
    let running: RunningAgent
    let client: HTTPClient

    static func run(
        hosts: [String] = [],
        _ tunnels: [TunnelSettings],
        body: (LocalAPIFixture) async throws -> Void
    ) async throws {
        let hosts = try AllowedHosts(hosts)
        try await RunningAgent.with { _, _ in
            tunnels
        } body: { running in
            let (addresses, listening) = AsyncStream<String>.makeStream()
            let server = Self.server(0, of: running, hosts: hosts) { address in
                listening.yield(address)
                listening.finish()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var port: UInt16?
                for await address in addresses { port = HostAndPort(address)?.port }
                guard let port else { throw ChannelError.eof }
                try await body(
                    LocalAPIFixture(running: running, client: HTTPClient(port: Int(port), headers: [:]))
                )
                group.cancelAll()
            }
        }
    }

    static func server(
        _ port: UInt16,
        of running: RunningAgent,
        hosts: AllowedHosts = AllowedHosts(),
        onListening: @escaping @Sendable (String) async -> Void = { _ in }
    ) -> LocalAPI {
        LocalAPI(
            at: HostAndPort(host: "127.0.0.1", port: port),
            hosts: hosts,
            control: running.control,
            facts: AgentFacts(
                server: "edge.example.com:4443",
                startedAt: Date(timeIntervalSince1970: 1_800_000_000),
                options: [("metadata", "<b>bold</b>")],
                handshakeTimeout: .seconds(60)
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: onListening
        )
    }

    /// The names of what is listed.
    func names(_ list: String = "tunnels") async throws -> [String] {
        let answer = try await self.client.send(.GET, "/api/\(list)")
        return (answer.json?[list]?.elements ?? []).compactMap { $0["name"]?.text }
    }

    /// The numbers of a tunnel's connections.
    func connections(_ name: String = "web") async throws -> JSONValue? {
        try await self.client.send(.GET, "/api/tunnels/\(name)").json?["metrics"]?["conns"]
    }
}

extension HTTPClient.Answer {
    /// Of the agent's own errors, which are numbers.
    var number: Int64? { self.json?["error_code"]?.integer }
    var cause: String { self.json?["details"]?["err"]?.text ?? "" }
}
