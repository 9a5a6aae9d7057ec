import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A port of 127.0.0.1 at which no connection comes about, and which no other test gets meanwhile.
final class DeadPort: Sendable {
    enum Manner {
        /// Nobody listens there.
        case refusing
        /// As many connections as the listener's queue holds are there already, and nobody takes them: others are neither
        /// made nor refused.
        case silent
    }

    let port: Int
    private let descriptors: [Int32]

    init(_ manner: Manner) throws {
        func check(_ result: Int32) throws -> Int32 {
            guard result >= 0 || errno == EINPROGRESS else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            return result
        }
        let stream = Int32(SOCK_STREAM.rawValue)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = try check(socket(AF_INET, stream, 0))
        var descriptors = [listener]
        // The pointers are to the local address, for the length of the calls.
        func with(_ body: (UnsafeMutablePointer<sockaddr>) -> Int32) throws {
            _ = try unsafe check(
                withUnsafeMutablePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
                }
            )
        }
        try unsafe with { unsafe bind(listener, $0, size) }
        try unsafe with { unsafe getsockname(listener, $0, &size) }
        if manner == .silent {
            _ = try check(listen(listener, 0))
            // Two are more than a queue of none holds.
            for _ in 0..<2 {
                let client = try check(socket(AF_INET, stream, 0))
                descriptors.append(client)
                _ = try check(fcntl(client, F_SETFL, O_NONBLOCK))
                try unsafe with { unsafe connect(client, $0, size) }
            }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptors = descriptors
    }

    deinit { for descriptor in self.descriptors { close(descriptor) } }
}
