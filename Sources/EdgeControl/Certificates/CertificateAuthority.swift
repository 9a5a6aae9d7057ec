import LibCrypto

/// A CA whose certificates an edge may let clients in by.
package struct CertificateAuthority: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var caPEM = ""

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata
            case caPEM = "ca_pem"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
        package static var fixedFields: Set<String> { ["ca_pem"] }
    }

    package static var kind: ObjectKind { .certificateAuthority }
    package static var idPrefix: String { "ca" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.certificateAuthorities }

    package let identity: ObjectIdentity
    package let draft: Draft
    package let facts: ReadCertificate

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: CertificateAuthority?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (1916, 1917))
        self.identity = identity
        self.draft = draft
        if let former, former.draft.caPEM == draft.caPEM {
            self.facts = former.facts
            return
        }
        let field = "ca_pem"
        let certificates = try CertificateText.certificates(draft.caPEM, field: field, missing: .authorityMissing)
        let facts = try certificates.map { der throws(ControlError) in try ReadCertificate(der, field: field) }
        guard facts.count == 1 else { throw .severalAuthorities(facts.map(\.details.subject.commonName)) }
        guard facts[0].isAuthority else { throw .noAuthority(facts[0].details.subject.commonName) }
        self.facts = facts[0]
    }
}

extension ControlError {
    fileprivate static func severalAuthorities(_ names: [String]) -> ControlError {
        ControlError(
            code: 1912,
            "There are \(names.count) certificates: \(names.joined(separator: ", ")). Upload one at a time.",
            field: "ca_pem"
        )
    }
    fileprivate static func noAuthority(_ name: String) -> ControlError {
        ControlError(code: 1913, "'\(name)' is no CA: its basicConstraints lack cA=true.", field: "ca_pem")
    }
    fileprivate static let authorityMissing = ControlError(
        code: 1919,
        "There is no certificate in PEM form.",
        field: "ca_pem"
    )
}
