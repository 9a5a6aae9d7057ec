package import Legs
package import ScenarioModel

/// What came of one connection of a client.
package struct ClientOutcome: Sendable {
    package var observation: ClientObservation
    /// What a later client can offer to resume; `nil` where the server gave nothing that could be.
    package var session: SavedSession?

    init(_ observation: ClientObservation, session: SavedSession? = nil) {
        self.observation = observation
        self.session = session
    }
}
