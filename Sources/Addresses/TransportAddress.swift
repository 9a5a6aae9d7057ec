/// An IP address and a TCP or UDP port (RFC 8489 section 4 calls the two a transport address).
///
/// A run.json holds them as `{"ip":"::1","port":443}`.
package struct TransportAddress: Hashable, Sendable, Codable {
    package var ip: IPAddress
    package var port: UInt16

    package init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:443` or `[2001:db8::1]:443`, as strictly as ``IPAddress`` and ``HostAndPort``.
    package init?(_ text: some StringProtocol) {
        guard let place = HostAndPort(text), let ip = IPAddress(place.host) else { return nil }
        self.init(ip: ip, port: place.port)
    }

    /// Reads a port's digits, without sign or leading zeros; 0 is one.
    package static func port(_ digits: some Collection<UInt8>) -> UInt16? {
        readDecimal(digits, maximum: 65_535).map { UInt16($0) }
    }
}

extension TransportAddress: CustomStringConvertible {
    package var description: String { HostAndPort(host: self.ip.description, port: self.port).description }
}
