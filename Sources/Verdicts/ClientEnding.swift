package import ScenarioModel

/// How the connection of a client ended, the second axis of a verdict: of all that was seen, what lists and summaries say.
package struct ClientEnding: Hashable, Sendable {
    package var alertsReceived: [HandshakeObservation.Alert]
    package var closeNotifyReceived: Bool
    package var ending: LegEnding
    /// In milliseconds.
    package var endedAfter: Double
    package var receivedCount: Int

    package init(_ client: ClientObservation) {
        self.alertsReceived = client.handshake.alertsReceived
        self.closeNotifyReceived = client.handshake.closeNotifyReceived
        self.ending = client.leg.ending
        self.endedAfter = client.leg.endedAfter
        self.receivedCount = client.leg.receivedCount
    }
}
