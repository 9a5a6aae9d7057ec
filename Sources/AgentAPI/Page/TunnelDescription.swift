import AgentClient
import AgentProtocol

/// A tunnel's configuration by the names of its file, as text. Of keys nothing is told, and of certificates that they are there.
enum TunnelDescription {
    static func facts(of tunnel: Tunnel) -> [(name: String, value: String)] {
        var facts = [(name: "addr", value: "\(tunnel.upstream)")]
        switch tunnel.request {
        case .bind(let bind): facts += Self.facts(of: bind, tunnel)
        case .start(let start):
            let labels = start.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            facts.append(("labels", labels.joined(separator: ", ")))
            facts.append(("metadata", start.metadata))
            if tunnel.serverContexts != nil { facts.append(("crt", "the agent has one")) }
        }
        return facts.filter { !$0.value.isEmpty }
    }

    private static func facts(of bind: Bind, _ tunnel: Tunnel) -> [(name: String, value: String)] {
        let options = bind.options
        let termination = options.tlsTermination != nil ? "edge" : tunnel.serverContexts != nil ? "agent" : "upstream"
        let isMutual = options.mutualTLSAtAgent || options.mutualTLSAtEdge != nil
        return [
            ("url", options.url), ("domain", options.domain), ("hostname", options.hostname),
            ("subdomain", options.subdomain), ("terminate_at", termination),
            ("mutual_tls_cas", isMutual ? "clients show a certificate" : ""),
            ("ip_restriction.allow_cidrs", options.ipRestriction?.allowCIDRs.joined(separator: ", ") ?? ""),
            ("ip_restriction.deny_cidrs", options.ipRestriction?.denyCIDRs.joined(separator: ", ") ?? ""),
            ("proxy_proto", options.proxyProto == 0 ? "" : "\(options.proxyProto)"),
            ("traffic_policy", options.trafficPolicy), ("name", bind.extra.name),
            ("description", bind.extra.description), ("metadata", bind.extra.metadata),
            ("bindings", bind.extra.bindings.joined(separator: ", ")),
            ("pooling_enabled", bind.extra.poolingEnabled ? "true" : ""),
        ]
    }
}
