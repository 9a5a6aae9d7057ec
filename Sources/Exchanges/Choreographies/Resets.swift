/// After the echo of the first line the upstream resets the connection.
struct UpstreamResets: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine(), await party.sayAcknowledgement() else { return false }
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async throws -> Bool {
        guard await party.echoLine(), await party.hearAcknowledgement() else { return false }
        try await party.reset()
        return true
    }
}

/// After the echo of the first line the upstream ends its side as if it had said all, and in TLS has not.
struct UpstreamTruncates: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayLine(), await party.hearLine(), await party.sayAcknowledgement() else { return false }
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine(), await party.hearAcknowledgement() else { return false }
        party.truncate()
        return await party.hearNothingMore()
    }
}

/// After the echo of the first line the client resets the connection.
struct ClientResets: Choreography {
    func client(_ party: Party) async throws -> Bool {
        guard await party.sayLine(), await party.hearLine() else { return false }
        try await party.reset()
        return true
    }

    func upstream(_ party: Party) async -> Bool {
        guard await party.echoLine() else { return false }
        return await party.hearNothingMore()
    }
}
