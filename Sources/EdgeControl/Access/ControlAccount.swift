package import EdgeCore

/// An owner of objects. ngrok's API has no such object: ours come from the configuration.
package struct ControlAccount: ControlResource {
    package struct Draft: ResourceDraft {
        package var name = ""
        package var plan = Plan.enterprise
        /// `nil` where nothing was said of them, as in a store of before there were any.
        package var limits: AccountLimits?

        package init() {}

        package init(name: String, plan: Plan, limits: AccountLimits? = nil) {
            self.name = name
            self.plan = plan
            self.limits = limits
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, plan, limits
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    package static var kind: ObjectKind { .account }
    package static var idPrefix: String { "ac" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.accounts }

    package let identity: ObjectIdentity
    package let draft: Draft

    package var plan: Plan { self.draft.plan }
    /// Those of the plan where nothing else was said.
    package var limits: AccountLimits { (self.draft.limits ?? AccountLimits()).completed(by: self.plan) }

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: ControlAccount?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        guard !draft.name.isEmpty else { throw .required("name") }
        self.identity = identity
        self.draft = draft
    }
}

extension ControlState {
    /// - Throws: not found for an account that was taken out of the configuration.
    func plan(of accountID: String) throws(ControlError) -> Plan {
        guard let account = self.accounts[accountID] else { throw ControlAccount.notFound(accountID) }
        return account.plan
    }
}
