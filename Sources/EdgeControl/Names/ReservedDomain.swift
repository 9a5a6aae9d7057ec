import AgentProtocol
package import EdgeCore

/// A name that is one account's, whether or not anybody serves it.
package struct ReservedDomain: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var domain = ""
        /// Of ngrok's past; an edge is one place.
        package var region = ""
        package var certificateID: String?
        package var certificateManagementPolicy: CertificatePolicy?
        package var resolvesTo: [Resolution] = []

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, domain, region
            case certificateID = "certificate_id"
            case certificateManagementPolicy = "certificate_management_policy"
            case resolvesTo = "resolves_to"
        }

        package static var shape: FieldShape {
            FieldShape(
                CodingKeys.self,
                nested: [
                    .certificateManagementPolicy: FieldShape(CertificatePolicy.CodingKeys.self),
                    .resolvesTo: FieldShape(Resolution.CodingKeys.self),
                ]
            )
        }
        package static var fixedFields: Set<String> { ["domain", "region"] }
        package static var emptyUpdateCode: Int? { 422 }
    }

    package struct Resolution: Hashable, Codable, Sendable {
        package var value: String

        package init(value: String) {
            self.value = value
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case value
        }
    }

    package static var kind: ObjectKind { .reservedDomain }
    package static var idPrefix: String { "rd" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.reservedDomains }

    package let identity: ObjectIdentity
    package private(set) var draft: Draft
    package let name: DomainName
    /// Where it has a policy: how far the edge is with its certificates.
    package private(set) var management: CertificateManagement?

    private enum CodingKeys: CodingKey {
        case identity, draft, management
    }

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: ReservedDomain?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (420, 421))
        let name = try ReservableName.read(draft.domain)
        try ReservableName.check(name, of: identity, in: state, isOperator: context.isOperator)
        if former?.name != name, !context.isOperator {
            try ReservableName.checkUnserved(name, of: identity.accountID, context)
        }
        guard Self.regions.contains(draft.region) else { throw .regionInvalid(draft.region) }
        guard draft.resolvesTo.allSatisfy({ $0.value == "global" }) else { throw .resolutionFixed }
        try Self.checkCertificate(draft, name: name, account: identity.accountID, former: former, in: state)
        self.identity = identity
        self.management = Self.management(draft, former: former, now: context.now)
        self.draft = draft
        self.name = name
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.identity = try container.decode(ObjectIdentity.self, forKey: .identity)
        self.draft = try container.decode(Draft.self, forKey: .draft)
        self.management = try container.decodeIfPresent(CertificateManagement.self, forKey: .management)
        do throws(NgrokError) {
            self.name = try DomainName(self.draft.domain)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: .draft, in: container, debugDescription: "\(error)")
        }
    }

    /// ngrok's, and none.
    private static let regions: Set = ["", "global", "us", "eu", "ap", "au", "sa", "jp", "in"]

    private static func checkCertificate(
        _ draft: Draft,
        name: DomainName,
        account: String,
        former: ReservedDomain?,
        in state: ControlState
    ) throws(ControlError) {
        let isManaged = state.settings.isManaged(name)
        if let policy = draft.certificateManagementPolicy {
            // What it presents it goes on presenting until the edge has got another.
            guard draft.certificateID == nil || draft.certificateID == former?.draft.certificateID else {
                throw .certificateAndPolicy
            }
            guard !isManaged else { throw .policyOfManagedDomain }
            guard policy.authority == "letsencrypt" else { throw .authorityInvalid }
            guard ["rsa", "ecdsa", nil].contains(policy.privateKeyType) else { throw .keyTypeInvalid }
            guard policy != former?.draft.certificateManagementPolicy else { return }
            // One that were kept and not carried out would leave its name without a certificate for good.
            guard state.settings.getsCertificates else { throw .noAutomaticCertificates }
            guard !name.isWildcard else { throw .wildcardNotManaged(name) }
            return
        }
        guard let id = draft.certificateID else { return }
        guard !isManaged else { throw .certificateOfManagedDomain }
        _ = try Reference.resolve(
            TLSCertificate.self,
            id,
            account: account,
            in: state,
            field: "certificate_id",
            codes: (227, 380)
        )
    }

    /// A policy that is new begins at once.
    private static func management(
        _ draft: Draft,
        former: ReservedDomain?,
        now: Timestamp
    ) -> CertificateManagement? {
        guard let policy = draft.certificateManagementPolicy else { return nil }
        if let former, former.draft.certificateManagementPolicy == policy { return former.management }
        return CertificateManagement(job: ProvisioningJob(startedAt: now))
    }

    /// The same with another certificate, for its policy's sake.
    func presenting(_ certificateID: String?, _ management: CertificateManagement) -> ReservedDomain {
        var domain = self
        domain.draft.certificateID = certificateID
        domain.management = management
        return domain
    }

    /// What the edge has got for the domain alone.
    package func dependents(in state: ControlState) -> [ObjectKey] {
        guard self.management != nil, let id = self.draft.certificateID,
            state.tlsCertificates[id]?.issuedAt != nil, state.users(of: id).count == 1
        else { return [] }
        return [ObjectKey(.tlsCertificate, id)]
    }

    package var references: Set<String> { Set([self.draft.certificateID].compactMap(\.self)) }

    package static func inUse(_ id: String, by user: String) -> ControlError {
        .inUse(self.kind.title, id: id, by: user, code: 446)
    }

    /// Edges name the domain itself, and not its id.
    package func users(in state: ControlState) -> [String] {
        state.tlsEdges.all.filter { $0.names.contains(self.name) }.map { "\(TLSEdge.kind.title) '\($0.id)'" }
    }

    package func isVacant(in state: ControlState) -> Bool { state.reservedDomain(self.name) == nil }

    package func enter(_ indices: inout ControlIndices) { indices.reserved[name: self.name] = self.id }
    package func leave(_ indices: inout ControlIndices) { indices.reserved[name: self.name] = nil }
}

