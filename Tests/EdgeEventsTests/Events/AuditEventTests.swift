import EdgeCore
import EdgeEvents
import JSONText
import Testing

@Suite("Events of changes")
struct AuditEventTests {
    private static let principal = Principal(id: "usr_1", subject: "a", source: .api, credential: nil)

    private func event(_ subject: AuditSubject, _ change: AuditChange, _ object: JSONValue) -> EdgeEvent {
        .audit(
            subject,
            change,
            id: "ev_1",
            at: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0),
            accountID: "ac_1",
            by: Self.principal,
            object: object
        )
    }

    @Test("the types that ngrok publishes have its names, and the others follow the same rule")
    func names() {
        // ngrok's event reference, of those that this edge has objects of.
        let ngrok = [
            "api_key", "certificate_authority", "domain", "event_destination", "event_subscription", "ip_policy",
            "ip_policy_rule", "tls_certificate", "tunnel_credential",
        ]
        let ours = ["failover_backend", "ssh_credential", "tls_edge", "tunnel_group_backend", "weighted_backend"]
        let changes = (ngrok + ours).flatMap { ["\($0)_created.v0", "\($0)_updated.v0", "\($0)_deleted.v0"] }
        #expect(
            EventTypeName.all.map(\.rawValue)
                == ["tcp_connection_closed.v0", "agent_session_start.v0", "agent_session_stop.v0"] + changes
        )
    }

    @Test("an event of a change has the object as it is, and who changed it")
    func line() {
        let object = JSONValue.object([.init("id", .string("rd_1")), .init("domain", .string("a.example.com"))])
        let event = self.event(.domain, .updated, object)
        #expect(
            event.line
                == #"{"event_id":"ev_1","event_type":"domain_updated.v0","#
                + #""event_timestamp":"1970-01-01T00:00:00.000000000Z","account_id":"ac_1","#
                + #""principal":{"id":"usr_1","subject":"a","source":"API","credential":null},"#
                + #""object":{"id":"rd_1","domain":"a.example.com"}}"#
        )
    }

    @Test("what the operator's file changes is nobody's doing")
    func operatorsFile() {
        let event = EdgeEvent.audit(
            .domain,
            .created,
            id: "ev_1",
            at: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0),
            accountID: "ac_1",
            by: nil,
            object: .object([])
        )
        #expect(event.line.contains(#""principal":null,"object":{}}"#))
    }

    @Test("a token that its creator is shown once is in no event", arguments: [AuditSubject.apiKey, .tunnelCredential])
    func noToken(_ subject: AuditSubject) {
        let object = JSONValue.object([.init("id", .string("x_1")), .init("token", .string("the-secret"))])
        let event = self.event(subject, .created, object)
        #expect(event.object == .object([.init("id", .string("x_1")), .init("token", .null)]))
    }
}
