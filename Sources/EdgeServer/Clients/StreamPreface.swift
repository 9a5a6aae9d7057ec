import AgentProtocol
import EdgeCore
import NIOCore
import NIOSSL
import ProxyProtocol

/// What goes to the agent in front of a connection's bytes: the stream header and, if asked for, a PROXY header.
struct StreamPreface {
    let buffers: [ByteBuffer]

    /// - Parameter tlsVersion: what the edge negotiated with the client; `nil` where it does not end TLS.
    /// - Throws: when the PROXY header cannot hold what it has to say.
    init(
        _ connection: ClientConnection,
        endpoint: EndpointConfiguration,
        tlsVersion: TLSVersion?
    ) throws(ProxyError) {
        let header = ProxyStreamHeader(
            id: endpoint.id,
            clientAddr: "\(connection.client)",
            proto: "tls",
            edgeType: .tls,
            passthroughTLS: endpoint.termination == .beyond
        )
        var buffers = [ByteBuffer(bytes: header.framed)]
        if let version = endpoint.proxyHeader {
            var proxy = ProxyHeader(
                version: version == .one ? .one : .two,
                addresses: .ip(source: connection.client, destination: connection.server)
            )
            if version == .two { proxy.tlvs = try Self.tlvs(connection, endpoint: endpoint, tlsVersion: tlsVersion) }
            // Alone in its write, so that it is alone in its frame, as receivers expect it alone in a segment.
            buffers.append(ByteBuffer(bytes: try ProxyHeaderWriter.write(proxy)))
        }
        self.buffers = buffers
    }

    private static func tlvs(
        _ connection: ClientConnection,
        endpoint: EndpointConfiguration,
        tlsVersion: TLSVersion?
    ) throws(ProxyError) -> [ProxyTLV] {
        var tlvs: [ProxyTLV] = []
        if let serverName = connection.serverName { tlvs.append(ProxyTLV(.authority, Array(serverName.utf8))) }
        guard case .edge(let termination) = endpoint.termination, let tlsVersion else { return tlvs }
        var client: ProxySSL.Client = [.tls]
        let isVerified = !termination.clientAuthorities.isEmpty
        if isVerified {
            client.insert(.certificateInSession)
            // Without resumption, which exists for TLS 1.2 only, the certificate came on this connection.
            if tlsVersion == .tlsv13 { client.insert(.certificateOnConnection) }
        }
        // Zero means "presented and verified", so without a certificate it is not zero.
        let ssl = ProxySSL(
            client: client,
            verify: isVerified ? 0 : 1,
            tlvs: [ProxyTLV(.sslVersion, Array((tlsVersion == .tlsv13 ? "TLSv1.3" : "TLSv1.2").utf8))]
        )
        tlvs.append(try ssl.tlv())
        return tlvs
    }
}
