import Addresses
import EdgeCore
import EdgeEvents
import Logging
import NIOCore
import Relaying
import TrafficPolicy

/// What is known of one client's connection, from accept to close. It lives on the connection's event loop.
final class ClientConnection {
    let id: String
    /// Who is served: the TCP peer, or who a trusted PROXY header says it is.
    var client: TransportAddress
    /// The edge's address and port as the client saw them.
    var server: TransportAddress
    let acceptedAt: Timestamp
    let acceptedAtTick: NIODeadline
    var endpoint: EndpointConfiguration?
    /// In lower case, as names are compared.
    var serverName: String?
    /// As the client spelled it.
    var serverNameAsSent: String?
    /// What the restrictions of an endpoint itself have said.
    var decision: IPPolicyDecision?
    /// Through the policies of its endpoint and those that it was forwarded to, in order.
    var passages: [PolicyPassage] = []
    /// Where a policy has forwarded it to.
    var forwardedTo: EndpointConfiguration?
    /// What it is counted as among the others.
    var place = ClientAdmission.Place()
    /// How it went, where it did not come to a relay.
    var outcome = Outcome.open
    /// What carries the connection once the client may come in.
    var relay: Relay?
    /// Application-stream bytes from the client.
    var bytesIn: Int64 { self.relay?.byteCount(from: .client) ?? 0 }
    /// Application-stream bytes to the client.
    var bytesOut: Int64 { self.relay?.byteCount(from: .upstream) ?? 0 }
    /// How it went, once it has closed.
    var finalOutcome: Outcome { self.relay?.outcome.map { Outcome($0) } ?? self.outcome }

    init(client: TransportAddress, server: TransportAddress, acceptedAt: Timestamp, tick: NIODeadline) {
        self.id = RandomText.identifier(prefix: "conn")
        self.client = client
        self.server = server
        self.acceptedAt = acceptedAt
        self.acceptedAtTick = tick
    }

    /// What everybody who was asked has said together: whom one keeps away is kept away.
    private var finalDecision: IPPolicyDecision? {
        let decisions = [self.decision] + self.passages.map(\.decision)
        return decisions.contains(.block) ? .block : decisions.contains(.allow) ? .allow : nil
    }

    /// How a connection went, as the metric's `outcome` and `reason` and the log say it.
    enum Outcome {
        case open
        case refused(Refusal)
        case denied
        case refusedByPolicy(PolicyRefusal)
        case handshakeFailed(reason: String)
        case handshakeTimedOut
        /// Of a CA, which has seen that the name leads here.
        case answeredChallenge
        /// The agent did not take the stream.
        case agentFailed
        case relayed
        /// One side ended without saying that it was all.
        case truncated
        case idle
        case reset

        var label: String {
            switch self {
            case .open: "abandoned"
            case .refused: "refused"
            case .denied, .refusedByPolicy: "refused"
            case .handshakeFailed, .handshakeTimedOut: "handshake_failed"
            case .answeredChallenge: "answered"
            case .agentFailed: "agent_failed"
            case .relayed, .truncated, .idle, .reset: "served"
            }
        }

        var reason: String {
            switch self {
            case .open: "client_left"
            case .refused(let refusal): refusal.reason.label
            case .denied: Refusal.Reason.ipDenied.label
            case .refusedByPolicy(let refusal): refusal.label
            case .handshakeFailed(let reason): reason
            case .handshakeTimedOut: "handshake_timeout"
            case .answeredChallenge: "acme_challenge"
            case .agentFailed: "agent_failed"
            case .relayed: "closed"
            case .truncated: "truncated"
            case .idle: "idle"
            case .reset: "reset"
            }
        }

        init(_ relayed: RelayStateMachine.Outcome) {
            self =
                switch relayed {
                case .neverBegan(because: .client): .open
                case .neverBegan(because: .upstream), .failed(.upstream, _, after: .nothing): .agentFailed
                case .failed(.upstream, _, after: .some), .failed(.client, .reset, after: _): .reset
                // The agent's failure is not the client's, who had its answer and the end of it.
                case .ended, .failed(.upstream, _, after: .everything), .failed(.client, .lost, after: _): .relayed
                case .truncated: .truncated
                case .gaveUp: .idle
                }
        }
    }

    /// `nil` for a connection that found no endpoint.
    func closedEvent(at now: NIODeadline) -> EdgeEvent? {
        guard let endpoint = self.endpoint else { return nil }
        let end = self.acceptedAt.advanced(byNanoseconds: (now - self.acceptedAtTick).nanoseconds)
        return EdgeEvent(
            connectionClosed: ConnectionClosedEvent(
                id: RandomText.identifier(prefix: "ev"),
                accountID: endpoint.accountID,
                bytesIn: self.bytesIn,
                bytesOut: self.bytesOut,
                clientAddress: self.client.ip.description,
                start: self.acceptedAt,
                end: end,
                serverAddress: self.server.ip.description,
                serverPort: Int(self.server.port),
                serverName: self.serverName ?? endpoint.name.text,
                ipPolicyDecision: self.finalDecision
            ),
            policyLogs: self.passages.flatMap(\.logs)
        )
    }

    var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "connection.id": "\(self.id)",
            "client.address": "\(self.client)",
            "server.address": "\(self.server)",
            "connection.outcome": "\(self.finalOutcome.label)",
            "connection.reason": "\(self.finalOutcome.reason)",
            "connection.bytes_in": "\(self.bytesIn)",
            "connection.bytes_out": "\(self.bytesOut)",
        ]
        if let endpoint = self.endpoint { metadata["endpoint.name"] = "\(endpoint.name)" }
        if let forwardedTo = self.forwardedTo { metadata["endpoint.forwarded_to"] = "\(forwardedTo.url)" }
        let failures = self.passages.flatMap(\.failures)
        if !failures.isEmpty {
            metadata["policy.failures"] = .array(failures.map { "\($0.place): \($0.error)" })
        }
        if let serverName = self.serverName { metadata["tls.sni"] = "\(serverName)" }
        if case .refused(let refusal) = self.outcome {
            metadata["refusal.detail"] = refusal.detail.map { "\($0)" }
            metadata["refusal.alert"] = refusal.alert.map { "\($0)" }
            metadata["error.code"] = refusal.reason.errorCode.map { "\($0)" }
        }
        return metadata
    }
}
