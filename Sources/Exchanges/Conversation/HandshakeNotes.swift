import Legs
import ScenarioModel

/// Turns what a TLS session tells after each step into lines of the timeline, each told once.
struct HandshakeNotes {
    typealias Note = (kind: TimelineEntry.Kind, detail: String)

    private var state = TLSOutput.State.handshaking
    private var alertsSent = 0
    private var alertsReceived = 0
    private var isRetryTold = false
    private var isCloseNotifyTold = false

    /// What is new since the last call.
    mutating func news(_ handshake: HandshakeObservation, state: TLSOutput.State) -> [Note] {
        var notes: [Note] = []
        for alert in handshake.alertsReceived.dropFirst(self.alertsReceived) {
            notes.append((.alert, "received \(alert)"))
        }
        for alert in handshake.alertsSent.dropFirst(self.alertsSent) {
            notes.append((.alert, "sent \(alert)"))
        }
        self.alertsReceived = handshake.alertsReceived.count
        self.alertsSent = handshake.alertsSent.count
        if let retry = handshake.retryRequest, !self.isRetryTold {
            self.isRetryTold = true
            notes.append((.handshake, "\(retry)"))
        }
        if state != self.state {
            self.state = state
            switch state {
            case .established:
                switch handshake.earlyData {
                case .accepted?: notes.append((.handshake, "early data accepted"))
                case .rejected?: notes.append((.handshake, "early data rejected"))
                case .notSent?, nil: break
                }
                let version = handshake.version.map { "TLS \($0.rawValue)" } ?? "TLS"
                notes.append((.handshake, "\(version) \(handshake.cipherSuite ?? "")"))
            case .failed:
                notes.append((.note, handshake.failure ?? "TLS failed"))
            case .handshaking:
                break
            }
        }
        if handshake.closeNotifyReceived, !self.isCloseNotifyTold {
            self.isCloseNotifyTold = true
            notes.append((.alert, "received close_notify"))
        }
        return notes
    }
}
