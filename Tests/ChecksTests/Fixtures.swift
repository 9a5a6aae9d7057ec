import Addresses
import ScenarioModel

@testable import Checks

/// Observations made by hand: a case in which everything went well, for tests to break one thing of.
enum Made {
    static let certificates: [String: ByteString] = [
        "edge-server": ByteString([1]), "agent-server": ByteString([2]), "upstream-server": ByteString([3]),
        "special": ByteString([4]),
    ]
    static let client = TransportAddress(ip: .loopback, port: 40_000)
    static let edge = TransportAddress(ip: .loopback, port: 8443)

    static let judge = Judge(
        context: JudgeContext(
            deadlines: [.hello: 3, .handshake: 4],
            certificates: ServerCertificates(Self.certificates),
            edgeAddresses: [Self.edge],
            hasEvents: true,
            isTLSOnly: true,
            agentProof: AgentProof(answers: ["tenant-1.shakedown.test": false])
        )
    )

    /// The same for a target that promises the strict answer.
    static let strictJudge = Judge(
        context: JudgeContext(
            deadlines: [.hello: 3, .handshake: 4],
            certificates: ServerCertificates(Self.certificates),
            edgeAddresses: [Self.edge],
            hasEvents: true,
            promisesStrict: true
        )
    )

    static func testCase(
        _ role: Role,
        strict: [Expectation],
        lenient: [Expectation] = [],
        tolerated: [Expectation] = [],
        never: [Invariant] = [],
        engine: ClientPlan.Engine = .openssl,
        exchange: Exchange = .echo
    ) -> Case {
        Case(
            id: "a.b[role=\(role.rawValue)]",
            scenario: "a.b",
            role: role,
            endpoints: [
                EndpointPlan(key: "tenant", domain: "tenant-1.shakedown.test", role: role),
                EndpointPlan(key: "other", domain: "other-1.shakedown.test", role: role),
            ],
            client: ClientPlan(engine: engine, serverName: "tenant-1.shakedown.test"),
            exchange: exchange,
            expectation: GradedExpectation(strict: strict, lenient: lenient, tolerated: tolerated, never: never)
        )
    }

    static func expect(_ change: (inout Expectation) -> Void) -> Expectation {
        var expectation = Expectation()
        change(&expectation)
        return expectation
    }

    /// The first bytes of a ClientHello with this random, and a few more.
    static func hello(random: UInt8 = 9) -> [UInt8] {
        [22, 3, 1, 0, 48, 1, 0, 0, 44, 3, 3] + [UInt8](repeating: random, count: 32) + [0, 0, 2, 19, 1]
    }

    static let hello = Self.hello()

    static func application(_ text: String) -> ApplicationObservation {
        ApplicationObservation(count: text.utf8.count, digest: "sha of \(text)", excerpt: ByteString(text.utf8))
    }

    static func alert(_ name: String, level: UInt8 = 2) -> HandshakeObservation.Alert {
        HandshakeObservation.Alert(level: level, code: 112, name: name)
    }

    /// A client that reached `tenant` in this role, echoed a line and closed in order.
    static func good(_ role: Role) -> Observation {
        var client = ClientObservation()
        client.leg.localAddress = Self.client
        client.leg.remoteAddress = Self.edge
        client.leg.sent = ByteString(Self.hello)
        client.leg.sentCount = Self.hello.count
        client.leg.sentDigest = "up"
        client.leg.received = ByteString([22, 3, 3, 7])
        client.leg.receivedCount = 4
        client.leg.receivedDigest = "down"
        client.leg.ending = .fin
        client.leg.endedAfter = 50
        client.handshake.isCompleted = true
        client.handshake.isAnswered = true
        client.handshake.version = .tls13
        client.handshake.closeNotifyReceived = true
        client.handshake.exporter = ByteString([42])
        client.applicationSent = Self.application("shakedown nonce\n")
        client.applicationReceived = Self.application("shakedown nonce\n")
        client.exchangeCompleted = true
        var connection = UpstreamConnection()
        connection.leg.firstReadCount = 100
        connection.leg.ending = .fin
        connection.applicationSent = Self.application("shakedown nonce\n")
        connection.applicationReceived = Self.application("shakedown nonce\n")
        connection.exchangeCompleted = true
        var handshake = HandshakeObservation()
        handshake.isCompleted = true
        handshake.isAnswered = true
        switch role.terminatingParty {
        case .edge: client.handshake.peerCertificates = [ByteString([1])]
        case .agent: client.handshake.peerCertificates = [ByteString([2])]
        case .upstream:
            client.handshake.peerCertificates = [ByteString([3])]
            connection.leg.received = client.leg.sent
            connection.leg.receivedCount = Self.hello.count
            connection.leg.receivedDigest = "up"
            connection.leg.sent = client.leg.received
            connection.leg.sentCount = 4
            connection.leg.sentDigest = "down"
            handshake.serverName = "tenant-1.shakedown.test"
        }
        handshake.exporter = ByteString(role == .passthrough ? [42] : [43])
        if role.upstreamIsTLS { connection.handshake = handshake }
        var event = ConnectionEvent(
            eventID: "ev_1",
            eventType: "tcp_connection_closed.v0",
            serverName: "tenant-1.shakedown.test",
            clientIP: Self.client.ip.description,
            serverIP: Self.edge.ip.description,
            serverPort: Int(Self.edge.port),
            bytesIn: Self.hello.count,
            bytesOut: 4,
            startTimestamp: "2026-11-23T07:00:00.9Z",
            endTimestamp: "2026-11-23T07:00:01.123456789Z",
            ipPolicyDecision: "allow"
        )
        if role.terminatingParty == .edge { (event.bytesIn, event.bytesOut) = (16, 16) }
        return Observation(
            clients: [client],
            upstreams: [
                UpstreamObservation(endpoint: "tenant", connections: [connection]),
                UpstreamObservation(endpoint: "other"), UpstreamObservation(endpoint: "decoy"),
            ],
            events: [event]
        )
    }

    /// A client that was refused with an alert before any upstream was contacted.
    static func refused(_ alert: String? = "unrecognized_name") -> Observation {
        var observation = Self.good(.edge)
        observation.upstreams[0].connections = []
        var client = ClientObservation()
        client.leg.localAddress = Self.client
        client.leg.remoteAddress = Self.edge
        client.leg.ending = .fin
        client.leg.endedAfter = 20
        if let alert {
            client.leg.received = ByteString([21, 3, 3, 0, 2, 2, 112])
            client.leg.receivedCount = 7
            client.handshake.alertsReceived = [Self.alert(alert)]
        }
        observation.clients = [client]
        observation.events = []
        return observation
    }
}

extension Observation {
    func with(_ change: (inout Observation) -> Void) -> Observation {
        var copy = self
        change(&copy)
        return copy
    }

    mutating func addSecondClient(saying line: String) {
        var client = self.clients[0]
        client.applicationSent = Made.application(line)
        self.clients.append(client)
    }

    var tenantConnection: UpstreamConnection {
        get { self.upstreams[0].connections[0] }
        set { self.upstreams[0].connections[0] = newValue }
    }
}

/// `Testing` has a type of this name too.
typealias Expectation = ScenarioModel.Expectation
