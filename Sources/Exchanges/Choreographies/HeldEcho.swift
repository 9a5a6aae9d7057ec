/// The client of an echo that stays open for a while, and then does another: whoever closed the connection in between, or was
/// restarted, is found out. For the upstream it is an ``Echo``.
package struct HeldEcho: Choreography {
    /// How long the second echo may take.
    private let patience: Duration
    /// Called after the first echo; returns when the connection has been held long enough.
    private let hold: @Sendable () async -> Void

    /// However long it is held, it does not end by its client's deadline.
    private static let longest = Duration.seconds(60)

    package init(patience: Duration, hold: @escaping @Sendable () async -> Void) {
        self.patience = patience
        self.hold = hold
    }

    package func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        party.postponeDeadline(by: Self.longest)
        await self.hold()
        party.postponeDeadline(by: self.patience)
        return await Echo().client(party)
    }

    package func upstream(_ party: Party) async throws -> Bool { await Echo().upstream(party) }
}
