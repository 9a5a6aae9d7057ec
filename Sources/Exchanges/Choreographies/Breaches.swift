import ScenarioModel

/// After the echo of the first line the client sends a record that no server may accept.
struct Breached: Choreography {
    let breach: Exchange.Breach

    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        await party.conversation.commit(self.breach)
        return await party.hearNothingMore()
    }

    /// Where TLS ends here, it is this side that has to answer.
    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine() else { return false }
        return await party.hearNothingMore()
    }
}
