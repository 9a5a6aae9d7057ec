import AgentClient
import Foundation
import HTTPServing

/// The page that shows a person how the agent is.
enum StatusPage {
    static let path = "/status"

    static func response(_ status: AgentStatus, _ facts: AgentFacts) -> APIResponse {
        HTMLPage(
            title: "\(facts.server) · shakedown-agent",
            heading: "shakedown-agent",
            introduction: "version \(HTMLText.escaped(AgentStatus.version)), as of "
                + "<time>\(HTMLPage.time(Date().formatted(.iso8601)))</time>",
            sections: [
                Self.counts(status), Self.session(status, facts), Self.tunnels(status), Self.traffic(status),
                Self.configuration(status), Self.options(facts),
            ]
        ).response
    }

    private static func counts(_ status: AgentStatus) -> String {
        let open = status.tunnels.map(\.connections.open).reduce(0, +)
        let all = status.tunnels.map(\.connections.count).reduce(0, +)
        return HTMLPage.figures([
            ("session", status.session == nil ? "connecting" : "online"),
            ("tunnels online", "\(status.tunnels.filter(\.isOnline).count) of \(status.tunnels.count)"),
            ("open connections", "\(open)"), ("connections so far", "\(all)"),
        ])
    }

    private static func session(_ status: AgentStatus, _ facts: AgentFacts) -> String {
        guard let session = status.session else {
            return HTMLPage.table(
                "Session",
                ["edge", "state"],
                [[HTMLPage.code(facts.server), HTMLPage.marked("connecting", isBad: true)]]
            )
        }
        return HTMLPage.table(
            "Session",
            ["edge", "account", "plan", "region", "edge’s version", "online since", "latency", "session"],
            [
                [
                    HTMLPage.code(session.server), HTMLText.escaped(session.account), HTMLText.escaped(session.plan),
                    HTMLText.escaped(session.region), HTMLText.escaped(session.serverVersion),
                    HTMLPage.time(session.since.formatted(.iso8601)), session.latency.map(Self.time) ?? "",
                    HTMLPage.code(session.id),
                ]
            ]
        )
    }

    private static func tunnels(_ status: AgentStatus) -> String {
        HTMLPage.table(
            "Tunnels",
            ["name", "state", "URL", "forwards to", "id"],
            status.tunnels.map { tunnel in
                [
                    HTMLPage.code(tunnel.tunnel.name), Self.state(tunnel), HTMLPage.code(tunnel.url ?? ""),
                    HTMLPage.code("\(tunnel.tunnel.upstream)"), HTMLPage.code(tunnel.id),
                ]
            }
        )
    }

    private static func state(_ tunnel: AgentStatus.TunnelStatus) -> String {
        switch tunnel.state {
        case .online: HTMLPage.marked("online", isBad: false)
        case .offline: HTMLPage.marked("offline", isBad: true)
        case .refused(let reason): HTMLPage.marked(HTMLText.escaped("refused: \(reason)"), isBad: true)
        }
    }

    private static func traffic(_ status: AgentStatus) -> String {
        HTMLPage.table(
            "Connections",
            [
                "tunnel", "open", "so far", "new/s, 1 min", "new/s, 5 min", "new/s, 15 min", "half took", "90 % took",
                "95 % took", "99 % took",
            ],
            status.tunnels.map { tunnel in
                let figures = tunnel.connections
                return [HTMLPage.code(tunnel.tunnel.name), "\(figures.open)", "\(figures.count)"]
                    + [figures.rate1, figures.rate5, figures.rate15].map { String(format: "%.2f", $0) }
                    + [figures.p50, figures.p90, figures.p95, figures.p99].map { Self.time(.nanoseconds(Int64($0))) }
            }
        )
    }

    /// What was asked of the edge, and what the agent does itself.
    private static func configuration(_ status: AgentStatus) -> String {
        let rows = status.tunnels.flatMap { tunnel in
            TunnelDescription.facts(of: tunnel.tunnel).map { fact in
                [HTMLPage.code(tunnel.tunnel.name), HTMLText.escaped(fact.name), HTMLPage.code(fact.value)]
            }
        }
        return HTMLPage.table("Configuration of the tunnels", ["tunnel", "key", "value"], rows)
    }

    private static func options(_ facts: AgentFacts) -> String {
        HTMLPage.table(
            "Options of the agent",
            ["key", "value"],
            facts.options.map { [HTMLText.escaped($0.name), HTMLPage.code($0.value)] }
        )
    }

    private static func time(_ duration: Duration) -> String {
        switch duration / .milliseconds(1) {
        case 0: "0"
        case ..<1: String(format: "%.2f ms", duration / .milliseconds(1))
        case ..<1_000: String(format: "%.0f ms", duration / .milliseconds(1))
        case let milliseconds: String(format: "%.1f s", milliseconds / 1_000)
        }
    }
}
