package import Foundation

/// What an agent says of itself.
package struct AgentStatus: Sendable {
    /// `nil` while the edge cannot be reached, or has not said yes to every tunnel of the start.
    package var session: Session?
    /// By name: all that are wanted.
    package var tunnels: [TunnelStatus]

    package struct Session: Sendable {
        /// The edge's name for it.
        package var id: String
        /// `host:port` of the edge.
        package var server: String
        /// What the edge says of itself and of the account.
        package var serverVersion: String
        package var region: String
        package var account: String
        package var plan: String
        package var since: Date
        /// How long the edge took for the latest heartbeat; `nil` before the first.
        package var latency: Duration?
    }

    package struct TunnelStatus: Sendable {
        package var tunnel: Tunnel
        package var state: State
        package var connections: ConnectionFigures
    }

    package enum State: Hashable, Sendable {
        /// The edge's id, and the URL, which a labelled tunnel has none of.
        case online(id: String, url: String?)
        /// The edge has not been asked yet, or the session is lost, or the edge has stopped the tunnel.
        case offline
        /// It is asked for again.
        case refused(String)
    }
}

extension AgentStatus {
    /// The agent's own.
    package static var version: String { SystemDescription.version }

    package func tunnel(named name: String) -> TunnelStatus? { self.tunnels.first { $0.tunnel.name == name } }
}
