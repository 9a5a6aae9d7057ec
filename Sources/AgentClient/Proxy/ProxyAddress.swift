package import Addresses
package import ConfigurationFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A proxy that the connection to the edge goes through. Its password is not printed.
package struct ProxyAddress: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Asked by CONNECT (RFC 9110 section 9.3.6).
        case http
        /// RFC 1928. It resolves the edge's name itself.
        case socks5
    }

    struct Credentials: Hashable, Sendable {
        let user: Secret
        let password: Secret
    }

    package let kind: Kind
    package let server: HostAndPort
    let credentials: Credentials?

    /// Reads `http://user:password@host:port` or `socks5://host`, also `socks5h`; without a scheme it is HTTP's. The ports that go
    /// without saying are 80 and 1080.
    ///
    /// - Throws: Without the text, which may hold a password.
    package init(_ text: Secret) throws(ConfigurationError) {
        let written = text.revealed
        guard let url = URLComponents(string: written.contains("://") ? written : "http://\(written)"),
            let kind = url.scheme.flatMap(Self.kind), let host = url.host,
            ["", "/"].contains(url.path), url.query == nil, url.fragment == nil,
            let server = Self.server(host, port: url.port, kind: kind)
        else {
            throw ConfigurationError(
                "the proxy's URL cannot be used",
                hint:
                    "write http://host:port or socks5://host:port, with user:password@ before the host where it asks for them"
            )
        }
        self.kind = kind
        self.server = server
        self.credentials = url.user.map { Credentials(user: Secret($0), password: Secret(url.password ?? "")) }
        guard kind == .http || self.credentials.map(Self.fits) ?? true else {
            throw ConfigurationError(
                "a SOCKS5 proxy takes a user and a password of 1 to 255 bytes each",
                hint: "see whether both are there: socks5://user:password@host:port"
            )
        }
    }

    private static func kind(_ scheme: String) -> Kind? {
        switch scheme.lowercased() {
        case "http": .http
        case "socks5", "socks5h": .socks5
        default: nil
        }
    }

    private static func server(_ host: String, port: Int?, kind: Kind) -> HostAndPort? {
        let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let text = port.map { "\(host):\($0)" } ?? host
        return HostAndPort(text, defaultPort: kind == .http ? 80 : 1_080).flatMap { $0.port > 0 ? $0 : nil }
    }

    /// RFC 1929 section 2 has one byte for the length of each.
    private static func fits(_ credentials: Credentials) -> Bool {
        [credentials.user, credentials.password].allSatisfy { (1...255).contains($0.revealed.utf8.count) }
    }
}

extension ProxyAddress: CustomStringConvertible {
    package var description: String { "\(self.kind.rawValue)://\(self.server)" }
}
