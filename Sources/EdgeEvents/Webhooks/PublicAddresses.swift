package import Addresses

/// The addresses that lead to the same place from everywhere.
///
/// A tenant chooses where its events are sent. Whatever a name of its leads to, that must not be a machine that only the edge
/// can reach, such as the operator's own or a cloud's metadata service.
package enum PublicAddresses {
    package static func contain(_ address: IPAddress) -> Bool {
        let address = address.unmapped ?? address
        return !self.others.contains { $0.contains(address) }
    }

    /// The IANA's registries of special-purpose addresses, without those of one service; multicast; and what carries another
    /// address in it (NAT64, Teredo, 6to4), which may be any of these.
    private static let others: [CIDRBlock] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    ].map { text in
        guard let block = CIDRBlock(text) else { preconditionFailure("\(text) is no block") }
        return block
    }
}
