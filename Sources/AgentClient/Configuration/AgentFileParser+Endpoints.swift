import ConfigurationFiles

/// `endpoints` of version 3.
extension AgentFileParser {
    func endpoints(_ value: YAMLValue) throws(ConfigurationError) -> [TunnelSettings] {
        var endpoints: [TunnelSettings] = []
        var names: Set<String> = []
        for value in try value.list() {
            let endpoint = try self.endpoint(value)
            guard names.insert(endpoint.name).inserted else {
                throw value.problem("the endpoint '\(endpoint.name)' stands twice", hint: "give each a name of its own")
            }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    func endpoint(_ value: YAMLValue) throws(ConfigurationError) -> TunnelSettings {
        let mapping = try value.mapping(
            "name",
            "url",
            "upstream",
            "agent_tls_termination",
            "bindings",
            "traffic_policy",
            "traffic_policy_file",
            "metadata",
            "description",
            "pooling_enabled",
            "upstream_tls_verify",
            "upstream_tls_verify_cas",
            "upstream_tls_crt",
            "upstream_tls_key"
        )
        let name = try mapping.required("name", hint: "add name: web, by which it is started").string()
        let upstream = try mapping.required("upstream", hint: "add upstream: { url: 8080 }")
            .mapping("url", "proxy_protocol")
        let address = try upstream.required("url", hint: "add url: 8080, or url: tls://host:8443")
        var endpoint = TunnelSettings(
            name: name,
            upstream: try address.placing { () throws(ConfigurationError) in try UpstreamAddress(try address.text()) }
        )
        endpoint.place = value.place
        endpoint.url = try self.url(mapping)
        endpoint.proxyVersion = try self.proxyVersion(upstream["proxy_protocol"])
        if let termination = mapping["agent_tls_termination"] { try self.terminate(termination, of: &endpoint) }
        endpoint.binding = try self.binding(mapping["bindings"])
        endpoint.trafficPolicy = try self.trafficPolicy(mapping["traffic_policy"])
        endpoint.trafficPolicyFile = try self.path(mapping["traffic_policy_file"])
        endpoint.metadata = try mapping["metadata"]?.text() ?? ""
        endpoint.description = try mapping["description"]?.text() ?? ""
        endpoint.isPooled = try mapping["pooling_enabled"]?.boolean() ?? false
        endpoint.verifiesUpstream = try mapping["upstream_tls_verify"]?.boolean() ?? false
        endpoint.upstreamCAs = try self.path(mapping["upstream_tls_verify_cas"])
        endpoint.upstreamCertificate = try self.path(mapping["upstream_tls_crt"])
        endpoint.upstreamKey = try self.path(mapping["upstream_tls_key"])
        try value.placing { () throws(ConfigurationError) in try endpoint.validate() }
        return endpoint
    }

    /// Without a URL ngrok's agent makes an HTTPS endpoint, so that none here means one for sure.
    private func url(_ mapping: YAMLMapping) throws(ConfigurationError) -> String {
        let value = try mapping.required(
            "url",
            hint: "add url: tls://app.example.com, or url: tls:// for a random name"
        )
        let url = try value.string()
        guard !url.contains("://") || url.hasPrefix("tls://") else {
            throw mapping.problem("url", "must be a TLS endpoint's, not '\(url)'", hint: "write tls://name, or tls://")
        }
        return url
    }

    private func terminate(_ value: YAMLValue, of endpoint: inout TunnelSettings) throws(ConfigurationError) {
        let termination = try value.mapping(
            "server_certificate",
            "server_private_key",
            "mutual_tls_certificate_authorities"
        )
        endpoint.terminateAt = .agent
        endpoint.certificate = try self.pem(
            try termination.required("server_certificate", hint: "name a PEM file, leaf first")
        )
        endpoint.key = try self.pem(
            try termination.required("server_private_key", hint: "name the PEM file of the certificate's key")
        )
        for authorities in try termination["mutual_tls_certificate_authorities"]?.list() ?? [] {
            if let source = try self.pem(authorities) { endpoint.mutualTLSCAs.append(source) }
        }
    }
}
