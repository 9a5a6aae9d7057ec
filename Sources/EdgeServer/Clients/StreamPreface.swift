import Addresses
import AgentProtocol
import EdgeCore
import NIOCore
import NIOSSL
import ProxyProtocol

/// What goes to the agent in front of a connection's bytes: the stream header and, if asked for, a PROXY header.
struct StreamPreface {
    let buffers: [ByteBuffer]
    /// Whose connection it is.
    let client: TransportAddress

    /// - Parameters:
    ///   - id: by which the agent knows what the connection is for.
    ///   - tls: what the edge negotiated with the client; `nil` where it does not end TLS.
    /// - Throws: when the PROXY header cannot hold what it has to say.
    init(
        _ connection: ClientConnection,
        endpoint: EndpointConfiguration,
        id: String,
        tls: NegotiatedTLS?
    ) throws(ProxyError) {
        let header = ProxyStreamHeader(
            id: id,
            clientAddr: "\(connection.client)",
            proto: "tls",
            edgeType: .tls,
            passthroughTLS: tls == nil
        )
        var buffers = [ByteBuffer(bytes: header.framed)]
        if let version = endpoint.proxyHeader {
            var proxy = ProxyHeader(
                version: version == .one ? .one : .two,
                addresses: .ip(source: connection.client, destination: connection.server)
            )
            if version == .two { proxy.tlvs = try Self.tlvs(connection, tls: tls) }
            // Alone in its write, so that it is alone in its frame, as receivers expect it alone in a segment.
            buffers.append(ByteBuffer(bytes: try ProxyHeaderWriter.write(proxy)))
        }
        self.buffers = buffers
        self.client = connection.client
    }

    private static func tlvs(_ connection: ClientConnection, tls: NegotiatedTLS?) throws(ProxyError) -> [ProxyTLV] {
        var tlvs: [ProxyTLV] = []
        // "This is the exact copy of the server_name extension" (PROXY protocol section 2.2.2).
        if let serverName = connection.serverNameAsSent { tlvs.append(ProxyTLV(.authority, Array(serverName.utf8))) }
        guard let tls else { return tlvs }
        var client: ProxySSL.Client = [.tls]
        // Where certificates are asked for nothing is resumed, so that the session's came on this connection.
        if tls.clientCertificate != nil { client.formUnion([.certificateOnConnection, .certificateInSession]) }
        var facts = [ProxyTLV(.sslVersion, Array((tls.version == .tlsv13 ? "TLSv1.3" : "TLSv1.2").utf8))]
        // "In all cases" (section 2.2.6), so wherever there is a certificate.
        if let name = tls.clientCommonName { facts.append(ProxyTLV(.sslCommonName, Array(name.utf8))) }
        // Zero means "presented and verified", so it is not zero without a certificate, nor for one that nobody looked at.
        let ssl = ProxySSL(client: client, verify: tls.clientIsVerified ? 0 : 1, tlvs: facts)
        tlvs.append(try ssl.tlv())
        return tlvs
    }
}
