internal import Glibc
internal import ScenarioModel

/// Ports of 127.0.0.1 and ::1.
enum Loopback {
    /// Whether this machine has ::1; containers often have not.
    static var hasIPv6: Bool { Self.canBind("::1", port: 0) }

    /// A port that is free on both addresses at this moment.
    ///
    /// It is below the range from which Linux takes the ports of outgoing connections (32768 and up), so that none of
    /// the harness's own connections can have it before the edge binds it.
    static func freePort() throws(TargetError) -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            if Self.canBind("127.0.0.1", port: port), !Self.hasIPv6 || Self.canBind("::1", port: port) { return port }
        }
        throw TargetError(
            .busyPort,
            "no free port was found from 20000 to 31999 on 127.0.0.1",
            hint: "see who listens there: ss -tlnp"
        )
    }

    static func canBind(_ ip: String, port: Int) -> Bool {
        // The address lives on this stack during the call.
        unsafe Self.withSocket(SocketAddressValue(ip: ip, port: port)) { unsafe bind($0, $1, $2) } == 0
    }

    /// Whether something takes connections there.
    static func canConnect(to address: SocketAddressValue) -> Bool {
        unsafe Self.withSocket(address) { unsafe connect($0, $1, $2) } == 0
    }

    private static func withSocket(
        _ address: SocketAddressValue,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        defer { close(descriptor) }
        let port = in_port_t(truncatingIfNeeded: address.port).bigEndian
        // inet_pton fills the field that the family has; the structure is then read as the sockaddr it begins with.
        if address.isIPv6 {
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = port
            guard unsafe inet_pton(AF_INET6, address.ip, &value.sin6_addr) == 1 else { return -1 }
            return unsafe withUnsafePointer(to: &value) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var value = sockaddr_in()
        value.sin_family = sa_family_t(AF_INET)
        value.sin_port = port
        guard unsafe inet_pton(AF_INET, address.ip, &value.sin_addr) == 1 else { return -1 }
        return unsafe withUnsafePointer(to: &value) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
