import EdgeControl
import EdgeCore

/// Two accounts of the highest plan, and a moment.
struct ControlFixture {
    static let account = "ac_one"
    static let other = "ac_other"
    static let now = Timestamp(secondsSinceEpoch: 1_800_000_000, nanoseconds: 0)

    var state: ControlState
    var context: ChangeContext
    /// What a store would have been given, as of the last ``keep()``.
    private(set) var kept: [ObjectKey: ObjectRecord] = [:]

    init(
        plan: Plan = .enterprise,
        settings: ControlSettings? = nil,
        getsCertificates: Bool = false,
        agentNames: [DomainName: String] = [:],
        now: Timestamp = Self.now
    ) throws {
        let base = try DomainName("edge.test")
        self.state = ControlState(
            settings
                ?? ControlSettings(
                    baseDomains: [base],
                    checkEventEndpoint: { _ throws(ControlError) in },
                    getsCertificates: getsCertificates
                )
        )
        self.context = ChangeContext(
            now: now,
            generator: CountingGenerator(),
            agentNames: agentNames
        )
        var seed = Seed()
        try seed.add(account: Self.account, .init(name: "One", plan: plan))
        try seed.add(account: Self.other, .init(name: "Other", plan: plan))
        try self.state.apply(seed, context: self.context)
        try self.keep()
    }

    @discardableResult
    mutating func keep() throws -> ObjectChange {
        let change = try self.state.takeChange()
        for record in change.put { self.kept[record.key] = record }
        for key in change.delete { self.kept[key] = nil }
        return change
    }

    /// - Parameter edit: Of a draft that asks for nothing.
    @discardableResult
    mutating func create<R: ControlResource>(
        _ type: R.Type,
        account: String = Self.account,
        _ edit: (inout R.Draft) throws -> Void = { _ in }
    ) throws -> R {
        var draft = R.Draft()
        try edit(&draft)
        return try self.state.create(draft, account: account, context: &self.context)
    }

    @discardableResult
    mutating func reserve(_ name: String, account: String = Self.account) throws -> ReservedDomain {
        try self.create(ReservedDomain.self, account: account) { $0.domain = name }
    }

    @discardableResult
    mutating func edge(
        _ hostports: [String] = [],
        account: String = Self.account,
        _ edit: (inout TLSEdge.Draft) -> Void = { _ in }
    ) throws -> TLSEdge {
        try self.create(TLSEdge.self, account: account) { draft in
            draft.hostports = hostports
            edit(&draft)
        }
    }

    @discardableResult
    mutating func group(_ labels: [String: String] = ["role": "web"]) throws -> TunnelGroupBackend {
        try self.create(TunnelGroupBackend.self) { $0.labels = labels }
    }

    mutating func policy(_ rules: [(cidr: String, action: String)] = []) throws -> IPPolicy {
        let policy = try self.create(IPPolicy.self)
        for rule in rules {
            try self.create(IPPolicyRule.self) { draft in
                draft.ipPolicyID = policy.id
                draft.cidr = rule.cidr
                draft.action = rule.action
            }
        }
        return policy
    }
}

/// Numbers that are the same in every run, and never twice.
struct CountingGenerator: RandomNumberGenerator, Sendable {
    private var count: UInt64 = 0

    mutating func next() -> UInt64 {
        self.count += 1
        return self.count &* 0x9e37_79b9_7f4a_7c15
    }
}

/// What an operation refuses with.
func refusal(_ operation: () throws -> some Any) -> ControlError? {
    do {
        _ = try operation()
        return nil
    } catch {
        return error as? ControlError
    }
}
