package import EdgeCore

/// A client's connection that has ended, in the words of the log and of `tcp_connection_closed.v0`.
package struct ConnectionStatus: Hashable, Sendable {
    /// As the log has it.
    package var id: String
    package var endedAt: Timestamp
    package var endpoint: String
    package var clientAddress: String
    package var nanoseconds: Int64
    package var bytesIn: Int64
    package var bytesOut: Int64
    /// `served`, `refused`, …
    package var outcome: String
    package var reason: String

    package init(
        id: String,
        endedAt: Timestamp,
        endpoint: String,
        clientAddress: String,
        nanoseconds: Int64,
        bytesIn: Int64,
        bytesOut: Int64,
        outcome: String,
        reason: String
    ) {
        self.id = id
        self.endedAt = endedAt
        self.endpoint = endpoint
        self.clientAddress = clientAddress
        self.nanoseconds = nanoseconds
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.outcome = outcome
        self.reason = reason
    }
}
