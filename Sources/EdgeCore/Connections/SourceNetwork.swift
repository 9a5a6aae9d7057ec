package import Addresses

/// What limits take for one source: an IPv4 address, or the 64 bits of an IPv6 network, all of whose addresses one host may
/// use (RFC 4291 section 2.5.1).
package struct SourceNetwork: Hashable, Sendable {
    private let address: IPAddress

    package init(_ address: IPAddress) {
        self.address =
            switch address.unmapped ?? address {
            case .v4(let value): .v4(value)
            case .v6(let high, _): .v6(high: high, low: 0)
            }
    }
}
