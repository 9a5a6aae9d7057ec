package import EdgeControl
package import EdgeCore
package import JSONText

/// What became of one object, as those who watch the control plane are told.
package struct AuditedChange: Hashable, Sendable {
    package let subject: AuditSubject
    package let change: AuditChange
    package let accountID: String
    /// As the API shows it now, or showed it before it was deleted; without what only its owner must know.
    package let object: JSONValue
}

extension AuditedChange {
    /// What a change of the state comes to. An object that is as it was is none of it.
    ///
    /// - Parameters:
    ///   - live: What is online, of which some objects tell.
    ///   - baseURI: Where the API is; `nil` where there is none.
    package static func all(
        of change: ObjectChange,
        from before: ControlState,
        to after: ControlState,
        live: LiveResources,
        baseURI: String?
    ) -> [AuditedChange] {
        func changes<R: APIResource>(_ type: R.Type, _ id: String, _ subject: AuditSubject) -> AuditedChange? {
            let (former, present) = (before[keyPath: R.table][id], after[keyPath: R.table][id])
            guard former != present, let object = present ?? former else { return nil }
            let representation = Representation(
                baseURI: baseURI,
                state: present == nil ? before : after,
                live: live,
                isOfEvent: true
            )
            return AuditedChange(
                subject: subject,
                change: former == nil ? .created : present == nil ? .deleted : .updated,
                accountID: object.accountID,
                object: .object(object.members(representation))
            )
        }
        return (change.put.map(\.key) + change.delete).compactMap { key in
            guard let (type, subject) = key.kind.audited else { return nil }
            return changes(type, key.id, subject)
        }
    }
}

extension ObjectKind {
    /// As what its changes are told; `nil` for what no API shows.
    fileprivate var audited: (type: any APIResource.Type, subject: AuditSubject)? {
        switch self {
        case .account, .acmeAccount, .seed: nil
        case .tlsCertificate: (TLSCertificate.self, .tlsCertificate)
        case .certificateAuthority: (CertificateAuthority.self, .certificateAuthority)
        case .ipPolicy: (IPPolicy.self, .ipPolicy)
        case .ipPolicyRule: (IPPolicyRule.self, .ipPolicyRule)
        case .credential: (Credential.self, .tunnelCredential)
        case .sshCredential: (SSHCredential.self, .sshCredential)
        case .apiKey: (APIKey.self, .apiKey)
        case .reservedDomain: (ReservedDomain.self, .domain)
        case .tunnelGroupBackend: (TunnelGroupBackend.self, .tunnelGroupBackend)
        case .weightedBackend: (WeightedBackend.self, .weightedBackend)
        case .failoverBackend: (FailoverBackend.self, .failoverBackend)
        case .tlsEdge: (TLSEdge.self, .tlsEdge)
        case .eventDestination: (EventDestination.self, .eventDestination)
        case .eventSubscription: (EventSubscription.self, .eventSubscription)
        }
    }
}