extension ControlError {
    fileprivate static func regionInvalid(_ region: String) -> ControlError {
        ControlError(code: 400, "There is no region '\(region)'. Leave it out.", field: "region")
    }
    fileprivate static let resolutionFixed = ControlError(
        code: 459,
        "This edge is one place: a domain resolves to 'global' or is left out.",
        field: "resolves_to"
    )
    fileprivate static let certificateAndPolicy = ControlError(
        code: 434,
        "Give a certificate_id or a certificate_management_policy, not both.",
        field: "certificate_management_policy"
    )
    fileprivate static let authorityInvalid = ControlError(
        code: 435,
        "The authority of a certificate_management_policy must be 'letsencrypt'.",
        field: "certificate_management_policy.authority"
    )
    fileprivate static let keyTypeInvalid = ControlError(
        code: 1909,
        "The private_key_type must be 'rsa' or 'ecdsa'.",
        field: "certificate_management_policy.private_key_type"
    )
    fileprivate static let policyOfManagedDomain = ControlError(
        code: 439,
        "Names below the edge's own domains have the edge's certificate, and no certificate_management_policy.",
        field: "certificate_management_policy"
    )
    fileprivate static let certificateOfManagedDomain = ControlError(
        code: 440,
        "Names below the edge's own domains have the edge's certificate, and no certificate_id.",
        field: "certificate_id"
    )
    fileprivate static let noAutomaticCertificates = ControlError(
        .forbidden,
        code: 1905,
        "This edge gets no certificates by itself. Upload one, and give its id as certificate_id.",
        field: "certificate_management_policy"
    )
    /// RFC 8737 section 3 has no answer for one, and this edge is not asked by DNS.
    fileprivate static func wildcardNotManaged(_ name: DomainName) -> ControlError {
        ControlError(
            code: 1927,
            "A CA asks for a wildcard such as '\(name)' by DNS alone, where this edge cannot answer. Upload a certificate, and "
                + "give its id as certificate_id.",
            field: "certificate_management_policy"
        )
    }
    /// ngrok's, for a request that would take away what the policy is for.
    package static let certificateOfPolicy = ControlError(
        code: 436,
        "The edge gets the domain's certificates by itself. Take its certificate_management_policy off, and they go with it.",
        field: "certificate_management_policy"
    )
}
