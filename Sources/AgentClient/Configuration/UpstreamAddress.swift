package import Addresses
package import ConfigurationFiles

/// Where connections are forwarded to, and whether over TLS.
package struct UpstreamAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Destination: Hashable, Sendable {
        case host(HostAndPort)
        case unixSocket(path: String)
    }

    package let destination: Destination
    /// The agent opens TLS to the upstream. Ignored where the payload is the client's own TLS.
    package let usesTLS: Bool

    /// Reads `8080`, `host:8080`, `[::1]:8080`, `tcp://host:8080`, `tls://host[:443]` or `unix:/path`.
    ///
    /// A port alone is on localhost, and the port 443 alone is `tls://localhost:443`, as ngrok's agent has it.
    package init(_ text: String) throws(ConfigurationError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
            // sun_path has 108 bytes on Linux and 104 elsewhere, a zero included.
            guard path.hasPrefix("/"), path.utf8.count < 104 else { throw Self.invalid(text) }
            self.destination = .unixSocket(path: path)
            self.usesTLS = false
            return
        }
        if let port = TransportAddress.port(text.utf8), port > 0 {
            self.destination = .host(HostAndPort(host: "localhost", port: port))
            self.usesTLS = port == 443
            return
        }
        var rest = text[...]
        self.usesTLS = rest.hasPrefix("tls://")
        if self.usesTLS || rest.hasPrefix("tcp://") {
            rest = rest.dropFirst(6)
        }
        guard let place = HostAndPort(rest, defaultPort: self.usesTLS ? 443 : nil), place.port > 0 else {
            throw Self.invalid(text)
        }
        self.destination = .host(place)
    }

    private static func invalid(_ text: String) -> ConfigurationError {
        ConfigurationError(
            "'\(text)' is no upstream address",
            hint: "write 8080, host:8080, [::1]:8080, tls://host:8443 or unix:/path"
        )
    }

    package var description: String {
        switch self.destination {
        case .unixSocket(let path): "unix:\(path)"
        case .host(let place): "\(self.usesTLS ? "tls://" : "")\(place)"
        }
    }
}
