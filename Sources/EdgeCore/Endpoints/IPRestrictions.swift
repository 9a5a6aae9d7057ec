package import Addresses
package import AgentProtocol

/// The addresses an endpoint serves: those in an allow block and in no deny block.
package struct IPRestrictions: Hashable, Sendable {
    package let allowed: [CIDRBlock]
    package let denied: [CIDRBlock]
    /// Whether there is a decision to make: policies without any rule let nobody in.
    private let isAsked: Bool

    /// - Throws: ERR_NGROK_362 for what is not a CIDR block, ERR_NGROK_393 for deny rules without an allow rule, which
    ///   would admit nobody and is never what was meant.
    package init(allow: [String], deny: [String]) throws(NgrokError) {
        func blocks(_ texts: [String]) throws(NgrokError) -> [CIDRBlock] {
            var blocks: [CIDRBlock] = []
            for text in texts {
                guard let block = CIDRBlock(text) else { throw .cidrInvalid(text) }
                // Clients are compared by their IPv4 address, however the listener or the rule wrote it.
                blocks.append(block.unmapped ?? block)
            }
            return blocks
        }
        self.allowed = try blocks(allow)
        self.denied = try blocks(deny)
        self.isAsked = !(self.allowed.isEmpty && self.denied.isEmpty)
        if self.allowed.isEmpty, !self.denied.isEmpty { throw .denyWithoutAllow }
    }

    /// The rules of policies, which were checked one by one. Where nobody is allowed, nobody comes in.
    package init(_ allowed: [CIDRBlock], denied: [CIDRBlock]) {
        self.allowed = allowed.map { $0.unmapped ?? $0 }
        self.denied = denied.map { $0.unmapped ?? $0 }
        self.isAsked = true
    }

    package static let none = IPRestrictions()

    private init() {
        self.allowed = []
        self.denied = []
        self.isAsked = false
    }

    package var isEmpty: Bool { !self.isAsked }

    /// `nil` when there are no rules and nothing was decided.
    package func decision(for client: IPAddress) -> IPPolicyDecision? {
        guard !self.isEmpty else { return nil }
        // A dual-stack listener reports IPv4 clients as IPv4-mapped; IPv4 rules are about them.
        let client = client.unmapped ?? client
        let isAllowed = self.allowed.contains { $0.contains(client) } && !self.denied.contains { $0.contains(client) }
        return isAllowed ? .allow : .block
    }
}

/// What IP restrictions said of a client, as events spell it.
package enum IPPolicyDecision: String, Hashable, Sendable {
    case allow
    case block
}
