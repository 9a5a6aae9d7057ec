package import ConfigurationFiles

/// Where connections are forwarded to, and whether over TLS.
package struct UpstreamAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Destination: Hashable, Sendable {
        case host(String, port: Int)
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
        if let port = Self.port(text) {
            self.destination = .host("localhost", port: port)
            self.usesTLS = port == 443
            return
        }
        var rest = text[...]
        self.usesTLS = rest.hasPrefix("tls://")
        if self.usesTLS || rest.hasPrefix("tcp://") {
            rest = rest.dropFirst(6)
        }
        let host: Substring
        let portText: Substring?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = rest[rest.index(after: rest.startIndex)..<end]
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw Self.invalid(text) }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw Self.invalid(text) }
            host = parts[0]
            portText = parts.count == 2 ? parts[1] : nil
        }
        let port = portText.map { Self.port($0) } ?? (self.usesTLS ? 443 : nil)
        guard let port, !host.isEmpty, !host.contains(where: { "/@ ?#".contains($0) }) else {
            throw Self.invalid(text)
        }
        self.destination = .host(String(host), port: port)
    }

    private static func port(_ text: some StringProtocol) -> Int? {
        guard text.allSatisfy({ ("0"..."9").contains($0) }), let port = Int(text), (1...65_535).contains(port) else {
            return nil
        }
        return port
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
        case .host(let host, let port):
            "\(self.usesTLS ? "tls://" : "")\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}
