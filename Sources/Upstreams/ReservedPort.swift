import Glibc
import NIOCore

/// A port of 127.0.0.1 that is taken but not listening: connecting is refused, and nobody else can come to listen there.
///
/// `@safe`: the calls below only lend an address structure to the kernel.
@safe
final class ReservedPort: Sendable {
    let port: UInt16
    private let descriptor: CInt

    init() throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // unsafe: sockaddr_in is what AF_INET sockets mean by sockaddr, and the kernel keeps no pointer to it.
        let failedCall: String? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                if unsafe bind(descriptor, generic, length) != 0 { return "bind" }
                return unsafe getsockname(descriptor, generic, &length) == 0 ? nil : "getsockname"
            }
        }
        if let failedCall {
            let code = errno
            close(descriptor)
            throw IOError(errnoCode: code, reason: failedCall)
        }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(self.descriptor)
    }
}
