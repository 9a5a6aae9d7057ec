/// An event that this edge can be asked for, and what it tells.
package struct EventType: Hashable, Sendable {
    /// With its version.
    package let name: String
    /// Those of the event's object that a subscription may choose; empty for what is always whole.
    package let fields: [String]

    /// `nil` where there is no such event.
    package init?(_ name: String) {
        guard let type = Self.all.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    private init(_ name: String, fields: [String] = []) {
        self.name = name
        self.fields = fields
    }

    /// Whether it is about a connection, and not about a change in the control plane.
    package var isTraffic: Bool { !self.fields.isEmpty }

    package static let all: [EventType] =
        [
            EventType(
                "tcp_connection_closed.v0",
                fields: [
                    "conn.bytes_in", "conn.bytes_out", "conn.client_ip", "conn.start_ts", "conn.end_ts",
                    "conn.server_ip", "conn.server_name", "conn.server_port", "ip_policy.decision",
                    "traffic_policy.logs",
                ]
            )
        ]
        + [
            "api_key", "certificate_authority", "domain", "event_destination", "event_subscription", "ip_policy",
            "ip_policy_rule", "tls_certificate", "tunnel_credential",
        ].flatMap { subject in
            ["created", "updated", "deleted"].map { EventType("\(subject)_\($0).v0") }
        }
}
