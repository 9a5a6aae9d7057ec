import NIOCore
import ProxyProtocol

extension ProxyEndpoint {
    /// `nil` for a Unix socket.
    init?(_ address: SocketAddress?) {
        guard let address, let port = address.port,
            let text = address.ipAddress, let ip = IPAddress(text.prefix { $0 != "%" })
        else { return nil }
        self.init(address: ip.unmapped ?? ip, port: UInt16(truncatingIfNeeded: port))
    }

    func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: self.address.description, port: Int(self.port))
    }
}
