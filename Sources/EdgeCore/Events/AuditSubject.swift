/// The kinds of object whose changes are told, as event types name them.
package enum AuditSubject: String, CaseIterable, Hashable, Sendable {
    case apiKey = "api_key"
    case certificateAuthority = "certificate_authority"
    case domain
    case eventDestination = "event_destination"
    case eventSubscription = "event_subscription"
    case ipPolicy = "ip_policy"
    case ipPolicyRule = "ip_policy_rule"
    case tlsCertificate = "tls_certificate"
    case tunnelCredential = "tunnel_credential"

    // ngrok publishes no events of these. An edge whose changes are watched must not leave out the ones that say where
    // connections go.
    case failoverBackend = "failover_backend"
    case sshCredential = "ssh_credential"
    case tlsEdge = "tls_edge"
    case tunnelGroupBackend = "tunnel_group_backend"
    case weightedBackend = "weighted_backend"
}

package enum AuditChange: String, CaseIterable, Hashable, Sendable {
    case created, updated, deleted
}
