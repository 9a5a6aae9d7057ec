package import Legs

/// What one client offers, besides what its context is made for.
package struct OpenSSLOffer: Sendable {
    /// Sent as server_name without any check: 1 to 255 bytes, none of them NUL.
    package var serverName: String?
    /// The server name of the second hello, where a HelloRetryRequest asks for one; `nil` keeps the first one's.
    package var serverNameAfterRetry: String?
    /// By OpenSSL's names; only the first comes with a key share. Empty leaves OpenSSL's own.
    package var groups: [String]
    /// By the names of ``OfferedNames``; empty leaves OpenSSL's own. Whoever names one gets it, however weak it is.
    package var ciphers: [String]
    package var signatureAlgorithms: [String]
    /// The session to resume.
    package var saved: SavedSession?
    /// Sent with the first flight, where the session to resume is one of TLS 1.3: whether or not its ticket allows that,
    /// and under whatever name.
    package var earlyData: [UInt8]

    package init(
        serverName: String? = nil,
        serverNameAfterRetry: String? = nil,
        groups: [String] = [],
        ciphers: [String] = [],
        signatureAlgorithms: [String] = [],
        resuming saved: SavedSession? = nil,
        earlyData: [UInt8] = []
    ) {
        self.serverName = serverName
        self.serverNameAfterRetry = serverNameAfterRetry
        self.groups = groups
        self.ciphers = ciphers
        self.signatureAlgorithms = signatureAlgorithms
        self.saved = saved
        self.earlyData = earlyData
    }
}
