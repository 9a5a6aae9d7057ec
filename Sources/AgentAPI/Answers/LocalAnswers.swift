import AgentClient
import AgentProtocol
import Foundation
import HTTPServing
import JSONText

/// What is online, in the fields of ngrok's agents.
enum LocalAnswers {
    static let index = JSONValue.object([
        .init("uri", .string("/api")), .init("tunnels_uri", .string("/api/tunnels")),
        .init("endpoints_uri", .string("/api/endpoints")), .init("status_uri", .string("/api/status")),
    ])

    static func tunnels(_ status: AgentStatus) -> JSONValue {
        .object([
            .init("tunnels", .array(status.tunnels.filter(\.isOnline).map(Self.tunnel))),
            .init("uri", .string("/api/tunnels")),
        ])
    }

    static func tunnel(_ status: AgentStatus.TunnelStatus) -> JSONValue {
        let url = status.url
        return .object([
            .init("name", .string(status.tunnel.name)), .init("ID", .string(status.id)),
            .init("uri", .string(Self.uri("tunnels", status))), .init("public_url", .string(url ?? "")),
            // A labelled tunnel has neither: it serves whatever a TLS edge gives it.
            .init("proto", .string(url == nil ? "" : "tls")),
            .init(
                "config",
                .object([
                    .init("addr", .string("\(status.tunnel.upstream)")), .init("inspect", .bool(false)),
                ])
            ),
            .init("metrics", Self.metrics(status)),
        ])
    }

    /// Those that have a URL: a labelled tunnel is no endpoint.
    static func endpoints(_ status: AgentStatus) -> JSONValue {
        .object([
            .init("endpoints", .array(status.tunnels.filter { $0.url != nil }.map(Self.endpoint))),
            .init("uri", .string("/api/endpoints")),
        ])
    }

    static func endpoint(_ status: AgentStatus.TunnelStatus) -> JSONValue {
        let bind = status.tunnel.bind
        return .object([
            .init("name", .string(status.tunnel.name)), .init("uri", .string(Self.uri("endpoints", status))),
            .init("url", .string(status.url ?? "")),
            .init(
                "upstream",
                .object([
                    .init("url", .string("\(status.tunnel.upstream)")), .init("protocol", .string("")),
                ])
            ),
            .init("inspect", .bool(false)),
            .init("traffic_policy", .string(bind?.options.trafficPolicy ?? "")),
            .init("pooling_enabled", .bool(bind?.extra.poolingEnabled ?? false)),
            .init("metrics", Self.metrics(status)),
        ])
    }

    /// ngrok documents that there is this answer, and not what is in it.
    static func status(_ status: AgentStatus, _ facts: AgentFacts) -> JSONValue {
        let session = status.session.map { session in
            JSONValue.object([
                .init("id", .string(session.id)), .init("account", .string(session.account)),
                .init("plan", .string(session.plan)), .init("region", .string(session.region)),
                .init("server_version", .string(session.serverVersion)),
                .init("since", .string(session.since.formatted(.iso8601))),
                .init("latency", session.latency.map { JSONValue.number($0 / .nanoseconds(1)) } ?? .null),
            ])
        }
        return .object([
            .init("uri", .string("/api/status")), .init("status", .string(session == nil ? "connecting" : "online")),
            .init("agent_version", .string(AgentStatus.version)), .init("server_addr", .string(facts.server)),
            .init("started_at", .string(facts.startedAt.formatted(.iso8601))), .init("session", session ?? .null),
            .init("tunnels", .array(status.tunnels.map(Self.state))),
        ])
    }

    private static func state(_ status: AgentStatus.TunnelStatus) -> JSONValue {
        let (word, reason): (String, JSONValue) =
            switch status.state {
            case .online: ("online", .null)
            case .offline: ("offline", .null)
            case .refused(let reason): ("refused", .string(reason))
            }
        return .object([
            .init("name", .string(status.tunnel.name)), .init("status", .string(word)), .init("err", reason),
        ])
    }

    private static func uri(_ list: String, _ status: AgentStatus.TunnelStatus) -> String {
        "/api/\(list)/\(PercentEncoding.encoded(status.tunnel.name))"
    }

    /// Requests are not seen inside of TLS, and clients read their fields all the same.
    private static func metrics(_ status: AgentStatus.TunnelStatus) -> JSONValue {
        var requests = Self.figures(ConnectionFigures())
        requests.removeAll { $0.name == "gauge" }
        return .object([
            .init("conns", .object(Self.figures(status.connections))), .init("http", .object(requests)),
        ])
    }

    private static func figures(_ figures: ConnectionFigures) -> [JSONValue.Member] {
        [
            .init("count", .integer(Int64(figures.count))), .init("gauge", .integer(Int64(figures.open))),
            .init("rate1", .number(figures.rate1)), .init("rate5", .number(figures.rate5)),
            .init("rate15", .number(figures.rate15)), .init("p50", .number(figures.p50)),
            .init("p90", .number(figures.p90)), .init("p95", .number(figures.p95)), .init("p99", .number(figures.p99)),
        ]
    }
}

extension AgentStatus.TunnelStatus {
    var isOnline: Bool {
        if case .online = self.state { true } else { false }
    }

    /// The edge's; empty while it is not online.
    var id: String {
        if case .online(let id, _) = self.state { id } else { "" }
    }

    /// `nil` while it is not online, and for a labelled tunnel.
    var url: String? {
        if case .online(_, let url) = self.state { url } else { nil }
    }
}
