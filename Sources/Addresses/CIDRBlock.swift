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
            let length = readDecimal(parts[1].utf8, maximum: address.isIPv4 ? 32 : 128)
        else { return nil }
        self.network = address.prefix(length)
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
        address.isIPv4 == self.network.isIPv4 && address.prefix(self.prefixLength) == self.network
    }
}

extension IPAddress {
    /// The address with the bits beyond the first `length` cleared. Every connection is compared with rules, so no bytes are
    /// laid out for it.
    fileprivate func prefix(_ length: Int) -> IPAddress {
        switch self {
        case .v4(let value):
            .v4(value & UInt32.max << (32 - length))
        case .v6(let high, let low):
            .v6(high: high & UInt64.max << (64 - min(length, 64)), low: low & UInt64.max << (128 - max(length, 64)))
        }
    }
}

extension CIDRBlock: CustomStringConvertible {
    package var description: String { "\(self.network)/\(self.prefixLength)" }
}
