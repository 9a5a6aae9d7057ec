/// After the echo of the first line the client ends its side, and the upstream never ends its own: somebody's limit must.
struct ClientHalfOpen: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        await party.end()
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine(), await party.hearEnd() else { return false }
        return await party.holdOut()
    }
}

/// The same the other way round.
struct UpstreamHalfOpen: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine(), await party.hearEnd() else { return false }
        return await party.holdOut()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine() else { return false }
        await party.end()
        return await party.hearNothingMore()
    }
}
