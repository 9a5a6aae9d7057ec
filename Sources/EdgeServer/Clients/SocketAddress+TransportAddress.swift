import Addresses
import NIOCore

extension TransportAddress {
    /// `nil` for a Unix socket. What a dual-stack listener sees of an IPv4 client is the IPv4 address.
    init?(_ address: SocketAddress?) {
        guard let address, let port = address.port,
            let text = address.ipAddress, let ip = IPAddress(text.prefix { $0 != "%" })
        else { return nil }
        self.init(ip: ip.unmapped ?? ip, port: UInt16(truncatingIfNeeded: port))
    }

    func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: self.ip.description, port: Int(self.port))
    }
}
