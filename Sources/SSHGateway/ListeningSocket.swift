import Addresses
import CLibSSH
import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// TCP sockets as the gateway's thread has them: of descriptors, since libssh takes one over.
enum ListeningSocket {
    /// - Returns: the descriptor, and where it listens.
    static func open(
        _ address: TransportAddress,
        backlog: Int32
    ) throws(Complaint) -> (descriptor: Int32, address: TransportAddress) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ip.isIPv4 ? AF_INET : AF_INET6, kind, 0)
        guard descriptor >= 0 else { throw .cannotListen(on: "\(address)", errorNumber: errno) }
        Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        // As the edge's other listeners: an IPv6 address takes IPv6 clients.
        if !address.ip.isIPv4 { Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        guard Self.bind(descriptor, to: address), listen(descriptor, backlog) == 0,
            let bound = unsafe Self.address(of: descriptor)
        else {
            let number = errno
            close(descriptor)
            throw .cannotListen(on: "\(address)", errorNumber: number)
        }
        return (descriptor, bound)
    }

    /// `nil` where nobody waits any more.
    static func accept(_ listener: Int32) -> (descriptor: Int32, peer: TransportAddress, own: TransportAddress)? {
        while true {
            let descriptor = shim_accept(listener)
            guard descriptor >= 0 else {
                // Who left before it was taken is not the last that waits.
                if errno == ECONNABORTED || errno == EINTR { continue }
                return nil
            }
            Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            guard let peer = unsafe Self.address(of: descriptor, of: { unsafe getpeername($0, $1, $2) }),
                let own = unsafe Self.address(of: descriptor)
            else {
                close(descriptor)
                continue
            }
            return (descriptor, peer, own)
        }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // unsafe: the value is copied during the call. Where the system does not have the option, it goes without.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func bind(_ descriptor: Int32, to address: TransportAddress) -> Bool {
        var storage = sockaddr_storage()
        let bytes = address.ip.bytes
        let isIPv4 = address.ip.isIPv4
        // unsafe: the storage is as large as any address, and the structures begin alike.
        return unsafe withUnsafeMutableBytes(of: &storage) { storage in
            if isIPv4 {
                var name = sockaddr_in()
                name.sin_family = sa_family_t(AF_INET)
                name.sin_port = address.port.bigEndian
                unsafe withUnsafeMutableBytes(of: &name.sin_addr) { unsafe $0.copyBytes(from: bytes) }
                unsafe storage.storeBytes(of: name, as: sockaddr_in.self)
            } else {
                var name = sockaddr_in6()
                name.sin6_family = sa_family_t(AF_INET6)
                name.sin6_port = address.port.bigEndian
                unsafe withUnsafeMutableBytes(of: &name.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
                unsafe storage.storeBytes(of: name, as: sockaddr_in6.self)
            }
            let length = isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            let name = unsafe storage.assumingMemoryBound(to: sockaddr.self).baseAddress
            return unsafe bindSocket(descriptor, name, socklen_t(length)) == 0
        }
    }

    private typealias Asking = (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32

    private static func address(
        of descriptor: Int32,
        of ask: Asking = { unsafe getsockname($0, $1, $2) }
    ) -> TransportAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // unsafe: the system writes no more than the storage has, and its family says what it is.
        return unsafe withUnsafeMutableBytes(of: &storage) { storage in
            let name = unsafe storage.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard unsafe ask(descriptor, name, &length) == 0, let name = unsafe name else { return nil }
            switch Int32(unsafe name.pointee.sa_family) {
            case AF_INET:
                let name = unsafe storage.load(as: sockaddr_in.self)
                let ip = unsafe IPAddress(bytes: withUnsafeBytes(of: name.sin_addr) { unsafe Array($0) })
                return ip.map { TransportAddress(ip: $0, port: UInt16(bigEndian: name.sin_port)) }
            case AF_INET6:
                let name = unsafe storage.load(as: sockaddr_in6.self)
                let ip = unsafe IPAddress(bytes: withUnsafeBytes(of: name.sin6_addr) { unsafe Array($0) })
                return ip.map { TransportAddress(ip: $0.unmapped ?? $0, port: UInt16(bigEndian: name.sin6_port)) }
            default: return nil
            }
        }
    }
}

// By other names, where a method has the system's.

private func bindSocket(_ descriptor: Int32, _ name: UnsafeMutablePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    unsafe bind(descriptor, name, length)
}

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Hands bytes to a socket without waiting, and without a signal where nobody is at its other end.
func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
}
