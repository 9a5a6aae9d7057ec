package import AgentProtocol
import JSONText

/// Whether an account may have the endpoint that its agent asks for.
///
/// It decides from values alone. What needs a certificate parsed (ERR_NGROK_14001, 1695, 1696, 14002) is decided where
/// the TLS context is made.
package struct BindRequestPolicy: Sendable {
    private let directory: NameDirectory

    package init(directory: NameDirectory) {
        self.directory = directory
    }

    /// The endpoint of a bind.
    ///
    /// - Parameters:
    ///   - rules: of the session's authtoken; empty permits every name.
    ///   - id: what the endpoint is called on the wire.
    ///   - generator: makes the random name of a bind that asks for none, and the endpoint's id as a resource.
    package func endpoint(
        for bind: Bind,
        id: String,
        account: Account,
        rules: [BindRule],
        at now: Timestamp,
        using generator: inout some RandomNumberGenerator
    ) throws(NgrokError) -> EndpointConfiguration {
        guard bind.proto == "tls" else { throw .protocolUnsupported(bind.proto) }
        let plan = account.plan
        guard plan.includes(.tlsEndpoints) else { throw .planLacksTLSEndpoints(plan.title) }
        let policy = try Self.policy(bind.options, plan: plan)
        try self.refuseWhatCannotBeKept(bind.extra)
        let (name, visibility) = try self.name(for: bind, account: account, rules: rules, using: &generator)
        return EndpointConfiguration(
            id: id,
            accountID: account.id,
            name: name,
            visibility: visibility,
            policy: policy,
            termination: try self.termination(bind.options, plan: plan),
            restrictions: try self.restrictions(bind.options.ipRestriction, plan: plan),
            proxyHeader: try self.proxyHeader(bind.options.proxyProto, plan: plan),
            isPooled: bind.extra.poolingEnabled,
            details: EndpointConfiguration.Details(
                resourceID: RandomText.identifier(prefix: "ep", using: &generator),
                tunnelID: RandomText.identifier(prefix: "tn", using: &generator),
                name: bind.extra.name,
                description: bind.extra.description,
                metadata: bind.extra.metadata,
                forwardsTo: bind.forwardsTo,
                createdAt: now
            )
        )
    }

    /// What an endpoint is after a change. Its name and place of termination are those that it was bound with.
    ///
    /// - Throws: ERR_NGROK_18012 and 18013 for words that are too long, 18016 for pooling, which cannot change while others may have
    ///   joined, and 9023 and 9026 for a traffic policy. An empty one takes away the one before.
    package static func patched(
        _ endpoint: EndpointConfiguration,
        by patch: PatchTunnelState,
        plan: Plan
    ) throws(NgrokError) -> EndpointConfiguration {
        var details = endpoint.details
        details.name = patch.name ?? details.name
        details.description = patch.description ?? details.description
        details.metadata = patch.metadata ?? details.metadata
        try Self.check(description: details.description, metadata: details.metadata)
        guard (patch.poolingEnabled ?? endpoint.isPooled) == endpoint.isPooled else { throw .poolingFixed }
        guard let text = patch.trafficPolicy, text != endpoint.policy?.text ?? "" else {
            return endpoint.replacing(details: details, policy: endpoint.policy)
        }
        return endpoint.replacing(details: details, policy: try Self.policy(text, plan: plan))
    }

    /// The tunnel that an agent starts with labels.
    ///
    /// - Throws: ERR_NGROK_358 without a label, 399 for labels that the authtoken's rules do not permit, and the plan's codes.
    package static func tunnel(
        for start: StartTunnelWithLabel,
        id: String,
        account: Account,
        rules: [BindRule],
        at now: Timestamp
    ) throws(NgrokError) -> LabelledTunnel {
        guard account.plan.includes(.tlsEndpoints) else { throw .planLacksTLSEndpoints(account.plan.title) }
        guard !start.labels.isEmpty, !start.labels.keys.contains("") else { throw .labelsMissing }
        for (key, value) in start.labels {
            guard rules.isEmpty || rules.contains(where: { $0.permits(labelKey: key, value: value) }) else {
                throw .labelNotPermitted("\(key)=\(value)")
            }
        }
        try Self.check(description: "", metadata: start.metadata)
        return LabelledTunnel(
            id: id,
            accountID: account.id,
            labels: start.labels,
            forwardsTo: start.forwardsTo,
            metadata: start.metadata,
            startedAt: now
        )
    }

    private static func check(description: String, metadata: String) throws(NgrokError) {
        guard description.utf8.count <= 255 else { throw .descriptionTooLong }
        guard metadata.utf8.count <= 4_096 else { throw .metadataTooLong }
    }

    /// The policy of today's field or of that of 2024. One that was left out in silence may be the one that keeps people away.
    ///
    /// - Throws: ERR_NGROK_9023, 9025 and 9026.
    private static func policy(_ options: TLSOptions, plan: Plan) throws(NgrokError) -> EndpointPolicy? {
        guard options.policy != .null else { return try Self.policy(options.trafficPolicy, plan: plan) }
        guard options.trafficPolicy.isEmpty else { throw .policiesConflict }
        return try Self.policy(String(decoding: options.policy.encoded, as: UTF8.self), plan: plan)
    }

    private static func policy(_ text: String, plan: Plan) throws(NgrokError) -> EndpointPolicy? {
        guard !text.isEmpty else { return nil }
        guard plan.includes(.trafficPolicies) else { throw .planLacksPolicies(plan.title) }
        return try EndpointPolicy(text)
    }

    /// What was left out in silence would be believed: an endpoint that was to be internal would be public.
    private func refuseWhatCannotBeKept(_ extra: Bind.Extra) throws(NgrokError) {
        switch extra.bindings {
        case [], ["public"], ["internal"]: break
        default: throw .bindingsUnsupported(extra.bindings)
        }
        guard extra.ipPolicyRef.isEmpty else { throw .noSuchIPPolicy(extra.ipPolicyRef) }
        try Self.check(description: extra.description, metadata: extra.metadata)
    }

    private func name(
        for bind: Bind,
        account: Account,
        rules: [BindRule],
        using generator: inout some RandomNumberGenerator
    ) throws(NgrokError) -> (DomainName, EndpointConfiguration.Visibility) {
        let baseDomain = self.directory.firstBaseDomain
        let requested = try RequestedName.read(bind.options, baseDomain: baseDomain)
        let isInternal = try Self.isInternal(requested, bindings: bind.extra.bindings)
        let name: DomainName
        if let requested {
            name = requested.name
        } else if let baseDomain {
            name = try DomainName("\(RandomText.label(using: &generator)).\(baseDomain)")
        } else {
            throw .noBaseDomain
        }
        guard rules.isEmpty || rules.contains(where: { $0.permits(name) }) else { throw .nameNotPermitted(name.text) }
        guard isInternal, let requested else {
            try self.directory.check(name, for: account)
            return (name, .everyone)
        }
        // Such names are each account's own, and nobody reserves them.
        guard account.plan.includes(.internalEndpoints) else { throw .planLacksInternalEndpoints(account.plan.title) }
        try requested.checkDepth()
        return (name, .account(account.id, port: requested.port))
    }

    /// A name that ends in `.internal` says it by itself.
    private static func isInternal(_ requested: RequestedName?, bindings: [String]) throws(NgrokError) -> Bool {
        guard bindings == ["internal"] else { return bindings.isEmpty && requested?.isInternal == true }
        guard let requested else { throw .internalNameMissing }
        guard requested.isInternal else { throw .internalNameWithoutSuffix(requested.name.text) }
        return true
    }

    private func termination(
        _ options: TLSOptions,
        plan: Plan
    ) throws(NgrokError) -> EndpointConfiguration.Termination {
        guard let requested = options.tlsTermination else {
            guard options.mutualTLSAtEdge == nil else { throw .mutualTLSWithoutTermination }
            guard plan.includes(.zeroKnowledge) else { throw .planLacksZeroKnowledge(plan.title) }
            guard !options.mutualTLSAtAgent || plan.includes(.agentMutualTLS) else {
                throw .planLacksAgentMutualTLS(plan.title)
            }
            return .beyond
        }
        guard plan.includes(.tlsTermination) else { throw .planLacksTermination(plan.title) }
        guard options.mutualTLSAtEdge == nil || plan.includes(.mutualTLS) else { throw .planLacksMutualTLS(plan.title) }
        // Asked for without a CA, it must not become an endpoint that asks nobody for a certificate.
        if let authorities = options.mutualTLSAtEdge, authorities.isEmpty { throw .mutualTLSNoCertificate }
        guard requested.certificate.isEmpty == requested.key.isEmpty, requested.sealedKey.isEmpty else {
            throw .keyPairInvalid
        }
        let keyPair =
            requested.certificate.isEmpty
            ? nil : EdgeTermination.KeyPair(certificateChain: requested.certificate, privateKey: requested.key)
        return .edge(EdgeTermination(keyPair: keyPair, clientAuthorities: options.mutualTLSAtEdge ?? []))
    }

    private func restrictions(
        _ requested: TLSOptions.IPRestriction?,
        plan: Plan
    ) throws(NgrokError) -> IPRestrictions {
        let restrictions = try IPRestrictions(
            allow: requested?.allowCIDRs ?? [],
            deny: requested?.denyCIDRs ?? []
        )
        guard restrictions.isEmpty || plan.includes(.ipRestrictions) else {
            throw .planLacksIPRestrictions(plan.title)
        }
        return restrictions
    }

    private func proxyHeader(
        _ version: Int64,
        plan: Plan
    ) throws(NgrokError) -> EndpointConfiguration.ProxyHeaderVersion? {
        guard version != 0 else { return nil }
        guard let version = EndpointConfiguration.ProxyHeaderVersion(rawValue: Int(clamping: version)) else {
            throw .proxyProtoInvalid(String(version))
        }
        guard plan.includes(.proxyProtocol) else { throw .planLacksProxyProtocol(plan.title) }
        return version
    }
}

extension NgrokError {
    /// ngrok's number for a plan without a place of termination; the sentence says which.
    static func planLacksZeroKnowledge(_ plan: String) -> NgrokError {
        NgrokError(
            code: 9007,
            message: "The plan '\(plan)' has no zero-knowledge TLS. Terminate at the edge with --terminate-at edge."
        )
    }
}
