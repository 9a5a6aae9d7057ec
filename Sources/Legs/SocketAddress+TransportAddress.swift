package import Addresses
package import NIOCore
package import ScenarioModel

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

extension ClientPlan.Source {
    package var ip: IPAddress {
        switch self {
        case .loopback: .loopback
        // 127.0.0.66
        case .otherLoopback: .v4(0x7f00_0042)
        case .loopback6: .loopback6
        }
    }
}
