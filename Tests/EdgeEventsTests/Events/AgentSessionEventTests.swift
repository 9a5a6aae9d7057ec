import EdgeCore
import EdgeEvents
import JSONText
import Testing

@Suite("Events of agents' sessions")
struct AgentSessionEventTests {
    private func session() -> AgentSessionEvent {
        AgentSessionEvent(
            accountID: "ac_1",
            session: ResourceReference(id: "ts_1", uri: "https://edge.example.com/tunnel_sessions/ts_1"),
            credential: nil,
            agentAddress: "192.0.2.7",
            ingressServerAddress: "192.0.2.1",
            ingressHostname: "connect.example.com",
            region: "home",
            userAgent: "shakedown-agent/0.1.0",
            metadata: "m",
            os: "linux",
            arch: "arm64",
            transport: .muxado,
            startedAt: Timestamp(secondsSinceEpoch: 1_700_000_000, nanoseconds: 0),
            expiresAt: nil,
            deprecation: nil
        )
    }

    private static let object =
        #""object":{"session":{"id":"ts_1","uri":"https://edge.example.com/tunnel_sessions/ts_1"},"#
        + #""credential":null,"agent_ip":"192.0.2.7","ingress_server_ip":"192.0.2.1","region":"home","#
        + #""ingress_hostname":"connect.example.com","user_agent":"shakedown-agent/0.1.0","metadata":"m","#
        + #""os":"linux","arch":"arm64","transport":"muxado","started_at":"2023-11-14T22:13:20.000000000Z","#

    @Test("a start has no end, and no error where it came about")
    func start() {
        #expect(
            EdgeEvent.started(self.session(), id: "ev_1").line
                == #"{"event_id":"ev_1","event_type":"agent_session_start.v0","#
                + #""event_timestamp":"2023-11-14T22:13:20.000000000Z","account_id":"ac_1","principal":null,"#
                + Self.object + #""expires_at":null,"stopped_at":null,"deprecated":null,"error":""}}"#
        )
        #expect(EdgeEvent.started(self.session(), error: "no", id: "ev_1").line.hasSuffix(#","error":"no"}}"#))
    }

    @Test("a stop has the time and the reason of the end")
    func stop() {
        let end = Timestamp(secondsSinceEpoch: 1_700_000_009, nanoseconds: 0)
        #expect(
            EdgeEvent.stopped(self.session(), at: end, because: "the agent closed it", id: "ev_2").line
                == #"{"event_id":"ev_2","event_type":"agent_session_stop.v0","#
                + #""event_timestamp":"2023-11-14T22:13:29.000000000Z","account_id":"ac_1","principal":null,"#
                + Self.object
                + #""expires_at":null,"stopped_at":"2023-11-14T22:13:29.000000000Z","deprecated":null,"#
                + #""error":"the agent closed it"}}"#
        )
    }

    @Test("what a session may have is in its place")
    func everything() {
        var session = self.session()
        session.credential = ResourceReference(id: "cr_1", uri: nil)
        session.transport = .ssh
        session.expiresAt = Timestamp(secondsSinceEpoch: 1_700_000_001, nanoseconds: 0)
        session.deprecation = AgentSessionEvent.Deprecation(
            upcomingMinimumVersion: "3.5.0",
            upcomingEnforcementDate: "2027-01-01",
            message: "update"
        )
        let object = EdgeEvent.started(session, id: "ev_1").object
        #expect(object["credential"]?["id"]?.text == "cr_1")
        #expect(object["transport"]?.text == "ssh")
        #expect(object["expires_at"]?.text == "2023-11-14T22:13:21.000000000Z")
        #expect(object["deprecated"]?["upcoming_minimum_version"]?.text == "3.5.0")
        #expect(object["deprecated"]?["upcoming_enforcement_date"]?.text == "2027-01-01")
        #expect(object["deprecated"]?["message"]?.text == "update")
    }
}
