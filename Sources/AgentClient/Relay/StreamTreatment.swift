import Addresses
import AgentProtocol
import NIOSSL
import ProxyProtocol
import TLSCredentials

/// What is done with the bytes of one of a tunnel's streams. A labelled tunnel may get streams of both kinds, since each of the
/// TLS edges that ask for its labels decides for itself where TLS ends.
extension Tunnel {
    /// Whether a stream's payload is the client's own TLS.
    ///
    /// ngrok's edge means what it says of that in the header for labelled tunnels only. Of an endpoint it is known from what its
    /// bind has asked for, whatever the header says.
    func carriesClientTLS(_ header: ProxyStreamHeader) -> Bool {
        switch self.request {
        case .bind(let bind): bind.options.tlsTermination == nil
        case .start: header.passthroughTLS
        }
    }

    /// What ends the client's TLS; `nil` where the edge has ended it already, or the upstream will.
    func serverContexts(for header: ProxyStreamHeader) -> ServerContexts? {
        self.carriesClientTLS(header) ? self.serverContexts : nil
    }

    /// What opens TLS to the upstream; `nil` where the payload is TLS already, or the upstream wants none.
    func upstreamContext(for header: ProxyStreamHeader) -> NIOSSLContext? {
        self.carriesClientTLS(header) && self.serverContexts == nil ? nil : self.upstreamContext
    }

    /// The PROXY header that the edge has not written. It names the client that the stream's header names; nobody has told the agent
    /// where that client connected to, so this is the unspecified address.
    ///
    /// - Throws: ``ProxyError``.
    func ownProxyHeader(for header: ProxyStreamHeader) throws -> [UInt8]? {
        guard case .agent(let version) = self.proxyHeader else { return nil }
        var addresses = ProxyHeader.Addresses.unknown
        if let source = TransportAddress(header.clientAddr) {
            let unspecified = source.ip.isIPv4 ? IPAddress.v4(0) : .v6(high: 0, low: 0)
            addresses = .ip(source: source, destination: TransportAddress(ip: unspecified, port: 0))
        }
        return try ProxyHeaderWriter.write(ProxyHeader(version: version, addresses: addresses))
    }
}
