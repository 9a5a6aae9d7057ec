/// The client sends a line and closes its sending side; the upstream answers only after it saw the end.
struct ClientHalfClose: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine() else { return false }
        await party.end()
        guard await party.hearPayload(.down, count: HalfClosed.payloadCount) else { return false }
        return await party.hearEnd()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.hearLine(), await party.hearEnd() else { return false }
        guard await party.sayPayload(.down, count: HalfClosed.payloadCount) else { return false }
        return await party.flush()
    }
}

/// The upstream sends a line and closes its sending side; the client sends its part after it saw the end.
struct UpstreamHalfClose: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.hearLine(), await party.hearEnd(), await party.sayLine() else { return false }
        guard await party.sayPayload(.up, count: HalfClosed.payloadCount) else { return false }
        return await party.flush()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.sayLine() else { return false }
        await party.end()
        guard await party.hearLine(), await party.hearPayload(.up, count: HalfClosed.payloadCount) else {
            return false
        }
        return await party.hearEnd()
    }
}

private enum HalfClosed {
    /// What is sent against a half-closed direction: more than a relay's own buffers hold.
    static let payloadCount = 1 << 20
}
