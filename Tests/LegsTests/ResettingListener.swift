import Addresses
import Glibc

/// Takes connections only to reset them, without an event loop: whoever calls decides when.
final class ResettingListener: Sendable {
    struct Failed: Error { let errorNumber = errno }

    let address: TransportAddress
    private let descriptor: CInt

    init() throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        // Who listens without an address has all of them, and a free port.
        guard listen(descriptor, 1) == 0 else { throw Failed() }
        // A sockaddr_in: the family, the port in network order, the address.
        var own = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // unsafe: the address outlives the call, and is as large as it is told.
        let isKnown = unsafe withUnsafeMutablePointer(to: &own) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &size) == 0
            }
        }
        guard isKnown else { throw Failed() }
        self.descriptor = descriptor
        let port = unsafe withUnsafeBytes(of: &own) { bytes in unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }
        self.address = TransportAddress(ip: .v4(0x7f00_0001), port: port)
    }

    deinit { close(self.descriptor) }

    /// `false` where nobody has come.
    func resetOne() -> Bool {
        let peer = accept(self.descriptor, nil, nil)
        guard peer >= 0 else { return false }
        var linger = linger(l_onoff: 1, l_linger: 0)
        // unsafe: the option outlives the call, and is as large as it says.
        unsafe setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close(peer)
        return true
    }
}
