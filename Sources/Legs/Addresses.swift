package import NIOCore
package import ScenarioModel

extension SocketAddressValue {
    /// `nil` for a Unix socket, which no leg has.
    package init?(_ address: SocketAddress?) {
        guard let ip = address?.ipAddress, let port = address?.port else { return nil }
        self.init(ip: ip, port: port)
    }

    package func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: self.ip, port: self.port)
    }
}

extension ClientPlan.Source {
    package var ip: String {
        switch self {
        case .loopback: "127.0.0.1"
        case .otherLoopback: "127.0.0.66"
        case .loopback6: "::1"
        }
    }
}
