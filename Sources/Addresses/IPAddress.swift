/// An IPv4 or IPv6 address, without a zone.
package enum IPAddress: Hashable, Sendable {
    /// The four octets, first octet in the highest byte.
    case v4(UInt32)
    /// The eight groups, first group in the highest bits of `high`.
    case v6(high: UInt64, low: UInt64)

    /// An address from its bytes in network order; `nil` unless there are 4 or 16.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self = .v6(
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
            )
        default:
            return nil
        }
    }

    /// Four or sixteen bytes in network order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let value):
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        case .v6(let high, let low):
            [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        }
    }

    /// `127.0.0.1`
    package static let loopback = IPAddress.v4(0x7f00_0001)
    /// `::1`
    package static let loopback6 = IPAddress.v6(high: 0, low: 1)

    package var isIPv4: Bool {
        if case .v4 = self { true } else { false }
    }

    /// The IPv4 address inside `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), or `nil` for every other address.
    package var unmapped: IPAddress? {
        guard case .v6(0, let low) = self, low >> 32 == 0xffff else { return nil }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    /// An IPv4 address as the IPv6 address `::ffff:a.b.c.d`; an IPv6 address as it is.
    package var mapped: IPAddress {
        guard case .v4(let value) = self else { return self }
        return .v6(high: 0, low: 0xffff << 32 | UInt64(value))
    }
}
