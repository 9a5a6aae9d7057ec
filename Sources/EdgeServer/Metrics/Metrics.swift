import Synchronization

/// The edge's counters and gauges, rendered as Prometheus text. Docs/edge-metrics.md lists the names: people build on them.
final class Metrics: Sendable {
    private struct Series: Hashable {
        let name: String
        /// `outcome="served",reason="closed"`; values come from closed sets, never from a peer.
        let labels: String
    }

    private enum Kind: String {
        case counter
        case gauge
    }

    private struct Family {
        let name: String
        let kind: Kind
        let help: String
    }

    private static let families = [
        Family(
            name: "connections_total",
            kind: .counter,
            help: "Client connections that ended, by outcome and reason."
        ),
        Family(name: "connections_accepted_total", kind: .counter, help: "Client connections accepted."),
        Family(name: "connections_active", kind: .gauge, help: "Client connections open now."),
        Family(name: "handshake_failures_total", kind: .counter, help: "TLS handshakes that failed here, by reason."),
        Family(name: "handshakes_total", kind: .counter, help: "TLS handshakes completed here."),
        Family(name: "hellos_total", kind: .counter, help: "ClientHellos that found an endpoint."),
        Family(name: "bytes_in_total", kind: .counter, help: "Application-stream bytes from clients."),
        Family(name: "bytes_out_total", kind: .counter, help: "Application-stream bytes to clients."),
        Family(name: "alerts_sent_total", kind: .counter, help: "Alerts that the router itself sent, by description."),
        Family(name: "agent_sessions", kind: .gauge, help: "Agent sessions online."),
        Family(name: "agent_auth_failures_total", kind: .counter, help: "Agent sessions refused, by error code."),
        Family(name: "endpoints", kind: .gauge, help: "Endpoints online."),
        Family(name: "tunnels", kind: .gauge, help: "Labelled tunnels started."),
        Family(name: "limits_met_total", kind: .counter, help: "Times that somebody was turned away by a limit."),
        Family(name: "binds_refused_total", kind: .counter, help: "Binds refused, by error code."),
        Family(name: "events_dropped_total", kind: .counter, help: "Events that could not be written."),
        Family(name: "log_lines_dropped_total", kind: .counter, help: "Log lines that could not be written."),
    ]

    private let values = Mutex<[Series: Int64]>([:])

    func add(_ count: Int64 = 1, to name: String, labels: [(String, String)] = []) {
        let text = labels.map { #"\#($0.0)="\#($0.1)""# }.joined(separator: ",")
        self.values.withLock { $0[Series(name: name, labels: text), default: 0] += count }
    }

    func met(_ limit: LimitMet) { self.add(to: "limits_met_total", labels: [("limit", limit.rawValue)]) }

    func value(_ name: String) -> Int64 {
        self.values.withLock { $0[Series(name: name, labels: "")] ?? 0 }
    }

    /// Prometheus text format 0.0.4.
    var text: String {
        let values = self.values.withLock { $0 }
        var lines: [String] = []
        for family in Self.families {
            lines.append("# HELP shakedown_edge_\(family.name) \(family.help)")
            lines.append("# TYPE shakedown_edge_\(family.name) \(family.kind.rawValue)")
            let series = values.filter { $0.key.name == family.name }.sorted { $0.key.labels < $1.key.labels }
            if series.isEmpty, family.kind == .gauge { lines.append("shakedown_edge_\(family.name) 0") }
            for (key, value) in series {
                lines.append("shakedown_edge_\(family.name)\(key.labels.isEmpty ? "" : "{\(key.labels)}") \(value)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
