package import Addresses
package import AgentProtocol

/// Which events of a kind a subscription wants: a condition over `ev`, the event's object.
package struct EventFilter: Sendable {
    /// What a filter sees of a `tcp_connection_closed.v0` event.
    package struct Subject: ExpressionVariables, Sendable {
        package let clientIP: String
        package let serverIP: String
        package let serverName: String
        package let serverPort: Int

        package init(clientIP: String, serverIP: String, serverName: String, serverPort: Int) {
            self.clientIP = clientIP
            self.serverIP = serverIP
            self.serverName = serverName
            self.serverPort = serverPort
        }

        package func value(of slot: Int) -> ExpressionValue? {
            switch Field.allCases[slot] {
            case .clientIP: .string(self.clientIP)
            case .serverIP: .string(self.serverIP)
            case .serverName: .string(self.serverName)
            case .serverPort: .int(Int64(self.serverPort))
            }
        }

        package func address(of slot: Int) -> IPAddress? { nil }
    }

    /// ngrok's documentation of event sources says which fields these are.
    private enum Field: String, CaseIterable {
        case clientIP = "ev.conn.client_ip"
        case serverIP = "ev.conn.server_ip"
        case serverName = "ev.conn.server_name"
        case serverPort = "ev.conn.server_port"
    }

    private static let unfilterable = [
        "ev.conn.bytes_in", "ev.conn.bytes_out", "ev.conn.start_ts", "ev.conn.end_ts", "ev.ip_policy",
        "ev.traffic_policy",
    ]

    private static let scope: ExpressionScope = {
        let declarations = Field.allCases.enumerated().map { index, field in
            ExpressionScope.Declaration(field.rawValue, slot: index, type: field == .serverPort ? .int : .string)
        }
        let absent = Self.unfilterable.map { ($0, "filters cannot ask for it") }
        return ExpressionScope(declarations, absent: Dictionary(absent) { first, _ in first })
    }()

    private let condition: PolicyExpression

    /// - Throws: ERR_NGROK_5404 for what is no condition over the event, 5406 for a field that is none of a filter's, with the
    ///   place in the text.
    package init(_ source: String) throws(NgrokError) {
        do throws(ExpressionError) {
            self.condition = try PolicyExpression.condition(source, scope: Self.scope)
        } catch {
            throw error.code == .unavailable
                ? .eventFieldUnfilterable(error.description) : .eventFilterInvalid(error.description)
        }
    }

    package var source: String { self.condition.source }

    /// Whether an event is wanted.
    ///
    /// - Throws: Why the filter has no answer.
    package func admits(_ subject: Subject) throws(EvaluationError) -> Bool {
        var budget = EvaluationBudget()
        return try self.condition.holds(subject, budget: &budget)
    }
}
