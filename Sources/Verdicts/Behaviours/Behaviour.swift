package import ScenarioModel

/// A habit of an edge that shows in many cases, and that its makers stand by: declared once, it stands for a waiver of each.
///
/// It explains a failure only where everything that failed is what the habit does, and, but for a default route, never a
/// broken invariant or a connection that was held open.
package enum Behaviour: String, CaseIterable, Codable, Hashable, Sendable {
    /// It dials the upstream before it knows whether the client is let in, and says nothing there.
    case dialsEarly = "dials-early"
    /// It takes the end of one direction for the end of both.
    case noHalfClose = "no-half-close"
    /// It resets the connection of a client that it refuses, and with it goes whatever alert it had sent.
    case refusesByReset = "refuses-by-reset"
    /// Who names no endpoint that it serves is sent to a default one, which is the decoy and nobody else's.
    case defaultRoute = "default-route"
    /// It goes on with the handshake of who names no endpoint that it serves, with a default certificate, and hands nothing on.
    case defaultCertificate = "default-certificate"

    /// The endpoint that belongs to no case, as observations call it.
    package static let decoy = "decoy"

    /// Whether this habit is all that was wrong.
    package func explains(_ verdict: Verdict, of testCase: Case, _ observation: Observation) -> Bool {
        let failed = Set(verdict.failedChecks.map(\.check))
        guard !failed.isEmpty, failed.isSubset(of: self.checks), let client = observation.clients.last else {
            return false
        }
        if self == .defaultRoute { return Self.isOnDefaultRoute(verdict, testCase, observation) }
        guard verdict.brokenInvariant == nil, verdict.outcome != .hang else { return false }
        switch self {
        case .dialsEarly:
            return observation.upstreams.flatMap(\.connections).allSatisfy { connection in
                connection.leg.receivedCount == 0 && connection.leg.firstReadCount == 0
                    && connection.proxyHeader == .absent
            }
        case .noHalfClose:
            // Where the upstream ends first, the client's bytes may be lost; that they came elsewhere is another matter.
            guard failed.contains("route") else {
                return [.clientHalfClose, .upstreamHalfClose, .clientCloses].contains(testCase.exchange)
            }
            let dialled = observation.upstreams.filter { !$0.connections.isEmpty }.map(\.endpoint)
            let routes = testCase.expectation.strict.map(\.route)
            return testCase.exchange == .upstreamHalfClose && dialled.count == 1
                && routes.allSatisfy { $0 == .endpoint(dialled[0]) }
        case .refusesByReset:
            let isRefusal = testCase.expectation.strict.allSatisfy { $0.handshake == .refused }
            return isRefusal && client.leg.ending == .reset && client.applicationReceived.count == 0
        case .defaultRoute:
            return true
        case .defaultCertificate:
            return Self.isOnDefaultCertificate(testCase, observation)
        }
    }

    /// Nobody but the decoy got bytes of a client who had to be refused. Held open is who waits there for an answer.
    private static func isOnDefaultRoute(_ verdict: Verdict, _ testCase: Case, _ observation: Observation) -> Bool {
        let reached = observation.upstreams.filter { upstream in
            upstream.connections.contains { $0.leg.firstReadCount > 0 || $0.leg.receivedCount > 0 }
        }
        let allowed: [Invariant?] = [nil, .anyContacted, .otherContacted]
        return allowed.contains(verdict.brokenInvariant) && reached.allSatisfy { $0.endpoint == Self.decoy }
            && testCase.expectation.strict.allSatisfy { $0.handshake == .refused && $0.route == Expectation.Route.none }
    }

    /// No upstream got a byte of a client who had to be refused for his name: whoever accepts a hello that is wrong in another way
    /// does so with any certificate.
    private static func isOnDefaultCertificate(_ testCase: Case, _ observation: Observation) -> Bool {
        let isRefusedForTheName =
            testCase.expectation.strict.allSatisfy { expected in
                expected.handshake == .refused && expected.route == Expectation.Route.none
            } && testCase.expectation.alternatives.contains { $0.alerts.contains("unrecognized_name") }
        let isNobodyReached = observation.upstreams.flatMap(\.connections).allSatisfy { connection in
            connection.leg.firstReadCount == 0 && connection.leg.receivedCount == 0
        }
        return isRefusedForTheName && isNobodyReached
    }

    /// The checks that it can make fail.
    private var checks: Set<String> {
        switch self {
        case .dialsEarly: ["dialled"]
        case .noHalfClose: ["route", "handshake", "exchange", "bytes", "ending"]
        case .refusesByReset: ["ending", "alert"]
        case .defaultCertificate: ["handshake", "alert", "ending"]
        case .defaultRoute:
            [
                "never any-contacted", "never other-contacted", "route", "dialled", "handshake", "alert", "ending",
                "within",
            ]
        }
    }
}
