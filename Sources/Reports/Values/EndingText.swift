import ScenarioModel
import Verdicts

/// The manner of ending, in words: the second axis of a verdict.
enum EndingText {
    /// One line for each client of the case: `fatal unrecognized_name (112), then FIN after 3.2 ms; 7 bytes came back`.
    static func lines(_ result: CaseResult) -> [String] {
        let isNumbered = result.endings.count > 1
        return result.endings.enumerated().map { index, ending in
            (isNumbered ? "client \(index + 1): " : "") + Self.line(ending)
        }
    }

    static func line(_ ending: ClientEnding) -> String {
        var parts = ending.alertsReceived.map(\.description)
        if ending.closeNotifyReceived, !ending.alertsReceived.contains(where: { $0.code == 0 }) {
            parts.append("close_notify")
        }
        parts.append("\(Self.words(ending.ending)) after \(NumberText.milliseconds(ending.endedAfter))")
        let count = NumberText.count(ending.receivedCount, "byte")
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
