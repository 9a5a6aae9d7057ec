/// What `tcp_connection_closed.v0` tells, which is published when a connection that had found its endpoint has ended.
package struct ConnectionClosedEvent: Hashable, Sendable {
    /// `ev_…`
    package var id: String
    package var accountID: String
    /// Bytes from the client into the endpoint: plaintext where the edge terminates TLS, TLS bytes where it does not.
    package var bytesIn: Int64
    /// Bytes from the endpoint to the client, counted like ``bytesIn``.
    package var bytesOut: Int64
    package var clientAddress: String
    /// When the connection was accepted.
    package var start: Timestamp
    package var end: Timestamp
    package var serverAddress: String
    package var serverPort: Int
    package var serverName: String
    /// `nil` where the endpoint has no IP restrictions.
    package var ipPolicyDecision: IPPolicyDecision?

    package init(
        id: String,
        accountID: String,
        bytesIn: Int64,
        bytesOut: Int64,
        clientAddress: String,
        start: Timestamp,
        end: Timestamp,
        serverAddress: String,
        serverPort: Int,
        serverName: String,
        ipPolicyDecision: IPPolicyDecision?
    ) {
        self.id = id
        self.accountID = accountID
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.clientAddress = clientAddress
        self.start = start
        self.end = end
        self.serverAddress = serverAddress
        self.serverPort = serverPort
        self.serverName = serverName
        self.ipPolicyDecision = ipPolicyDecision
    }
}
