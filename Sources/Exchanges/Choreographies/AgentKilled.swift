/// The endpoint's own agent is killed while an endless transfer runs.
struct AgentKilled: Choreography {
    /// So many bytes have arrived when the agent is killed.
    private static let underWayCount = 1 << 20

    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearPayload(.down, count: Self.underWayCount) else { return false }
        // Nothing is read meanwhile, so the transfer stands in full buffers when the agent dies.
        await party.interrupt()
        return await party.outlastConnection() && party.hasHeardOnly(.down)
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.hearLine() else { return false }
        if await party.sayPayload(.down, count: nil) { return false }
        return await party.hearNothingMore()
    }
}
