import ScenarioModel
import Testing

@testable import Checks

/// What counts as the edge's own preamble decides whether a leak is seen, so each step is tried in each role.
@Suite("What of a client came to an upstream")
struct ContactTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let role: Role
        let proxyProtocol: Int
        let connection: UpstreamConnection
        let reach: Contact.Reach
        var testDescription: String { "\(self.role): \(self.name)" }
    }

    private static let clientsHello: [UInt8] = [22, 3, 1, 0, 200, 1] + (0..<60).map { UInt8($0) }
    private static let edgesHello: [UInt8] = [22, 3, 1, 0, 200, 1] + (100..<160).map { UInt8($0) }

    private static func row(
        _ name: String,
        _ role: Role,
        _ reach: Contact.Reach,
        proxyProtocol: Int = 0,
        _ change: (inout UpstreamConnection) -> Void = { _ in }
    ) -> Row {
        var connection = UpstreamConnection()
        change(&connection)
        return Row(name: name, role: role, proxyProtocol: proxyProtocol, connection: connection, reach: reach)
    }

    private static func receive(_ bytes: [UInt8], _ connection: inout UpstreamConnection) {
        connection.leg.received = ByteString(bytes)
        connection.leg.receivedCount = bytes.count
        connection.leg.firstReadCount = bytes.count
    }

    private static let header = ProxyHeaderObservation.valid(
        version: 1,
        source: nil,
        destination: nil,
        command: "proxy",
        length: 40,
        tlvs: []
    )

    static let rows: [Row] =
        Role.allCases.map { row("nothing came", $0, .dialled) }
        + Role.allCases.map { role in
            row("the header it asks for", role, .preamble, proxyProtocol: 1) {
                $0.proxyHeader = header
                $0.leg.firstReadCount = 40
            }
        }
        // What a stranger wrote, and the edge handed on.
        + Role.allCases.map { role in
            row("a header that nobody asked for", role, .bytes) {
                $0.proxyHeader = header
                $0.leg.firstReadCount = 40
            }
        }
        + Role.allCases.map { role in
            row("application data", role, .data) { $0.applicationReceived = Made.application("shakedown nonce\n") }
        }
        + [
            row("the client's hello", .passthrough, .bytes) { receive(clientsHello, &$0) },
            row("half a record header", .passthrough, .bytes) { receive([22, 3], &$0) },
            row("a first read that waits", .passthrough, .bytes) { $0.leg.firstReadCount = 3 },
            row("a first read that waits", .edge, .bytes) { $0.leg.firstReadCount = 3 },
            row("anything at all", .edge, .data) { receive([0x0a], &$0) },
            row("the client's hello", .agent, .data) { receive(clientsHello, &$0) },
            row("a hello of the edge's own", .reEncrypt, .preamble) { receive(edgesHello, &$0) },
            row("a hello behind the header", .reEncrypt, .preamble, proxyProtocol: 2) {
                $0.proxyHeader = header
                receive(edgesHello, &$0)
            },
            row("the client's hello", .reEncrypt, .bytes) { receive(clientsHello, &$0) },
            row("the client's hello", .agentReEncrypt, .bytes) { receive(clientsHello, &$0) },
            row("data in clear", .reEncrypt, .data) { receive(Array("shakedown nonce\n".utf8), &$0) },
            row("data in clear", .agentReEncrypt, .data) { receive(Array("shakedown nonce\n".utf8), &$0) },
        ]

    @Test("is told from the edge's own words", arguments: Self.rows)
    func reach(row: Row) {
        var client = ClientObservation()
        client.leg.sent = ByteString(Self.clientsHello)
        let plan = EndpointPlan(
            key: "tenant",
            domain: "tenant.shakedown.test",
            role: row.role,
            proxyProtocol: row.proxyProtocol
        )
        #expect(Contact(row.connection, on: "tenant", plan: plan, clients: [client]).reach == row.reach)
    }

    @Test("the decoy has no preamble of its own")
    func decoy() {
        var connection = UpstreamConnection()
        #expect(Contact(connection, on: "decoy", plan: nil, clients: []).reach == .dialled)
        Self.receive(Self.edgesHello, &connection)
        #expect(Contact(connection, on: "decoy", plan: nil, clients: []).reach == .bytes)
    }

    @Test("connections of one kind are told together")
    func words() {
        func contact(_ endpoint: String, _ count: Int) -> Contact {
            var connection = UpstreamConnection()
            connection.leg.receivedCount = count
            return Contact(connection, on: endpoint, plan: nil, clients: [])
        }
        #expect(Contact.words([]) == "no upstream was dialled")
        #expect(Contact.words([contact("tenant", 0)]) == "a connection on tenant with no byte")
        #expect(
            Contact.words([contact("tenant", 1), contact("tenant", 0), contact("tenant", 1)])
                == "2 connections on tenant with bytes of the client, a connection on tenant with no byte"
        )
    }
}
