package import Addresses

/// What is known of a connection before TLS: `conn.*`, `endpoint.*` and `time.now`.
package struct ConnectionVariables: Sendable {
    /// As rules mean it: an IPv4 client of a listener for both families has its IPv4 address.
    package let client: IPAddress
    package let clientText: String
    package let clientPort: UInt16
    package let server: TransportAddress
    /// Where the edge is, such as `eu`; empty where nobody says.
    package let region: String
    package let start: Instant
    /// When the policy is run.
    package let now: Instant
    /// Of the ClientHello.
    package let serverName: String
    /// The ClientHello's JA4; `nil` where nobody computes it.
    package let ja4: String?
    package let endpoint: EndpointVariables

    package init(
        client: TransportAddress,
        server: TransportAddress,
        region: String,
        start: Instant,
        now: Instant,
        serverName: String,
        ja4: String?,
        endpoint: EndpointVariables
    ) {
        self.client = client.ip.unmapped ?? client.ip
        self.clientText = self.client.description
        self.clientPort = client.port
        self.server = TransportAddress(ip: server.ip.unmapped ?? server.ip, port: server.port)
        self.region = region
        self.start = start
        self.now = now
        self.serverName = serverName
        self.ja4 = ja4
        self.endpoint = endpoint
    }
}

/// `endpoint.*`: the endpoint whose policy it is.
package struct EndpointVariables: Sendable {
    /// `ep_…`
    package let id: String
    package let host: String
    package let port: UInt16

    package init(id: String, host: String, port: UInt16) {
        self.id = id
        self.host = host
        self.port = port
    }
}
