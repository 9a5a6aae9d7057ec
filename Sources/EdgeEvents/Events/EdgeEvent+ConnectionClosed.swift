package import EdgeCore
package import JSONText

extension EdgeEvent {
    /// `tcp_connection_closed.v0`
    ///
    /// - Parameter policyLogs: What each `log` action of a traffic policy wrote down, in order. Where none did the event has
    ///   no `traffic_policy`, as it has no `ip_policy` where the endpoint has none.
    package init(connectionClosed event: ConnectionClosedEvent, policyLogs: [JSONValue] = []) {
        var object: [JSONValue.Member] = [
            .init(
                "conn",
                .object([
                    .init("bytes_in", .integer(event.bytesIn)),
                    .init("bytes_out", .integer(event.bytesOut)),
                    .init("client_ip", .string(event.clientAddress)),
                    .init("start_ts", .string(event.start.description)),
                    .init("end_ts", .string(event.end.description)),
                    .init("server_ip", .string(event.serverAddress)),
                    .init("server_name", .string(event.serverName)),
                    .init("server_port", .integer(Int64(event.serverPort))),
                ])
            )
        ]
        if let decision = event.ipPolicyDecision {
            object.append(.init("ip_policy", .object([.init("decision", .string(decision.rawValue))])))
        }
        if !policyLogs.isEmpty {
            object.append(.init("traffic_policy", .object([.init("logs", .array(policyLogs))])))
        }
        self.init(
            id: event.id,
            type: .connectionClosed,
            timestamp: event.end,
            accountID: event.accountID,
            principal: nil,
            object: .object(object)
        )
    }
}
