package import Addresses
package import NIOCore

extension TransportAddress {
    /// `nil` for a Unix socket, which no leg has.
    package init?(_ address: SocketAddress?) {
        guard let ip = address?.ipAddress.flatMap({ IPAddress($0) }), let port = address?.port else { return nil }
        self.init(ip: ip, port: UInt16(truncatingIfNeeded: port))
    }

    package func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: self.ip.description, port: Int(self.port))
    }
}
