/// Which labelled tunnels each backend may choose from. Kept as tunnels and backends come and go, so that a connection does not
/// look at tunnels that are not for it.
struct TunnelGroups<Session: AgentHolder>: Sendable {
    /// The tunnels of one account that have these labels.
    private struct Selector: Hashable {
        let accountID: String
        let labels: [String: String]

        func selects(_ tunnel: LabelledTunnel) -> Bool {
            self.accountID == tunnel.accountID && self.labels.allSatisfy { tunnel.labels[$0.key] == $0.value }
        }
    }

    private var tunnels: [Member<Session>: LabelledTunnel] = [:]
    private var members: [Selector: [Member<Session>]] = [:]

    /// Keeps the groups that these backends need, and forgets the others.
    mutating func replace(with plans: [(accountID: String, plan: BackendPlan)]) {
        var members: [Selector: [Member<Session>]] = [:]
        for (accountID, plan) in plans {
            for labels in plan.selectors {
                let selector = Selector(accountID: accountID, labels: labels)
                guard members[selector] == nil else { continue }
                members[selector] =
                    self.members[selector] ?? self.tunnels.filter { selector.selects($0.value) }.map(\.key)
            }
        }
        self.members = members
    }

    mutating func add(_ tunnel: LabelledTunnel, of session: Session) {
        let member = Member(session: session, id: tunnel.id)
        self.tunnels[member] = tunnel
        for selector in self.members.keys where selector.selects(tunnel) {
            self.members[selector]?.append(member)
        }
    }

    @discardableResult
    mutating func remove(_ member: Member<Session>) -> LabelledTunnel? {
        guard let tunnel = self.tunnels.removeValue(forKey: member) else { return nil }
        for selector in self.members.keys where selector.selects(tunnel) {
            self.members[selector]?.removeAll { $0 == member }
        }
        return tunnel
    }

    var all: [(member: Member<Session>, tunnel: LabelledTunnel)] { self.tunnels.map { ($0.key, $0.value) } }

    /// A reachable member that was not tried before; `nil` when there is none.
    func member(
        of plan: BackendPlan,
        accountID: String,
        besides tried: Set<Member<Session>>,
        using generator: inout some RandomNumberGenerator
    ) -> Member<Session>? {
        switch plan {
        case .group(let labels):
            let candidates = self.members[Selector(accountID: accountID, labels: labels)] ?? []
            return candidates.filter { $0.session.isReachable && !tried.contains($0) }.randomElement(using: &generator)
        case .failover(let plans):
            for plan in plans {
                if let member = self.member(of: plan, accountID: accountID, besides: tried, using: &generator) {
                    return member
                }
            }
            return nil
        case .weighted(let plans):
            // A group that has nobody leaves its share to the others.
            var rest = plans.filter { $0.weight > 0 }
            while !rest.isEmpty {
                var ticket = Int.random(in: 0..<rest.reduce(0) { $0 + $1.weight }, using: &generator)
                let drawn = rest.firstIndex { weighted in
                    ticket -= weighted.weight
                    return ticket < 0
                }
                guard let drawn else { return nil }
                let chosen = rest.remove(at: drawn).plan
                if let member = self.member(of: chosen, accountID: accountID, besides: tried, using: &generator) {
                    return member
                }
            }
            return nil
        }
    }
}

/// What an agent has started by `StartTunnelWithLabel`: it has no name, and serves whichever TLS edges ask for its labels.
package struct LabelledTunnel: Hashable, Sendable {
    /// `tn_…`
    package let id: String
    package let accountID: String
    package let labels: [String: String]
    package let forwardsTo: String
    package let metadata: String
    package let startedAt: Timestamp

    package init(
        id: String,
        accountID: String,
        labels: [String: String],
        forwardsTo: String,
        metadata: String,
        startedAt: Timestamp
    ) {
        self.id = id
        self.accountID = accountID
        self.labels = labels
        self.forwardsTo = forwardsTo
        self.metadata = metadata
        self.startedAt = startedAt
    }
}
