package import ScenarioModel

/// What a target did with one client, in a few words for people.
package enum ObservedWords {
    /// - Parameter observation: `nil` where nothing was kept, as of cases that were not run.
    package static func words(
        _ result: CaseResult,
        _ observation: Observation?,
        grade: CompatibilityGrade,
        isAboutTransfer: Bool
    ) -> String {
        switch grade {
        case .unsupported: return "not supported"
        case .undecided: return "not decided"
        case .unsteady: return "now this, now that: \(result.repetitions?.text ?? result.verdict.summary)"
        case .broken, .failed, .failedShould, .free, .lenient, .held: break
        }
        guard let observation, let client = observation.clients.last else {
            return grade.isFailure ? Self.failure(result.verdict) : "as it should"
        }
        let places = Self.places(observation, of: result.testCase)
        if isAboutTransfer {
            if grade == .held { return "everything arrives, in both directions" }
            if grade.isSound { return result.verdict.summary.isEmpty ? grade.rawValue : result.verdict.summary }
            return (places.filter { $0 != Self.ownUpstream } + [Self.failure(result.verdict)]).joined(separator: "; ")
        }
        let words = (places + Self.seen(client)).joined(separator: ", ")
        return words.isEmpty ? "nothing that a client sees" : words
    }

    /// `the answer is lost: 0 of 42 bytes`: the first check that failed.
    private static func failure(_ verdict: Verdict) -> String {
        verdict.failedChecks.first.map { "\($0.title): \($0.observed)" } ?? verdict.summary
    }

    // MARK: Where it went

    private static let ownUpstream = "goes to its upstream"

    /// Which upstreams got bytes of the client.
    private static func places(_ observation: Observation, of testCase: Case) -> [String] {
        let asked = testCase.client.serverName
        return observation.upstreams.filter { upstream in
            upstream.connections.contains { $0.leg.receivedCount > 0 || $0.leg.firstReadCount > 0 }
        }
        .map { upstream in
            if upstream.endpoint == Behaviour.decoy { return "goes to a default upstream" }
            let domain = testCase.endpoints.first { $0.key == upstream.endpoint }?.domain
            let isExpected = testCase.expectation.alternatives.contains {
                $0.route?.keys.contains(upstream.endpoint) == true
            }
            return domain == asked || isExpected ? Self.ownUpstream : "goes to the upstream of another name"
        }
    }

    // MARK: What the client saw

    private static func seen(_ client: ClientObservation) -> [String] {
        let alerts = client.handshake.alertsReceived.filter { $0.level == 2 }.map { "alert \($0.name)" }
        let isSilent = client.leg.receivedCount == 0
        var words: [String] = []
        if !alerts.isEmpty {
            words = alerts
        } else if let line = Self.lineInClear(client) {
            words = ["answered in the clear (\(line))"]
        } else if client.handshake.isCompleted {
            words = ["handshake completed"]
        } else if client.handshake.isAnswered {
            words = ["handshake answered"]
        }
        if alerts.isEmpty, client.handshake.closeNotifyReceived { words.append("close_notify") }
        if let end = Self.end(client, isSilent: isSilent, hasAlert: !alerts.isEmpty) { words.append(end) }
        return words
    }

    private static func end(_ client: ClientObservation, isSilent: Bool, hasAlert: Bool) -> String? {
        let time = Self.time(client.leg.endedAfter)
        switch client.leg.ending {
        case .fin:
            if isSilent { return "closed without a word\(time)" }
            // What comes behind an alert is of interest only where it kept somebody waiting.
            return hasAlert && time.isEmpty ? nil : "closed\(time)"
        case .reset: return isSilent ? "reset without a word\(time)" : "reset\(time)"
        case .stillOpen: return "still open\(time)"
        case .refused: return "connection refused"
        case .closedByUs: return nil
        }
    }

    /// Whole seconds, where it took one: what is quicker differs from machine to machine.
    private static func time(_ milliseconds: Double) -> String {
        milliseconds >= 950 ? " after \(Int((min(milliseconds, 1e9) / 1_000).rounded())) s" : ""
    }

    private static let lineLimit = 40

    /// The first line of an answer that is no TLS record (RFC 9846 section 5.1: content types 20 to 24); `nil` where it is, or
    /// where its bytes were not kept.
    private static func lineInClear(_ client: ClientObservation) -> String? {
        guard let first = client.leg.received.bytes.first, !(20...24).contains(first) else { return nil }
        let line = client.leg.received.bytes.prefix { $0 != 0x0a && $0 != 0x0d }.prefix(Self.lineLimit)
        return line.allSatisfy { (0x20..<0x7f).contains($0) }
            ? String(decoding: line, as: UTF8.self) : "bytes that are no text"
    }
}
