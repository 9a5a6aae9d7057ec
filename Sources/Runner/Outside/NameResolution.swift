package import Addresses
import Glibc
package import ProgramKit

/// The addresses of a name, as this machine's resolver gives them.
package enum NameResolution {
    /// - Throws: ``Complaint`` where there is none.
    package static func addresses(of place: HostAndPort) throws(Complaint) -> [TransportAddress] {
        if let ip = IPAddress(place.host) { return [TransportAddress(ip: ip, port: place.port)] }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(place.host, nil, &hints, &first)
        // The list is the resolver's until it is given back.
        defer { if let first = unsafe first { unsafe freeaddrinfo(first) } }
        var addresses: [TransportAddress] = []
        var entry = unsafe first
        while status == 0, let current = unsafe entry {
            if let ip = unsafe Self.ip(current.pointee) {
                let address = TransportAddress(ip: ip, port: place.port)
                if !addresses.contains(address) { addresses.append(address) }
            }
            unsafe entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            let reason = status == 0 ? "it has no address" : unsafe String(cString: gai_strerror(status))
            throw Complaint(
                "\(place.host) cannot be resolved: \(reason)",
                hint: "give the address, and the name with --name: 192.0.2.7:443 --name app.example.com",
                exitStatus: .usage
            )
        }
        return addresses
    }

    private static func ip(_ entry: addrinfo) -> IPAddress? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe getnameinfo(
            entry.ai_addr,
            entry.ai_addrlen,
            &text,
            socklen_t(text.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard status == 0 else { return nil }
        let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return IPAddress(String(decoding: characters, as: UTF8.self))
    }
}
