package import Addresses
package import ConfigurationFiles
import NIOCore
import NIOSSL
import TLSCredentials

/// Where the edge is, what is on the way to it, and when it is believed: all that a connection to it needs.
package struct EdgeAccess: Sendable {
    package let server: HostAndPort
    /// `nil` where the edge is dialled directly.
    package let proxy: ProxyAddress?
    package let connectTimeout: Duration
    package let heartbeatInterval: Duration
    package let heartbeatTolerance: Duration
    let context: NIOSSLContext
    /// For an edge that has an address for a name, behind a proxy: NIO would look for the proxy's address in its certificate.
    let contextForAddresses: NIOSSLContext
    /// The file of the CAs that are trusted; `nil` for the system's.
    let rootCAs: String?
    /// What is in it, in DER.
    let roots: [[UInt8]]?
    /// `nil` where nobody asks whether the edge's certificate was revoked.
    let revocation: RevocationSource?

    package init(_ settings: AgentSettings) throws(ConfigurationError) {
        self.server = try Self.server(settings.serverAddress ?? "127.0.0.1:4443")
        if let text = settings.proxyURL {
            self.proxy = text.revealed.isEmpty ? nil : try ProxyAddress(text)
        } else {
            self.proxy = try settings.environmentProxy?.address(for: self.server)
        }
        self.connectTimeout = settings.connectTimeout ?? .seconds(10)
        self.heartbeatInterval = try Self.heartbeat(settings.heartbeatInterval ?? .seconds(10), "heartbeat_interval")
        self.heartbeatTolerance = try Self.heartbeat(settings.heartbeatTolerance ?? .seconds(15), "heartbeat_tolerance")
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The session has said GOAWAY before TLS is closed: there is nothing to wait for but a courtesy.
        configuration.shutdownTimeout = .milliseconds(500)
        let roots = settings.rootCAs.flatMap { $0 == "host" || $0 == "trusted" ? nil : $0 }
        self.rootCAs = roots
        let trusted = try CertificateBundle.roots(roots, what: "root CAs")
        self.roots = try Self.encoded(trusted)
        configuration.trustRoots = trusted
        self.context = try NIOSSLContext.made(configuration, for: "the connection to the edge")
        configuration.certificateVerification = .noHostnameVerification
        self.contextForAddresses = try NIOSSLContext.made(configuration, for: "the connection to the edge")
        if let url = settings.revocationListURL, settings.ignoresRevocation != true {
            self.revocation = try RevocationSource(url, proxy: self.proxy)
        } else {
            self.revocation = nil
        }
    }

    private static func encoded(_ roots: NIOSSLTrustRoots) throws(ConfigurationError) -> [[UInt8]]? {
        guard case .certificates(let certificates) = roots else { return nil }
        do {
            return try certificates.map { try $0.toDERBytes() }
        } catch {
            throw ConfigurationError("the root CAs cannot be used: \(error)")
        }
    }

    static func server(_ text: String) throws(ConfigurationError) -> HostAndPort {
        guard let address = try? UpstreamAddress(text), case .host(let server) = address.destination else {
            throw ConfigurationError("'\(text)' is no server address", hint: "write host:port, such as 127.0.0.1:4443")
        }
        return server
    }

    static func heartbeat(_ duration: Duration, _ key: String) throws(ConfigurationError) -> Duration {
        guard duration >= .seconds(1), duration <= .seconds(3600) else {
            throw ConfigurationError("'\(key)' is out of range", hint: "choose a duration between 1s and 1h")
        }
        return duration
    }
}
