package import EdgeCore
package import JSONText

/// The kinds of object whose changes are told, as event types name them.
package enum AuditSubject: String, CaseIterable, Hashable, Sendable {
    case apiKey = "api_key"
    case certificateAuthority = "certificate_authority"
    case domain
    case eventDestination = "event_destination"
    case eventSubscription = "event_subscription"
    case ipPolicy = "ip_policy"
    case ipPolicyRule = "ip_policy_rule"
    case ipRestriction = "ip_restriction"
    case tlsCertificate = "tls_certificate"
    case tunnelCredential = "tunnel_credential"

    // ngrok publishes no events of these. An edge whose changes are watched must not leave out the ones that say where
    // connections go.
    case failoverBackend = "failover_backend"
    case tlsEdge = "tls_edge"
    case tunnelGroupBackend = "tunnel_group_backend"
    case weightedBackend = "weighted_backend"
}

package enum AuditChange: String, CaseIterable, Hashable, Sendable {
    case created, updated, deleted
}

extension EdgeEvent {
    /// A change of an object: `domain_created.v0`.
    ///
    /// - Parameters:
    ///   - id: `ev_…`
    ///   - object: The object as the API shows it at that time, and before it is gone where it was deleted. The answer to the
    ///     creation of a credential has its token, once; the event never has it.
    package static func audit(
        _ subject: AuditSubject,
        _ change: AuditChange,
        id: String,
        at timestamp: Timestamp,
        accountID: String,
        by principal: Principal,
        object: JSONValue
    ) -> EdgeEvent {
        EdgeEvent(
            id: id,
            type: .audit(subject, change),
            timestamp: timestamp,
            accountID: accountID,
            principal: principal,
            object: object.withoutToken
        )
    }
}

extension JSONValue {
    fileprivate var withoutToken: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == "token" ? Member("token", .null) : $0 })
    }
}
