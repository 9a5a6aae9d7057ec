import ScenarioModel
import Verdicts

extension Evidence {
    func check(_ handshake: Expectation.Handshake) -> CheckResult {
        let seen = self.client.handshake
        let bytesBack = self.client.applicationReceived.count
        let expected: String
        let holds: Bool
        switch handshake {
        // What an upstream of somebody else's would say is not waited for.
        case .completed where !self.context.seesUpstreams:
            expected = "completed"
            holds = seen.isCompleted
        case .refused where !self.context.seesUpstreams && self.testCase.client.engine != .bytes:
            expected = "refused"
            holds = !seen.isCompleted && self.ownRefusal == nil
        case .completed:
            expected = "completed, with application data coming back"
            holds = seen.isCompleted && bytesBack > 0
        case .answered:
            expected = "answered with a ServerHello"
            holds = seen.isAnswered
        case .refused:
            // In TLS 1.3 a client has completed before it learns that its certificate was refused, and an edge that
            // cannot reach its upstream may learn so after its own handshake: what counts is that nothing came through.
            expected = "refused"
            if self.testCase.client.engine == .bytes {
                // A HelloRetryRequest goes on with the handshake, unless what the client has said to it is what is refused.
                let hasGoneOn = self.testCase.client.secondFlight?.cue == .retryRequest
                holds = !seen.isAnswered && (seen.retryRequest == nil || hasGoneOn)
            } else {
                holds = bytesBack == 0 && self.ownRefusal == nil && self.client.program?.account != .notVerified
            }
        }
        return CheckResult(check: "handshake", expected: expected, observed: self.handshakeInWords, holds: holds)
    }

    /// The alert by which the client itself broke off what the server had begun: whoever sent it something that it cannot
    /// take has not refused it. A client whose certificate is asked for may find that it has none to show.
    private var ownRefusal: HandshakeObservation.Alert? {
        let seen = self.client.handshake
        guard !seen.isCompleted, seen.isAnswered, !seen.certificateWasRequested else { return nil }
        return seen.alertsSent.first { $0.level == 2 }
    }

    private var handshakeInWords: String {
        let seen = self.client.handshake
        if self.client.program?.account == .notVerified {
            return "broken off by the client, who does not believe the certificate: "
                + (seen.failure ?? "it gives no reason")
        }
        if let alert = self.ownRefusal { return "answered, and broken off by the client with \(alert)" }
        if seen.isCompleted {
            let bytesBack = self.client.applicationReceived.count
            return bytesBack > 0 ? "completed, \(bytesBack) bytes came back" : "completed, no data came back"
        }
        if let alert = self.fatalAlerts.first { return "refused with \(alert)" }
        if seen.isAnswered { return "a ServerHello came" }
        if let retry = seen.retryRequest { return "a \(retry) came, and no ServerHello" }
        return seen.failure.map { "not completed: \($0)" } ?? "not completed"
    }

    func check(_ version: TLSVersion) -> CheckResult {
        let seen = self.client.handshake.version
        return CheckResult(
            check: "version",
            expected: "TLS \(version.rawValue)",
            observed: seen.map { "TLS \($0.rawValue)" } ?? "none was negotiated",
            holds: seen == version
        )
    }

    func check(isResumed: Bool) -> CheckResult {
        let seen = self.client.handshake.isResumed
        func words(_ isResumed: Bool) -> String { isResumed ? "an earlier session, resumed" : "a full handshake" }
        return CheckResult(
            check: "resumption",
            expected: words(isResumed),
            observed: seen.map(words) ?? "no handshake that tells",
            // Without a session there was nothing to decide: the step comes to no more than a note then.
            holds: seen == isResumed || (seen == false && self.client.handshake.offeredSession != true)
        )
    }

    func check(earlyData: [HandshakeObservation.EarlyData]) -> CheckResult {
        let seen = self.client.handshake.earlyData
        return CheckResult(
            check: "early-data",
            expected: "early data \(Self.either(earlyData.map(\.words)))",
            observed: "early data \((seen ?? .notSent).words)",
            holds: earlyData.contains(seen ?? .notSent)
        )
    }

    func check(isRetried: Bool) -> CheckResult {
        let seen = self.client.handshake.retryRequest
        return CheckResult(
            check: "retry-request",
            expected: isRetried ? "a HelloRetryRequest" : "no HelloRetryRequest",
            observed: seen?.description ?? "no HelloRetryRequest",
            holds: (seen != nil) == isRetried
        )
    }

    func check(_ alpn: Expectation.ALPN) -> CheckResult {
        let seen = self.client.handshake
        let observed = seen.alpn ?? (seen.isAnswered ? "no protocol" : "no handshake")
        switch alpn {
        case .selected(let name):
            return CheckResult(check: "alpn", expected: name, observed: observed, holds: seen.alpn == name)
        case .none:
            return CheckResult(
                check: "alpn",
                expected: "no protocol",
                observed: observed,
                holds: seen.isAnswered && seen.alpn == nil
            )
        }
    }

    func check(alerts: [String]) -> CheckResult {
        let seen = self.fatalAlerts
        return CheckResult(
            check: "alert",
            expected: "fatal \(Self.either(alerts))",
            observed: seen.isEmpty ? "no fatal alert" : seen.map(\.description).joined(separator: ", "),
            holds: seen.first.map { alerts.contains($0.name) } ?? false
        )
    }

    func check(upstreamServerName expected: Expectation.UpstreamName, _ expectation: Expectation) -> CheckResult {
        let handshake = self.connection(of: expectation)?.handshake
        let seen = handshake?.serverName
        let words: String
        let holds: Bool
        switch expected {
        case .clients:
            words = "the client's name, \(self.testCase.client.serverName ?? "none")"
            holds = seen == self.testCase.client.serverName
        case .name(let name):
            words = name
            holds = seen == name
        case .none:
            words = "no server name"
            holds = seen == nil
        }
        let observed = handshake == nil ? "no TLS at the upstream" : seen ?? "no server name"
        return CheckResult(
            check: "upstream-server-name",
            expected: words,
            observed: observed,
            holds: handshake?.isAnswered == true && holds
        )
    }
}

extension HandshakeObservation.EarlyData {
    fileprivate var words: String {
        switch self {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .notSent: "not sent"
        }
    }
}
