import Addresses
package import ConfigurationFiles

/// By which names the local API may be asked for.
///
/// A page of a stranger's can have a browser resolve the stranger's name to this machine, and would then be let at what listens here
/// ("DNS rebinding"). The browser still says that name, and is refused by it.
package struct AllowedHosts: Hashable, Sendable {
    private enum Rule: Hashable, Sendable {
        case block(CIDRBlock)
        case name(String)
        /// With its dot in front.
        case suffix(String)
    }

    private var rules: [Rule] = []

    /// This machine's own names alone.
    package init() {}

    /// - Parameter texts: Besides this machine's own: IP addresses, CIDR blocks, host names, and `.example.com` for every name below.
    package init(_ texts: [String]) throws(ConfigurationError) {
        for text in texts { self.rules.append(try Self.rule(text)) }
    }

    private static func rule(_ text: String) throws(ConfigurationError) -> Rule {
        if let address = IPAddress(text), let block = CIDRBlock("\(address)/\(address.isIPv4 ? 32 : 128)") {
            return .block(block)
        }
        if let block = CIDRBlock(text) { return .block(block) }
        let name = text.lowercased()
        let labels = (name.hasPrefix(".") ? name.dropFirst() : name[...]).split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        let isName = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy(Self.nameBytes.contains)
        }
        guard isName else {
            throw ConfigurationError(
                "'\(text)' is no host",
                hint: "write an IP address, a CIDR block, a host name, or .example.com for every name below"
            )
        }
        return name.hasPrefix(".") ? .suffix(name) : .name(name)
    }

    private static let nameBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// - Parameter authority: What a request's Host header says, with or without a port.
    package func allows(_ authority: String) -> Bool {
        guard let host = HostAndPort(authority, defaultPort: 80)?.host.lowercased() else { return false }
        if let address = IPAddress(host) {
            return Self.isLoopback(address)
                || self.rules.contains { if case .block(let block) = $0 { block.contains(address) } else { false } }
        }
        // RFC 6761 section 6.3: these are this machine, and browsers hold to it.
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return self.rules.contains { rule in
            switch rule {
            case .block: false
            case .name(let name): host == name
            case .suffix(let suffix): host.hasSuffix(suffix)
            }
        }
    }

    private static func isLoopback(_ address: IPAddress) -> Bool {
        let address = address.unmapped ?? address
        return address == .loopback6 || address.bytes.first == 127 && address.isIPv4
    }
}
