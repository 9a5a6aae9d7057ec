/// The first bytes of what may be TLS.
enum TLSOpening {
    /// A record's type is 20 to 24 and the first byte of its version 3 (RFC 9846 section 5.1). Nothing, and one byte that
    /// may become it, begin like it.
    static func begins(_ bytes: [UInt8]) -> Bool {
        guard let type = bytes.first else { return true }
        guard (20...24).contains(type) else { return false }
        return bytes.count < 2 || bytes[1] == 3
    }
}
