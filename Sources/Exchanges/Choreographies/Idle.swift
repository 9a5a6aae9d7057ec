/// After the echo of the first line neither side says anything, until someone's idle limit ends it.
struct Idle: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine() else { return false }
        return await party.hearNothingMore()
    }
}
