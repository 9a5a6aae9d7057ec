/// The client sends `up` bytes after its line, then the upstream `down` bytes.
struct Transfer: Choreography {
    let up: Int
    let down: Int

    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.sayPayload(.up, count: self.up),
            await party.hearPayload(.down, count: self.down)
        else { return false }
        await party.end()
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.hearLine(), await party.hearPayload(.up, count: self.up),
            await party.sayPayload(.down, count: self.down)
        else { return false }
        return await party.hearEnd()
    }
}
