import Legs
import NIOCore
package import ScenarioModel

extension UpstreamFleet {
    /// One time that a case is played, as the upstreams know it. A case that is played again is another visit.
    package struct Visit: Hashable, Sendable {
        let number: Int
        package let testCase: String
        /// The ids of the case's own endpoints.
        package let endpoints: [String]
        package let start: ContinuousClock.Instant
    }

    /// A connection of a visit's clients, and where it arrived.
    package struct Contact: Sendable {
        /// The endpoint's id.
        package var endpoint: String
        package var plan: EndpointPlan
        package var connection: UpstreamConnection
    }

    /// What of a contact changes when there is more to see.
    package struct Outline: Hashable, Sendable {
        package var endpoint: String
        package var hasBytes: Bool
        package var hasApplicationData: Bool
    }
}

extension UpstreamFleet {
    /// Says what the client sends first, before it does.
    package func announce(firstFlight: [UInt8], of visit: Visit) {
        self.ledger.announce(firstFlight: firstFlight, of: visit)
    }

    /// Says what a case opens with that is no ClientHello. Say all of a run before the first case begins.
    package func expect(opening: [UInt8], of testCase: String) {
        self.ledger.expect(opening: opening, of: testCase)
    }

    /// The connections that are put to a visit's account, in the order of the case's endpoints and of their coming; those
    /// that arrived where they should not are last.
    ///
    /// Wherever a connection arrives, it belongs to those whose bytes it carries. One that carries nobody's is put to the
    /// account of the case at whose upstream it came while that case was played, unless another connection is its own.
    ///
    /// - Parameter end: when the case was over; what came later must carry its bytes.
    package func contacts(of visit: Visit, until end: ContinuousClock.Instant = .now) -> [Contact] {
        self.connections(of: visit, until: end).map(\.contact)
    }

    /// Of these contacts what tells whether it is worth asking for them again.
    package func outlines(of visit: Visit, until end: ContinuousClock.Instant) -> [Outline] {
        self.connections(of: visit, until: end).map(\.outline)
    }

    private func connections(of visit: Visit, until end: ContinuousClock.Instant) -> [UpstreamServing] {
        for connection in self.ledger.unrecognised { connection.recognise() }
        var connections: [UpstreamServing] = []
        for slot in self.slots(visit.endpoints) {
            let here = slot.servings
            let isServed = here.contains { $0.visit == visit }
            connections += here.filter { connection in
                if let owner = connection.visit { return owner == visit }
                return connection.acceptedAt >= visit.start && connection.acceptedAt <= end
                    && (!isServed || connection.leg.receivedBeginning.isEmpty)
            }
        }
        connections += self.ledger.connections(of: visit).filter { !visit.endpoints.contains($0.endpointID) }
        for connection in connections { connection.claim() }
        return connections
    }

    /// Waits until no connection at the case's own upstreams is open that is its own, or may be. Returns whether that came to pass in time.
    package func waitUntilIdle(_ visit: Visit, timeout: Duration) async -> Bool {
        let limit = ContinuousClock.now + timeout
        for slot in self.slots(visit.endpoints) {
            guard await slot.waitUntilIdle(of: visit, before: limit, on: self.group.next()) else { return false }
        }
        return true
    }

    /// Ends the connections at the case's own upstreams that are still open and nobody else's, as if their deadline had
    /// come, and waits for their records.
    package func abandon(_ visit: Visit) async {
        let open = self.slots(visit.endpoints).flatMap(\.servings).filter { connection in
            !connection.hasEnded && (connection.visit.map { $0 == visit } ?? true)
        }
        for connection in open { connection.leg.expire() }
        for connection in open { await connection.waitUntilEnded() }
    }

    /// Nothing more will be asked of the visit: what its connections recorded is let go.
    package func forget(_ visit: Visit) {
        for slot in self.slots(visit.endpoints) { slot.forgetEnded { $0.visit == visit || $0.isClaimed } }
        for connection in self.ledger.connections(of: visit) where !visit.endpoints.contains(connection.endpointID) {
            connection.slot.forgetEnded { $0 === connection }
        }
        self.ledger.forget(visit)
    }

    /// Connections with bytes that were put to nobody's account, by the domain of the endpoint where they arrived.
    package var strays: [String: Int] {
        var strays: [String: Int] = [:]
        for slot in self.allSlots {
            let count = slot.servings.count(where: \.isStray)
            if count > 0 { strays[slot.endpoint.plan.domain] = count }
        }
        return strays
    }
}
