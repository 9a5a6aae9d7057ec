/// The upstream speaks first; the client answers with the same line.
struct UpstreamFirst: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.hearLine(), await party.sayLine() else { return false }
        await party.end()
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        return await party.hearEnd()
    }
}
