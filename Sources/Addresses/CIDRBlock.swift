/// An address range such as `10.0.0.0/8` or `2001:db8::/32`.
///
/// The prefix length is required. Bits beyond it are cleared, so `10.1.2.3/8` is `10.0.0.0/8`.
package struct CIDRBlock: Hashable, Sendable {
    package let network: IPAddress
    package let prefixLength: Int

    /// `nil` when the text is not an address, a slash and a prefix length.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]),
            let length = readDecimal(parts[1].utf8, maximum: address.bytes.count * 8),
            let network = IPAddress(bytes: Self.masked(address.bytes, prefixLength: length))
        else { return nil }
        self.network = network
        self.prefixLength = length
    }

    private init(network: IPAddress, prefixLength: Int) {
        self.network = network
        self.prefixLength = prefixLength
    }

    /// The IPv4 block that a block of IPv4-mapped addresses stands for (RFC 4291 section 2.5.5.2); `nil` for any other, and for
    /// those that are wider than all of IPv4.
    package var unmapped: CIDRBlock? {
        guard self.prefixLength >= 96, let network = self.network.unmapped else { return nil }
        return CIDRBlock(network: network, prefixLength: self.prefixLength - 96)
    }

    /// An IPv4 block never covers an IPv6 address, nor the reverse.
    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == self.network.isIPv4
            && Self.masked(address.bytes, prefixLength: self.prefixLength) == self.network.bytes
    }

    private static func masked(_ bytes: [UInt8], prefixLength: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(prefixLength - index * 8, 0), 8)
            return kept == 0 ? 0 : byte & (0xff << UInt8(8 - kept))
        }
    }
}

extension CIDRBlock: CustomStringConvertible {
    package var description: String { "\(self.network)/\(self.prefixLength)" }
}
