import ScenarioModel

extension ClientObservation {
    /// How a client that got no answer was told so: `unrecognized_name`, `closed without a word`.
    var refusalInWords: String {
        if let alert = self.handshake.alertsReceived.first(where: { $0.level == 2 }) { return alert.name }
        switch self.leg.ending {
        case .stillOpen: return "held open"
        case .refused: return "no connection"
        case .reset where self.leg.receivedCount == 0: return "reset without a word"
        case .reset: return "reset"
        case .fin where self.leg.receivedCount == 0: return "closed without a word"
        case .fin, .closedByUs: return self.handshake.closeNotifyReceived ? "close_notify" : "closed"
        }
    }

    /// Whether the peer ended it, and after how many seconds from when it stood.
    var endedByPeerAfter: Double? {
        switch self.leg.ending {
        case .fin, .reset: self.leg.endedAfter / 1_000
        case .stillOpen, .refused, .closedByUs: nil
        }
    }
}
