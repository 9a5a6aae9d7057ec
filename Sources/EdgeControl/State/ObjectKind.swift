/// The kinds of object that the control plane keeps. What they are called is how they are stored.
package enum ObjectKind: String, CaseIterable, Hashable, Sendable {
    // In the order in which the file's objects are put in: whatever another refers to comes before it.
    case account
    case tlsCertificate = "tls_certificate"
    case certificateAuthority = "certificate_authority"
    case ipPolicy = "ip_policy"
    case ipPolicyRule = "ip_policy_rule"
    case credential
    case sshCredential = "ssh_credential"
    case apiKey = "api_key"
    case reservedDomain = "reserved_domain"
    case tunnelGroupBackend = "tunnel_group_backend"
    case weightedBackend = "weighted_backend"
    case failoverBackend = "failover_backend"
    case tlsEdge = "tls_edge"
    case eventDestination = "event_destination"
    case eventSubscription = "event_subscription"
    case acmeAccount = "acme_account"
    case seed

    /// As people are told of one.
    package var title: String {
        self.rawValue.split(separator: "_").map {
            ["tls", "ip", "api", "acme", "ssh"].contains($0) ? $0.uppercased() : String($0)
        }
        .joined(separator: " ")
    }

    var type: any ControlResource.Type {
        switch self {
        case .account: ControlAccount.self
        case .tlsCertificate: TLSCertificate.self
        case .certificateAuthority: CertificateAuthority.self
        case .ipPolicy: IPPolicy.self
        case .ipPolicyRule: IPPolicyRule.self
        case .credential: Credential.self
        case .sshCredential: SSHCredential.self
        case .apiKey: APIKey.self
        case .reservedDomain: ReservedDomain.self
        case .tunnelGroupBackend: TunnelGroupBackend.self
        case .weightedBackend: WeightedBackend.self
        case .failoverBackend: FailoverBackend.self
        case .tlsEdge: TLSEdge.self
        case .eventDestination: EventDestination.self
        case .eventSubscription: EventSubscription.self
        case .acmeAccount: ACMEAccount.self
        case .seed: SeedMark.self
        }
    }
}

/// One object among those of all kinds.
package struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    package let kind: ObjectKind
    package let id: String

    package init(_ kind: ObjectKind, _ id: String) {
        self.kind = kind
        self.id = id
    }

    package var description: String { "\(self.kind.title) '\(self.id)'" }
}
