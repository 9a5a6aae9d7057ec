import Addresses
import ScenarioModel
import Verdicts

extension Evidence {
    func check(_ expected: Expectation.Event, _ expectation: Expectation) throws(HarnessProblem) -> [CheckResult] {
        guard self.context.hasEvents, let events = self.observation.events else {
            throw HarnessProblem(sentence: "the case is about events, and the harness read none from this target")
        }
        switch expected {
        case .none:
            return [
                CheckResult(
                    check: "event",
                    expected: "no event",
                    observed: "\(events.count) events",
                    holds: events.isEmpty
                )
            ]
        case .one(let decision, let logs):
            let count = self.observation.clients.count
            let number = CheckResult(
                check: "event",
                expected: "\(count) tcp_connection_closed.v0",
                observed: events.isEmpty ? "no event" : events.map(\.eventType).joined(separator: ", "),
                holds: events.count == count && events.allSatisfy { $0.eventType == "tcp_connection_closed.v0" }
            )
            let endpoint = try self.endpoint(of: expectation)
            let pairing = EventPairing(clients: count, events: events.count) { client, event in
                self.checks(of: events[event], about: self.observation.clients[client], endpoint, decision, logs)
            }
            return [number] + pairing.checks
        }
    }

    private func checks(
        of event: ConnectionEvent,
        about client: ClientObservation,
        _ endpoint: EndpointPlan,
        _ decision: String?,
        _ logs: [[String: String]]?
    ) -> [CheckResult] {
        var results = [
            self.checkName(event), self.checkAddresses(event, client), Self.checkTimes(event, client),
            self.checkCounts(event, client, endpoint),
        ]
        if let decision {
            results.append(
                CheckResult(
                    check: "event ip_policy",
                    expected: decision,
                    observed: event.ipPolicyDecision ?? "none",
                    holds: event.ipPolicyDecision == decision
                )
            )
        }
        if let logs {
            results.append(
                CheckResult(
                    check: "event traffic_policy",
                    expected: Self.words(logs),
                    observed: event.logs.map(Self.words) ?? "none",
                    holds: (event.logs ?? []) == logs
                )
            )
        }
        return results
    }

    /// `{at: one, by: two}, {at: three}`
    private static func words(_ logs: [[String: String]]) -> String {
        guard !logs.isEmpty else { return "none" }
        return logs.map { log in
            "{\(log.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        }.joined(separator: ", ")
    }

    private func checkName(_ event: ConnectionEvent) -> CheckResult {
        let wanted = self.testCase.client.serverName ?? ""
        return CheckResult(
            check: "event server_name",
            expected: wanted,
            observed: event.serverName,
            holds: event.serverName.lowercased() == wanted.lowercased()
        )
    }

    private func checkAddresses(_ event: ConnectionEvent, _ observed: ClientObservation) -> CheckResult {
        let believed = self.testCase.client.believed
        let client = (believed?.client ?? observed.leg.localAddress)?.ip.description
        let server = believed?.server ?? observed.leg.remoteAddress
        let seen = "\(event.clientIP) → \(event.serverIP) port \(event.serverPort.map { "\($0)" } ?? "none")"
        return CheckResult(
            check: "event addresses",
            expected:
                "\(client ?? "unknown") → \(server?.ip.description ?? "unknown") port \(server.map { "\($0.port)" } ?? "unknown")",
            observed: seen,
            holds: client != nil && event.clientIP == client && event.serverIP == server?.ip.description
                && event.serverPort == server.map { Int($0.port) }
        )
    }

    /// A connection that carried an exchange took some time, which timestamps finer than a millisecond show.
    private static func checkTimes(_ event: ConnectionEvent, _ client: ClientObservation) -> CheckResult {
        var isOrdered = false
        var isFine = false
        if let start = Instant(rfc3339: event.startTimestamp), let end = Instant(rfc3339: event.endTimestamp) {
            isFine = client.exchangeCompleted && (start.isFinerThanMilliseconds || end.isFinerThanMilliseconds)
            isOrdered = isFine ? start < end : start <= end
        }
        return CheckResult(
            check: "event times",
            expected: isFine ? "start_ts before end_ts, in RFC 3339" : "start_ts not after end_ts, in RFC 3339",
            observed: "\(event.startTimestamp) to \(event.endTimestamp)",
            holds: isOrdered
        )
    }

    /// Bytes relayed: plaintext where the edge terminates TLS, TLS bytes where it passes them on.
    private func checkCounts(
        _ event: ConnectionEvent,
        _ client: ClientObservation,
        _ endpoint: EndpointPlan
    ) -> CheckResult {
        let terminatesAtEdge = endpoint.role.terminatingParty == .edge
        let up = terminatesAtEdge ? client.applicationSent.count : client.leg.sentCount
        let down = terminatesAtEdge ? client.applicationReceived.count : client.leg.receivedCount
        let observed = "\(event.bytesIn) in, \(event.bytesOut) out"
        if client.exchangeCompleted {
            return CheckResult(
                check: "event bytes",
                expected: "\(up) in, \(down) out",
                observed: observed,
                holds: event.bytesIn == up && event.bytesOut == down
            )
        }
        // What a client said before it turned out that its upstream refuses has come as far as to the edge, or farther.
        let isRefused = terminatesAtEdge && endpoint.upstream.isListening && self.reached.isEmpty
        let nothingWasRelayed = event.ipPolicyDecision == "block" || isRefused
        if nothingWasRelayed {
            return CheckResult(
                check: "event bytes",
                expected: "0 in, 0 out",
                observed: observed,
                holds: event.bytesIn == 0 && event.bytesOut == 0
            )
        }
        // What broke off may have lost bytes on the last stretch, but none can have been invented: those in were sent.
        return CheckResult(
            check: "event bytes",
            expected: "at most \(client.leg.sentCount) in, and none below zero",
            observed: observed,
            holds: (0...client.leg.sentCount).contains(event.bytesIn) && event.bytesOut >= 0
        )
    }
}
