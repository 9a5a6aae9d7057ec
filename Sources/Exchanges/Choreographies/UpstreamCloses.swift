/// After the echo of the first line the upstream closes in order, and the client sees how that arrives.
struct UpstreamCloses: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        return await party.hearEnd()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine() else { return false }
        await party.end()
        return await party.hearEnd()
    }
}
