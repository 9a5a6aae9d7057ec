/// What an event is about, and in which version its object is written: `tcp_connection_closed.v0`.
///
/// An object may get more fields without a new version, and nothing else.
package struct EventTypeName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { self.rawValue }

    package static let connectionClosed = EventTypeName(rawValue: "tcp_connection_closed.v0")
    package static let agentSessionStarted = EventTypeName(rawValue: "agent_session_start.v0")
    package static let agentSessionStopped = EventTypeName(rawValue: "agent_session_stop.v0")

    package static func audit(_ subject: AuditSubject, _ change: AuditChange) -> EventTypeName {
        EventTypeName(rawValue: "\(subject.rawValue)_\(change.rawValue).v0")
    }

    /// Every type that this edge publishes.
    package static let all: [EventTypeName] =
        [.connectionClosed, .agentSessionStarted, .agentSessionStopped]
        + AuditSubject.allCases.flatMap { subject in AuditChange.allCases.map { .audit(subject, $0) } }
}
