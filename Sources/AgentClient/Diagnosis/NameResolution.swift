import Addresses
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Every address that this machine knows of a name. NIO's own resolver tells only whether one of them could be connected to.
enum NameResolution {
    struct Failure: Error, Hashable, CustomStringConvertible {
        /// The system's own words.
        let description: String
    }

    /// Blocks the thread for as long as the system takes.
    static func addresses(of place: HostAndPort, isIPv6Only: Bool) throws -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = isIPv6Only ? AF_INET6 : AF_UNSPEC
        unsafe hints.ai_socktype = Self.stream
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(place.host, "\(place.port)", &hints, &list)
        guard status == 0 else {
            let words = unsafe String(cString: gai_strerror(status))
            throw Failure(description: "'\(place.host)': \(words.prefix(1).lowercased())\(words.dropFirst())")
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        // The list and what it points to stay until it is freed; each address is of the family that its entry says.
        while let entry = unsafe next?.pointee {
            if let address = unsafe entry.ai_addr {
                switch unsafe entry.ai_family {
                case AF_INET:
                    addresses.append(unsafe Self.address(address, as: sockaddr_in.self, { SocketAddress($0) }))
                case AF_INET6:
                    addresses.append(unsafe Self.address(address, as: sockaddr_in6.self, { SocketAddress($0) }))
                default: break
                }
            }
            unsafe next = entry.ai_next
        }
        return addresses
    }

    private static func address<Family>(
        _ address: UnsafeMutablePointer<sockaddr>,
        as family: Family.Type,
        _ make: (Family) -> SocketAddress
    ) -> SocketAddress {
        unsafe address.withMemoryRebound(to: family, capacity: 1) { unsafe make($0.pointee) }
    }

    private static var stream: Int32 {
        #if canImport(Darwin)
        SOCK_STREAM
        #else
        Int32(SOCK_STREAM.rawValue)
        #endif
    }
}
