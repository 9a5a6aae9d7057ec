import ScenarioModel

/// What each connection of a play saw, told apart: one client, and what reached the upstreams of it.
struct Scenes {
    private let testCase: Case
    private let observation: Observation
    /// Whose each upstream connection is, by upstream and place.
    private let owners: [[Int?]]

    init(_ testCase: Case, _ observation: Observation) {
        self.testCase = testCase
        self.observation = observation
        let marks = observation.clients.map { client in
            Set(
                [
                    ConnectionMark.random(onWire: client.leg.sent.bytes),
                    .nonce(inside: client.applicationSent.excerpt.bytes),
                ].compactMap(\.self)
            )
        }
        self.owners = observation.upstreams.map { upstream in
            upstream.connections.map { Self.owner(of: $0, marks, observation.clients) }
        }
    }

    /// Its marks tell; where it has none, the client that had come last when it was dialled.
    private static func owner(
        of connection: UpstreamConnection,
        _ marks: [Set<ConnectionMark>],
        _ clients: [ClientObservation]
    ) -> Int? {
        let wire = connection.leg.received.bytes
        let seen = [
            ConnectionMark.random(onWire: wire), .nonce(inside: connection.applicationReceived.excerpt.bytes),
            .nonce(inside: wire),
        ].compactMap(\.self)
        if let owner = marks.firstIndex(where: { own in seen.contains { own.contains($0) } }) { return owner }
        let accepted = connection.leg.timeline.first?.at ?? 0
        let earlier = clients.indices.filter { (clients[$0].leg.timeline.first?.at ?? 0) <= accepted }
        return earlier.max { clients[$0].leg.timeline.first?.at ?? 0 < clients[$1].leg.timeline.first?.at ?? 0 }
            ?? clients.indices.first
    }

    /// What was seen of one client. Its events are those of its name, which no other client of the play has.
    func scene(of client: Int) -> Observation {
        var scene = Observation(clients: [self.observation.clients[client]], upstreams: self.observation.upstreams)
        for (place, upstream) in self.observation.upstreams.enumerated() {
            let own = zip(upstream.connections, self.owners[place]).filter { $0.1 == client }
            scene.upstreams[place].connections = own.map(\.0)
        }
        return scene
    }

    /// Whether an upstream's connection was still open when the play was over.
    func holdsUpstreamOpen(_ client: Int) -> Bool {
        self.scene(of: client).upstreams.flatMap(\.connections).contains { $0.leg.ending == .stillOpen }
    }

    /// The events about a server name; `nil` where the target writes none.
    func events(of serverName: String?) -> [ConnectionEvent]? {
        self.observation.events?.filter { $0.serverName.lowercased() == serverName?.lowercased() }
    }
}
