/// The client sends nothing more and waits to see how the connection ends.
struct Wait: Choreography {
    func client(_ party: Party) async -> Bool {
        await party.outlastConnection()
    }

    func upstream(_ party: Party) async -> Bool {
        await party.hearEnd()
    }
}
