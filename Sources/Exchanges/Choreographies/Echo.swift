/// The client sends a line, the upstream echoes everything, the client closes in order.
struct Echo: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        await party.end()
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        let isRight = await party.echoLine()
        return await party.echoToEnd() && isRight
    }
}

/// The same, and the end must be answered in order: what a relay that ends both directions at once does not do.
struct ClientCloses: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        await party.end()
        return await party.hearEnd()
    }

    func upstream(_ party: Party) async -> Bool { await Echo().upstream(party) }
}
