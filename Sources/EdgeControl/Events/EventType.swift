import EdgeCore

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

    private init(_ type: EventTypeName) {
        self.name = type.rawValue
        self.fields = type == .connectionClosed ? Self.connectionFields : []
    }

    /// Whether it is about a connection, and not about an agent's session or a change in the control plane.
    package var isTraffic: Bool { !self.fields.isEmpty }

    package static let all: [EventType] = EventTypeName.all.map { EventType($0) }

    private static let connectionFields = [
        "conn.bytes_in", "conn.bytes_out", "conn.client_ip", "conn.start_ts", "conn.end_ts", "conn.server_ip",
        "conn.server_name", "conn.server_port", "ip_policy.decision", "traffic_policy.logs",
    ]
}
