import Clients
import ScenarioModel
import Targets
import Upstreams

/// One case, from its client's first byte to the last thing that can be known of it.
struct CaseRun: Sendable {
    let testCase: Case
    let stage: Stage
    let seed: Seed

    /// How long after the client's end the upstream's leg may take to end as well.
    private static let settling = Duration.seconds(3)
    /// How long a misrouted connection may take to show up at an upstream before the case is judged provisionally; what
    /// comes later is found when the case is confirmed.
    private static let lateness = Duration.milliseconds(50)
    /// How long an event may take from the end of its connection, and how often it is looked for.
    private static let eventPatience = (limit: Duration.seconds(3), pause: Duration.milliseconds(25))

    /// - Throws: trouble of the harness itself, such as a plan that its engine cannot play.
    func run() async throws -> Observation {
        let start = ContinuousClock.now
        let deadline = self.deadline
        let endpoints = self.testCase.endpoints.map { UpstreamFleet.Endpoint.id(of: $0.key, in: self.testCase) }
        let earlier = self.connectionCounts
        self.stage.upstreams.beginCase(endpoints, at: start, deadline: deadline)

        let trouble = ErrorBox()
        let environment = ClientEnvironment(
            edgeAddress: self.stage.target.address(for: self.testCase.client.source),
            credential: try self.testCase.client.certificate.map(self.stage.materials.credential),
            nonce: self.seed.nonce(for: self.testCase.id),
            seed: self.seed.derived(for: self.testCase.id),
            exchange: self.testCase.exchange,
            deadline: deadline,
            caseStart: start,
            eventLoopGroup: self.stage.group,
            interrupt: {
                do { try await self.interruptAgent() } catch { trouble.set(error) }
            }
        )
        let clients = try await CaseClient().runAll(self.testCase.client, in: environment)
        if let error = trouble.value { throw error }

        if self.testCase.expectsNoRoute {
            try await Task.sleep(for: Self.lateness)
        } else if await !self.stage.upstreams.waitUntilIdle(endpoints, timeout: Self.settling) {
            await self.stage.upstreams.abandon(endpoints)
        }
        var upstreams = self.stage.upstreamObservations(of: self.testCase, after: earlier)
        upstreams.append(self.stage.decoyObservation(of: clients, nonce: environment.nonce))
        return Observation(
            clients: clients,
            upstreams: upstreams,
            events: try await self.events()
        )
    }

    private var connectionCounts: [String: Int] {
        self.stage.upstreamObservations(of: self.testCase, after: [:])
            .reduce(into: [:]) { $0[$1.endpoint] = $1.connections.count }
    }

    /// How long the whole case may take: what its exchange needs on a busy machine, beyond the limits it waits for.
    private var deadline: Duration {
        let limits = self.stage.definition.deadlines
        var seconds: Double
        switch self.testCase.exchange {
        case .transfer: seconds = 120
        case .agentKilled, .agentRestarted: seconds = 40
        case .idle: seconds = (limits[.idle] ?? 30) + 10
        case .wait: seconds = (limits.values.filter { $0 < 30 }.max() ?? 5) + 8
        // A control is asked for often, and a target that does not answer it soon does not answer.
        default: seconds = self.testCase.scenario == Controls.scenario ? 6 : 12
        }
        seconds += Double(self.testCase.client.delivery.gapMilliseconds) * 2
        return .seconds(seconds)
    }

    /// Kills the case's own agent, and starts it again where the exchange says so.
    private func interruptAgent() async throws {
        guard let endpoint = self.testCase.endpoints.first(where: \.hasOwnAgent) else {
            throw RunError("the exchange of \(self.testCase.id) needs an endpoint with an agent of its own")
        }
        try await self.stage.target.killAgent(ofEndpointDomain: endpoint.domain)
        if self.testCase.exchange == .agentRestarted {
            do {
                try await self.stage.target.startAgent(ofEndpointDomain: endpoint.domain)
            } catch {
                throw TargetFailure(description: "the agent cannot come back after it was killed: \(error)")
            }
        }
    }

    /// The events of the case's names, once there are as many as expected, or when it is too late for one.
    private func events() async throws -> [ConnectionEvent]? {
        guard self.stage.definition.hasEvents, self.testCase.expectsEvents else { return nil }
        var names = Set(self.testCase.endpoints.map(\.domain))
        if let name = self.testCase.client.serverName { names.insert(name.lowercased()) }
        let limit = ContinuousClock.now + Self.eventPatience.limit
        while true {
            var events: [ConnectionEvent] = []
            for name in names.sorted() {
                events += try await self.stage.target.events(forServerName: name) ?? []
            }
            if !events.isEmpty || ContinuousClock.now >= limit { return events }
            try await Task.sleep(for: Self.eventPatience.pause)
        }
    }
}

extension Stage {
    /// What the case's upstreams have seen, without the connections that were there before: a control runs many times.
    func upstreamObservations(of testCase: Case, after earlier: [String: Int]) -> [UpstreamObservation] {
        testCase.endpoints.map { endpoint in
            let id = UpstreamFleet.Endpoint.id(of: endpoint.key, in: testCase)
            let connections = self.upstreams.observation(for: id).connections
            return UpstreamObservation(
                endpoint: endpoint.key,
                connections: Array(connections.dropFirst(earlier[endpoint.key] ?? 0))
            )
        }
    }

    /// What the decoy's upstream got from these clients. All cases share it, so a connection is put down to the client
    /// whose bytes it carried: those it sent, or the nonce that was inside its TLS.
    func decoyObservation(of clients: [ClientObservation], nonce: String) -> UpstreamObservation {
        let connections = self.decoyConnections.filter { connection in
            let received = connection.leg.received.bytes
            let carried = clients.contains { client in
                let sent = client.leg.sent.bytes
                return !received.isEmpty && !sent.isEmpty && zip(received, sent).prefix(Self.decoyPrefix).allSatisfy(==)
            }
            return carried || connection.applicationReceived.excerpt.bytes.contains(sequence: Array(nonce.utf8))
        }
        return UpstreamObservation(endpoint: Controls.decoyKey, connections: connections)
    }

    var decoyConnections: [UpstreamConnection] {
        self.upstreams.observation(for: "decoy/\(Controls.decoyKey)").connections
    }

    /// A ClientHello's random ends before byte 43 (RFC 9846 section 4.2.2, behind two headers), so two hellos differ by here.
    private static let decoyPrefix = 64

    /// The upstreams as they are by now, when one has seen a connection since the case was observed, or the first bytes on
    /// one that was there.
    func lateContacts(of testCase: Case, since observation: Observation) -> [UpstreamObservation]? {
        let then = observation.upstreams.filter { $0.endpoint != Controls.decoyKey }
        let now = self.upstreamObservations(of: testCase, after: [:])
        let grown = zip(now, then).contains { $0.amounts != $1.amounts }
        return grown ? now + observation.upstreams.filter { $0.endpoint == Controls.decoyKey } : nil
    }
}

extension UpstreamObservation {
    /// How many connections there are, how many of them carried bytes, and how many application data.
    fileprivate var amounts: [Int] {
        [
            self.connections.count, self.connections.count { $0.leg.receivedCount > 0 },
            self.connections.count { $0.applicationReceived.count > 0 },
        ]
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard self.count >= sequence.count else { return false }
        return (0...(self.count - sequence.count)).contains { self[$0...].starts(with: sequence) }
    }
}
