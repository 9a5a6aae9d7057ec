/// Where to connect to: a name or an IP address, and a port.
package struct HostAndPort: Hashable, Sendable {
    /// Without brackets. Whether a name could be one is for the resolver to say.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `edge.example.com:4443`, `192.0.2.1:443` or `[2001:db8::1]:443`: in brackets exactly what has colons.
    ///
    /// - Parameter defaultPort: What a text without a port means; `nil` refuses it.
    package init?(_ text: some StringProtocol, defaultPort: UInt16? = nil) {
        let colon = UInt8(ascii: ":")
        let characters = Array(text.utf8)[...]
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if characters.first == UInt8(ascii: "[") {
            guard let end = characters.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = characters[1..<end]
            rest = characters[(end + 1)...]
            guard host.contains(colon) else { return nil }
        } else {
            let end = characters.firstIndex(of: colon) ?? characters.endIndex
            host = characters[..<end]
            rest = characters[end...]
        }
        guard !host.isEmpty, !host.contains(where: Self.separators.contains), rest.isEmpty || rest.first == colon,
            let port = rest.isEmpty ? defaultPort : TransportAddress.port(rest.dropFirst())
        else { return nil }
        self.init(host: String(decoding: host, as: UTF8.self), port: port)
    }

    /// What would make it another part of a URL, and what ends a line: a proxy is asked for it in one.
    private static let separators = Set("[]/@?#".utf8).union(0...0x20).union([0x7f])

    /// The host as a ClientHello may name it: a name, never an IP address (RFC 6066 section 3).
    package var serverName: String? {
        self.host.contains(":") || IPAddress(self.host) != nil ? nil : self.host
    }
}

extension HostAndPort: CustomStringConvertible {
    package var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }
}
