/// The client sends a line, the upstream echoes everything, the client closes in order and reads to the end.
struct Echo: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        await party.end()
        return await party.hearEnd()
    }

    func upstream(_ party: Party) async -> Bool {
        let isRight = await party.echoLine()
        return await party.echoToEnd() && isRight
    }
}
