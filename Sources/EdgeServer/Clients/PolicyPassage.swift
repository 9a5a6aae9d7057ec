import EdgeCore
import JSONText
import TrafficPolicy

/// A connection's way through the traffic policy of one endpoint: its own, or one that it is forwarded to.
final class PolicyPassage {
    /// Endpoints that a connection may come to, one forwarding to the next. Policies may forward in a circle, and nobody has thought of
    /// so many in a row.
    static let maximumCount = 8

    let found: FoundEndpoint<AgentSession>
    private var run: PolicyRun
    private var closing: PolicyClosing?

    init(
        _ found: FoundEndpoint<AgentSession>,
        _ policy: EndpointPolicy,
        of connection: ClientConnection,
        termination: TerminationVariables?,
        edge: EdgeState
    ) {
        self.found = found
        let endpoint = found.configuration
        self.run = PolicyRun(
            policy.document,
            connection: ConnectionVariables(
                client: connection.client,
                server: connection.server,
                region: "",
                start: Instant(connection.acceptedAt),
                now: Instant(.now),
                serverName: connection.serverName ?? "",
                ja4: nil,
                endpoint: EndpointVariables(
                    id: endpoint.details.resourceID,
                    host: endpoint.name.text,
                    port: endpoint.port
                )
            ),
            termination: termination,
            policies: { edge.rules(ofIPPolicy: $0, accountID: endpoint.accountID) }
        )
    }

    func next() -> PolicyDecision { self.noting(self.run.next()) }
    func terminated(_ termination: TerminationVariables) -> PolicyDecision {
        self.noting(self.run.terminated(termination))
    }
    func forwardingFailed() -> PolicyDecision { self.noting(self.run.forwardingFailed()) }

    private func noting(_ decision: PolicyDecision) -> PolicyDecision {
        if case .close(let closing) = decision { self.closing = closing }
        return decision
    }

    /// What `log` actions have written down.
    var logs: [JSONValue] { self.run.logs }
    var failures: [PolicyFailure] { self.run.failures }

    /// What `restrict-ips` has decided; `nil` where it has not, or only said what it would.
    var decision: IPPolicyDecision? {
        if self.closing == .restrictIPs { return .block }
        return self.run.restriction?.isAllowed == true ? .allow : nil
    }
}

/// How a policy has ended a connection, as the metric's `reason` and the log say it. Whom `restrict-ips` keeps away is denied like those
/// whom the endpoint's own restrictions do.
package enum PolicyRefusal: Int, CaseIterable {
    case denied
    case closed
    case forwardingFailed
    case failed

    package var label: String {
        switch self {
        case .denied: "policy_deny"
        case .closed: "policy_close"
        case .forwardingFailed: "policy_forward_failed"
        case .failed: "policy_failed"
        }
    }
}

extension ClientConnection.Outcome {
    init(_ closing: PolicyClosing) {
        self =
            switch closing {
            case .deny: .refusedByPolicy(.denied)
            case .closeConnection: .refusedByPolicy(.closed)
            case .restrictIPs: .denied
            case .forwardInternal: .refusedByPolicy(.forwardingFailed)
            case .failure: .refusedByPolicy(.failed)
            }
    }
}

extension Instant {
    /// Of a clock that is set to a year that calendars have.
    fileprivate init(_ timestamp: Timestamp) {
        self =
            Instant(secondsSinceEpoch: timestamp.secondsSinceEpoch, nanoseconds: timestamp.nanoseconds) ?? .epoch
    }
}
