package import ScenarioModel

/// What an OpenSSL context is made for. Equal configurations share one context.
package struct OpenSSLConfiguration: Hashable, Sendable {
    package var side: Side
    /// TLS 1.0 and 1.1 lower OpenSSL's security level to 0, which they need.
    package var minimumVersion: TLSVersion
    package var maximumVersion: TLSVersion
    package var credential: Credential?
    /// The protocols a client offers, or a server selects from, in its own order; a server without any ignores the
    /// client's list.
    package var alpn: [String]
    /// A server asks for a certificate, and takes any or none.
    package var requestsClientCertificate: Bool
    /// In PEM: a server lets in only who has a certificate of one of these CAs. Empty demands none.
    package var clientAuthorities: String
    /// A client asks for session tickets, a server gives them; without them TLS 1.2 sessions are resumed by their id.
    package var usesTickets: Bool
    /// A server takes early data, and says so in its tickets.
    package var takesEarlyData: Bool

    package init(
        side: Side,
        minimumVersion: TLSVersion = .tls12,
        maximumVersion: TLSVersion = .tls13,
        credential: Credential? = nil,
        alpn: [String] = [],
        requestsClientCertificate: Bool = false,
        clientAuthorities: String = "",
        usesTickets: Bool = true,
        takesEarlyData: Bool = false
    ) {
        self.side = side
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.credential = credential
        self.alpn = alpn
        self.requestsClientCertificate = requestsClientCertificate
        self.clientAuthorities = clientAuthorities
        self.usesTickets = usesTickets
        self.takesEarlyData = takesEarlyData
    }

    package enum Side: Hashable, Sendable { case client, server }

    /// The list as RFC 7301 section 3.1 writes it, without its outer length; `nil` when a name has no legal length.
    var encodedALPN: [UInt8]? {
        var encoded: [UInt8] = []
        for name in self.alpn {
            let bytes = Array(name.utf8)
            guard (1...255).contains(bytes.count) else { return nil }
            encoded.append(UInt8(bytes.count))
            encoded.append(contentsOf: bytes)
        }
        return encoded
    }
}
