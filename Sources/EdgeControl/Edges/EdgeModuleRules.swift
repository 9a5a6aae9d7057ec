import EdgeCore

/// Which modules an edge may have, and together.
enum EdgeModuleRules {
    /// ngrok's.
    private static let authorityLimit = 10
    /// All their rules are compared with every client.
    private static let policyLimit = 10
    private static let versions = ["1.2", "1.3"]

    static func check(_ draft: TLSEdge.Draft, account: String, in state: ControlState) throws(ControlError) {
        let plan = try state.plan(of: account)
        guard plan.includes(.tlsEndpoints) else { throw .planLacks(.tlsEndpoints, plan) }
        if let module = draft.backend {
            _ = try state.backendKind(module.backendID, account: account, field: "backend.backend_id")
        }
        try Self.check(draft.ipRestriction, account: account, plan: plan, in: state)
        try Self.check(draft.mutualTLS, account: account, plan: plan, in: state)
        try Self.check(draft.tlsTermination, plan: plan)
        if let module = draft.mutualTLS, module.isEnabled, !draft.isTerminated { throw .notTerminated }
        if let module = draft.trafficPolicy {
            guard let check = state.settings.checkTrafficPolicy else { throw .noTrafficPolicies }
            guard plan.includes(.trafficPolicies) else { throw .planLacks(.trafficPolicies, plan) }
            try check(module.value, draft.isTerminated ? draft.tlsTermination?.minVersion : nil)
        }
    }

    private static func check(
        _ module: IPRestrictionModule?,
        account: String,
        plan: Plan,
        in state: ControlState
    ) throws(ControlError) {
        guard let module else { return }
        guard plan.includes(.ipRestrictions) else { throw .planLacks(.ipRestrictions, plan) }
        guard !module.ipPolicyIDs.isEmpty else { throw .noPolicies }
        guard module.ipPolicyIDs.count <= Self.policyLimit else { throw .tooManyPolicies(Self.policyLimit) }
        for id in module.ipPolicyIDs {
            _ = try Reference.resolve(
                IPPolicy.self,
                id,
                account: account,
                in: state,
                field: "ip_restriction.ip_policy_ids",
                codes: (229, 7007)
            )
        }
    }

    private static func check(
        _ module: MutualTLSModule?,
        account: String,
        plan: Plan,
        in state: ControlState
    ) throws(ControlError) {
        guard let module else { return }
        guard plan.includes(.mutualTLS) else { throw .planLacks(.mutualTLS, plan) }
        guard !module.certificateAuthorityIDs.isEmpty else { throw .noAuthorities }
        guard module.certificateAuthorityIDs.count <= Self.authorityLimit else {
            throw .tooManyAuthorities(Self.authorityLimit)
        }
        for id in module.certificateAuthorityIDs {
            _ = try Reference.resolve(
                CertificateAuthority.self,
                id,
                account: account,
                in: state,
                field: "mutual_tls.certificate_authority_ids",
                codes: (228, 7072)
            )
        }
    }

    private static func check(_ module: TLSTerminationModule?, plan: Plan) throws(ControlError) {
        guard let module else { return }
        switch module.terminateAt {
        case "edge":
            guard plan.includes(.tlsTermination) else { throw .planLacks(.tlsTermination, plan) }
            if let version = module.minVersion {
                guard Self.versions.contains(version) else { throw .versionUnsupported(version, Self.versions) }
            }
        case "upstream":
            guard module.minVersion == nil else { throw .versionNotTerminated }
        default:
            throw .terminateAtInvalid(module.terminateAt)
        }
    }
}

extension ControlError {
    fileprivate static func planLacks(_ module: Plan.Module, _ plan: Plan) -> ControlError {
        let (code, what, field): (Int, String, String?) =
            switch module {
            case .tlsTermination: (7100, "TLS termination at the edge", "tls_termination")
            case .ipRestrictions: (7101, "IP restrictions", "ip_restriction")
            case .mutualTLS: (7103, "mutual TLS", "mutual_tls")
            case .trafficPolicies: (9023, "traffic policies", "traffic_policy")
            default: (7163, "TLS edges", nil)
            }
        return ControlError(.forbidden, code: code, "The plan '\(plan.title)' has no \(what).", field: field)
    }
    fileprivate static let noPolicies = ControlError(
        code: 7025,
        "Name at least one IP policy, or leave the module out.",
        field: "ip_restriction.ip_policy_ids"
    )
    fileprivate static func tooManyPolicies(_ limit: Int) -> ControlError {
        ControlError(code: 7013, "An edge may have \(limit) IP policies.", field: "ip_restriction.ip_policy_ids")
    }
    /// Without a CA nobody's certificate would be asked for. ngrok's number for what a field cannot be.
    fileprivate static let noAuthorities = ControlError(
        code: 215,
        "Name at least one certificate authority, or leave the module out.",
        field: "mutual_tls.certificate_authority_ids"
    )
    fileprivate static func tooManyAuthorities(_ limit: Int) -> ControlError {
        ControlError(
            code: 7075,
            "An edge may have \(limit) certificate authorities.",
            field: "mutual_tls.certificate_authority_ids"
        )
    }
    fileprivate static func terminateAtInvalid(_ value: String) -> ControlError {
        ControlError(
            code: 224,
            "TLS of an edge cannot be terminated at '\(value)'. Choose edge or upstream.",
            field: "tls_termination.terminate_at"
        )
    }
    fileprivate static func versionUnsupported(_ version: String, _ versions: [String]) -> ControlError {
        ControlError(
            code: 219,
            "'\(version)' is no TLS version of this edge. Choose \(versions.joined(separator: " or ")).",
            field: "tls_termination.min_version"
        )
    }
    fileprivate static let versionNotTerminated = ControlError(
        code: 7032,
        "Where TLS is terminated at the upstream, min_version is not the edge's to say. Leave it out.",
        field: "tls_termination.min_version"
    )
    fileprivate static let notTerminated = ControlError(
        code: 7062,
        "Modules that may not be enabled where TLS is not terminated at the edge: mutual_tls. Put on tls_termination first.",
        field: "mutual_tls"
    )
    fileprivate static let noTrafficPolicies = ControlError(
        .forbidden,
        code: 9023,
        "This edge keeps no traffic policies. Leave the module out.",
        field: "traffic_policy"
    )
}
