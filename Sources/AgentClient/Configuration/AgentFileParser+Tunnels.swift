import ConfigurationFiles

/// `tunnels`, as version 2 has them and version 3 still takes them.
extension AgentFileParser {
    func tunnels(_ value: YAMLValue?) throws(ConfigurationError) -> [String: TunnelSettings] {
        var tunnels: [String: TunnelSettings] = [:]
        for (key, value) in try value?.entries() ?? [] {
            let name = try key.string()
            tunnels[name] = try self.tunnel(value, name: name)
        }
        return tunnels
    }

    func tunnel(_ value: YAMLValue, name: String) throws(ConfigurationError) -> TunnelSettings {
        let mapping = try value.mapping(
            "proto",
            "labels",
            "addr",
            "url",
            "domain",
            "hostname",
            "subdomain",
            "terminate_at",
            "crt",
            "key",
            "mutual_tls_cas",
            "ip_restriction",
            "proxy_proto",
            "metadata",
            "name",
            "description",
            "bindings",
            "pooling_enabled",
            "traffic_policy",
            "traffic_policy_file",
            "upstream_tls_verify",
            "upstream_tls_verify_cas",
            "upstream_tls_crt",
            "upstream_tls_key"
        )
        let labels = try self.labels(mapping, name: name)
        let address = try mapping.required("addr", hint: "add addr: 8080, or addr: host:8080")
        var tunnel = TunnelSettings(
            name: name,
            upstream: try address.placing { () throws(ConfigurationError) in try UpstreamAddress(try address.text()) }
        )
        tunnel.place = value.place
        tunnel.labels = labels
        tunnel.url = try mapping["url"]?.text() ?? ""
        tunnel.domain = try mapping["domain"]?.text() ?? ""
        tunnel.hostname = try mapping["hostname"]?.text() ?? ""
        tunnel.subdomain = try mapping["subdomain"]?.text() ?? ""
        tunnel.terminateAt = try mapping["terminate_at"]?.choice()
        tunnel.certificate = try self.pem(mapping["crt"])
        tunnel.key = try self.pem(mapping["key"])
        tunnel.mutualTLSCAs = try self.pem(mapping["mutual_tls_cas"]).map { [$0] } ?? []
        if let rules = try mapping["ip_restriction"]?.mapping("allow_cidrs", "deny_cidrs") {
            tunnel.allowCIDRs = try rules["allow_cidrs"]?.strings() ?? []
            tunnel.denyCIDRs = try rules["deny_cidrs"]?.strings() ?? []
        }
        tunnel.proxyVersion = try self.proxyVersion(mapping["proxy_proto"])
        tunnel.metadata = try mapping["metadata"]?.text() ?? ""
        tunnel.endpointName = try mapping["name"]?.string()
        tunnel.description = try mapping["description"]?.text() ?? ""
        tunnel.binding = try self.binding(mapping["bindings"])
        tunnel.isPooled = try mapping["pooling_enabled"]?.boolean() ?? false
        tunnel.trafficPolicy = try self.trafficPolicy(mapping["traffic_policy"])
        tunnel.trafficPolicyFile = try self.path(mapping["traffic_policy_file"])
        tunnel.verifiesUpstream = try mapping["upstream_tls_verify"]?.boolean() ?? false
        tunnel.upstreamCAs = try self.path(mapping["upstream_tls_verify_cas"])
        tunnel.upstreamCertificate = try self.path(mapping["upstream_tls_crt"])
        tunnel.upstreamKey = try self.path(mapping["upstream_tls_key"])
        try value.placing { () throws(ConfigurationError) in try tunnel.validate() }
        return tunnel
    }

    /// What an endpoint is asked for, and what a TLS edge decides for the tunnels that it gives its connections to.
    private static let endpointKeys = [
        "proto", "url", "domain", "hostname", "subdomain", "terminate_at", "mutual_tls_cas", "ip_restriction",
        "name", "description", "bindings", "pooling_enabled", "traffic_policy", "traffic_policy_file",
    ]

    /// None for a tunnel that has a proto instead.
    private func labels(_ mapping: YAMLMapping, name: String) throws(ConfigurationError) -> TunnelLabels {
        var labels = TunnelLabels()
        guard let value = mapping["labels"] else {
            let proto = try mapping.required("proto", hint: "add proto: tls, or labels: [key=value]")
            guard try proto.text() == "tls" else {
                throw proto.problem("tunnel '\(name)' has the proto '\(try proto.text())'", hint: "write proto: tls")
            }
            return labels
        }
        for key in Self.endpointKeys where mapping[key] != nil {
            throw mapping.problem(
                key,
                "means nothing beside 'labels'",
                hint:
                    "leave it out: the TLS edge whose connections the tunnel gets has it; or write proto: tls for an endpoint"
            )
        }
        for label in try value.list() {
            try label.placing { () throws(ConfigurationError) in try labels.add(try label.text()) }
        }
        guard !labels.isEmpty else {
            throw mapping.problem("labels", "must not be empty", hint: "write key=value, such as [team=web]")
        }
        return labels
    }
}
