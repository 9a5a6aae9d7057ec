import ScenarioModel

/// The manner of ending, in words: the second axis of a verdict.
enum EndingText {
    /// One line for each client of the case: `fatal unrecognized_name (112), then FIN after 3.2 ms; 7 bytes came back`.
    static func lines(_ observation: Observation) -> [String] {
        let isNumbered = observation.clients.count > 1
        return observation.clients.enumerated().map { index, client in
            (isNumbered ? "client \(index + 1): " : "") + Self.line(client)
        }
    }

    static func line(_ client: ClientObservation) -> String {
        var parts = client.handshake.alertsReceived.map(\.description)
        if client.handshake.closeNotifyReceived, !client.handshake.alertsReceived.contains(where: { $0.code == 0 }) {
            parts.append("close_notify")
        }
        parts.append("\(Self.words(client.leg.ending)) after \(NumberText.milliseconds(client.leg.endedAfter))")
        let count = NumberText.count(client.leg.receivedCount, "byte")
        return parts.joined(separator: ", then ") + "; \(count) came back"
    }

    static func words(_ ending: LegEnding) -> String {
        switch ending {
        case .fin: "FIN"
        case .reset: "RST"
        case .refused: "connection refused"
        case .stillOpen: "still open"
        case .closedByUs: "closed by the harness"
        }
    }
}
