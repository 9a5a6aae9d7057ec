/// An owner of endpoints.
package struct Account: Hashable, Sendable {
    /// `ac_…`
    package let id: String
    package let name: String
    package let plan: Plan
    /// Names reserved for this account; every name below them belongs to it too.
    package let domains: [DomainName]
    package let limits: AccountLimits

    package init(id: String, name: String, plan: Plan, domains: [DomainName], limits: AccountLimits = AccountLimits()) {
        self.id = id
        self.name = name
        self.plan = plan
        self.domains = domains
        self.limits = limits
    }
}
