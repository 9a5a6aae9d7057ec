internal import Addresses
internal import Glibc

/// Ports of 127.0.0.1 and ::1.
enum Loopback {
    /// Whether this machine has ::1; containers often have not.
    static var hasIPv6: Bool { Self.canBind(.loopback6, port: 0) }

    /// A port that is free on both addresses at this moment.
    ///
    /// It is below the range from which Linux takes the ports of outgoing connections (32768 and up), so that none of
    /// the harness's own connections can have it before the edge binds it.
    static func freePort() throws(TargetError) -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 20_000..<32_000)
            if Self.canBind(.loopback, port: port), !Self.hasIPv6 || Self.canBind(.loopback6, port: port) {
                return port
            }
        }
        throw TargetError(
            .busyPort,
            "no free port was found from 20000 to 31999 on 127.0.0.1",
            hint: "see who listens there: ss -tlnp"
        )
    }

    static func canBind(_ ip: IPAddress, port: UInt16) -> Bool {
        // The address lives on this stack during the call.
        unsafe Self.withSocket(TransportAddress(ip: ip, port: port)) { unsafe bind($0, $1, $2) } == 0
    }

    /// Whether something takes connections there.
    static func canConnect(to address: TransportAddress) -> Bool {
        unsafe Self.withSocket(address) { unsafe connect($0, $1, $2) } == 0
    }

    static func withSocket(
        _ address: TransportAddress,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let family = address.ip.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        defer { close(descriptor) }
        switch address.ip {
        case .v4(let value):
            var structure = sockaddr_in()
            structure.sin_family = sa_family_t(AF_INET)
            structure.sin_port = address.port.bigEndian
            structure.sin_addr.s_addr = value.bigEndian
            return unsafe Self.lend(structure) { unsafe body(descriptor, $0, $1) }
        case .v6:
            var structure = sockaddr_in6()
            structure.sin6_family = sa_family_t(AF_INET6)
            structure.sin6_port = address.port.bigEndian
            // Both are 16 bytes in network order.
            unsafe withUnsafeMutableBytes(of: &structure.sin6_addr) { unsafe $0.copyBytes(from: address.ip.bytes) }
            return unsafe Self.lend(structure) { unsafe body(descriptor, $0, $1) }
        }
    }

    /// Reads the structure of a family as the sockaddr that it begins with, as bind and connect do.
    static func lend<Structure>(
        _ structure: Structure,
        to body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        unsafe withUnsafePointer(to: structure) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Structure>.size))
            }
        }
    }
}
