import ScenarioModel
import Verdicts

extension Evidence {
    /// Exactly one connection on the named upstream, with the client's own bytes on it, and none elsewhere.
    func check(_ route: Expectation.Route) -> CheckResult {
        switch route {
        case .none:
            return CheckResult(
                check: "route",
                expected: "no upstream",
                observed: self.contactedInWords,
                holds: self.contacted.isEmpty
            )
        case .endpoint(let key):
            let connections = self.connections(of: key)
            let isAlone = self.contacted.allSatisfy { $0.endpoint == key }
            let isCounted = self.allowedConnectionCounts.contains(connections.count)
            let strangers = connections.count { connection in
                !self.observation.clients.contains { self.carries(connection, bytesOf: $0) }
            }
            var observed = self.contactedInWords
            if strangers > 0 { observed += ", \(strangers) without this client's bytes" }
            return CheckResult(
                check: "route",
                expected: "one connection on \(key) with this client's bytes, none elsewhere",
                observed: observed,
                holds: isAlone && isCounted && strangers == 0
            )
        }
    }

    /// One connection per client. Before a restart of the agent another client may have been served whose observation
    /// was not kept.
    private var allowedConnectionCounts: ClosedRange<Int> {
        let clients = self.observation.clients.count
        return self.testCase.exchange == .agentRestarted ? clients...max(2, clients) : clients...clients
    }

    /// Whether a connection's first bytes are the client's: its first line, which has the case's nonce, and in
    /// passthrough its ClientHello.
    private func carries(_ connection: UpstreamConnection, bytesOf client: ClientObservation) -> Bool {
        let isPassthrough = self.role(of: connection) == .passthrough
        if isPassthrough {
            let sent = client.leg.sent.bytes
            let received = connection.leg.received.bytes
            let common = min(sent.count, received.count)
            guard common > 0, sent.prefix(common) == received.prefix(common) else { return false }
        }
        let said = Self.firstLine(client.applicationSent.excerpt.bytes)
        let heard = Self.firstLine(connection.applicationReceived.excerpt.bytes)
        // A connection that carried no application byte is the client's own only if its TLS bytes were.
        return heard.isEmpty ? isPassthrough : said == heard
    }

    private func role(of connection: UpstreamConnection) -> Role {
        let key = self.observation.upstreams.first { $0.connections.contains(connection) }?.endpoint
        return self.testCase.endpoints.first { $0.key == key }?.role ?? self.testCase.role
    }

    private static func firstLine(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return bytes[...] }
        return bytes[...end]
    }
}
