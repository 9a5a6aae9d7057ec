internal import Glibc

/// An IP address as a certificate holds it: 4 or 16 bytes in network order (RFC 5280 section 4.2.1.6).
package struct IPAddress: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Reads `127.0.0.1` or `::1`; `nil` for anything else, zones and short forms such as `127.1` included.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        // inet_pton writes 4 or 16 bytes, and the buffer has room for either.
        if unsafe inet_pton(AF_INET, text, &buffer) == 1 {
            self.bytes = Array(buffer.prefix(4))
        } else if unsafe inet_pton(AF_INET6, text, &buffer) == 1 {
            self.bytes = buffer
        } else {
            return nil
        }
    }
}
