import EdgeControl
import EdgeCore

/// What an account has online, for people to look at. The API answers it as JSON at `/status`.
package struct EdgeStatus: Codable, Hashable, Sendable {
    /// So many of a list are shown: an account may have ten thousand endpoints. The counts are of all.
    package static let rowLimit = 500

    package var account: String
    package var plan: String
    package var at: String
    package var counts: Counts
    package var endpoints: [Endpoint]
    package var tlsEdges: [Edge]
    package var sessions: [Session]
    /// The newest first.
    package var connections: [Connection]

    package struct Counts: Codable, Hashable, Sendable {
        package var endpoints: Int
        package var tlsEdges: Int
        package var sessions: Int
        package var lateSessions: Int
        package var recentConnections: Int
    }

    package struct Endpoint: Codable, Hashable, Sendable {
        /// Of a labelled tunnel its labels.
        package var url: String
        package var kind: Kind
        package var since: String
        /// How many share the name; 1 where pooling is off.
        package var members: Int
        package var termination: String
        package var hasTrafficPolicy: Bool
        /// Of its agent's session, or its TLS edge.
        package var servedBy: String
        package var forwardsTo: String
    }

    package enum Kind: String, Codable, Hashable, Sendable {
        case agent, edge, labelled, `internal`
    }

    package struct Edge: Codable, Hashable, Sendable {
        package var id: String
        package var domains: [String]
        package var modules: [String]
        package var backend: String
        /// How many tunnels that are online its backend may choose from.
        package var tunnels: Int
    }

    package struct Session: Codable, Hashable, Sendable {
        package var id: String
        package var client: String
        package var version: String
        package var os: String
        package var ip: String
        package var since: String
        package var isLate: Bool
    }

    package struct Connection: Codable, Hashable, Sendable {
        package var id: String
        package var at: String
        package var endpoint: String
        package var client: String
        package var milliseconds: Int64
        package var bytesIn: Int64
        package var bytesOut: Int64
        package var outcome: String
        package var reason: String
    }
}

extension EdgeStatus {
    /// Of one account, and of nobody else's.
    init(of account: ControlAccount, on plane: any ControlPlane, at now: Timestamp) {
        let (state, live) = (plane.state, plane.live)
        let endpoints = live.endpoints.filter { $0.accountID == account.id }
        let tunnels = live.tunnels.filter { $0.accountID == account.id && $0.name == nil }
        let sessions = live.sessions.filter { $0.accountID == account.id }
        let edges = state.tlsEdges.all(of: account.id)
        let connections = plane.recentConnections(of: account.id)
        self.account = account.draft.name
        self.plan = account.plan.title
        self.at = now.wholeSecond
        self.counts = Counts(
            endpoints: endpoints.count + tunnels.count,
            tlsEdges: edges.count,
            sessions: sessions.count,
            lateSessions: sessions.count { $0.isLate },
            recentConnections: connections.count
        )
        let members = Dictionary(grouping: endpoints) { $0.url }.mapValues(\.count)
        let rows =
            endpoints.map { Endpoint($0, members: members[$0.url] ?? 1) } + tunnels.map { Endpoint($0) }
        self.endpoints = Array(rows.sorted { ($0.url, $0.since) < ($1.url, $1.since) }.prefix(Self.rowLimit))
        self.tlsEdges = edges.prefix(Self.rowLimit).map { Edge($0, in: state, tunnels: tunnels) }
        self.sessions = sessions.sorted { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }.prefix(Self.rowLimit)
            .map { Session($0) }
        self.connections = connections.prefix(Self.rowLimit).map { Connection($0) }
    }
}

extension EdgeStatus.Endpoint {
    fileprivate init(_ status: EndpointStatus, members: Int) {
        self.url = status.url
        self.kind = status.edgeID != nil ? .edge : status.isInternal ? .internal : .agent
        self.since = status.startedAt.wholeSecond
        self.members = members
        self.termination =
            switch status.termination {
            case .edge: "edge"
            case .policy: "edge, by its policy"
            case .beyond: "agent or upstream"
            }
        self.hasTrafficPolicy = status.hasPolicy
        self.servedBy = status.edgeID ?? status.sessionID ?? ""
        self.forwardsTo = status.forwardsTo
    }

    fileprivate init(_ tunnel: TunnelStatus) {
        self.url = tunnel.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        self.kind = .labelled
        self.since = tunnel.startedAt.wholeSecond
        self.members = 1
        self.termination = "as its TLS edge says"
        self.hasTrafficPolicy = false
        self.servedBy = tunnel.sessionID
        self.forwardsTo = tunnel.forwardsTo
    }
}

extension EdgeStatus.Edge {
    fileprivate init(_ edge: TLSEdge, in state: ControlState, tunnels: [TunnelStatus]) {
        self.id = edge.id
        self.domains = edge.names.map(\.text)
        let draft = edge.draft
        let modules: [(any EdgeModule)?] = [
            draft.ipRestriction, draft.mutualTLS, draft.tlsTermination, draft.trafficPolicy,
        ]
        self.modules = modules.compactMap { module in
            module.map { $0.isEnabled ? type(of: $0).field : "\(type(of: $0).field) (off)" }
        }
        let backend = draft.backend.flatMap { $0.isEnabled ? $0.backendID : nil }
        self.backend = backend ?? ""
        let groups = backend.map { state.tunnelGroups(behind: $0) } ?? []
        self.tunnels = tunnels.count { tunnel in groups.contains { $0.matches(tunnel.labels) } }
    }
}

extension ControlState {
    /// Those that a backend may choose a tunnel of.
    fileprivate func tunnelGroups(behind backendID: String) -> [TunnelGroupBackend] {
        let ids =
            self.weightedBackends[backendID].map { Array($0.draft.backends.keys) }
            ?? self.failoverBackends[backendID]?.draft.backends ?? [backendID]
        return ids.compactMap { self.tunnelGroupBackends[$0] }
    }
}

extension EdgeStatus.Session {
    fileprivate init(_ status: TunnelSessionStatus) {
        self.id = status.id
        self.client = status.client
        self.version = status.agentVersion
        self.os = status.os
        self.ip = status.ip
        self.since = status.startedAt.wholeSecond
        self.isLate = status.isLate
    }
}

extension EdgeStatus.Connection {
    fileprivate init(_ status: ConnectionStatus) {
        self.id = status.id
        self.at = status.endedAt.wholeSecond
        self.endpoint = status.endpoint
        self.client = status.clientAddress
        self.milliseconds = status.nanoseconds / 1_000_000
        self.bytesIn = status.bytesIn
        self.bytesOut = status.bytesOut
        self.outcome = status.outcome
        self.reason = status.reason
    }
}
