package import JSONText

/// What a bind asks of a TLS endpoint.
package struct TLSOptions: AgentMessage {
    /// `tls://host`, `host`, or empty for a random name. At most one of the four name fields is set.
    package var url = ""
    package var domain = ""
    package var hostname = ""
    package var subdomain = ""
    /// The PROXY protocol version that the edge writes in front of each stream; 0 is off.
    package var proxyProto: Int64 = 0
    /// The agent terminates TLS and asks for client certificates itself.
    package var mutualTLSAtAgent = false
    /// CA certificates in PEM, one after the other; only with ``tlsTermination``.
    package var mutualTLSAtEdge: [UInt8]?
    /// Present: the edge terminates TLS.
    package var tlsTermination: TLSTermination?
    package var ipRestriction: IPRestriction?
    /// The policy object of agents before 3.14, as it came.
    package var policy = JSONValue.null
    /// YAML or JSON.
    package var trafficPolicy = ""

    package init() {}

    /// The pair to present. An empty pair asks for the edge's own certificate.
    package struct TLSTermination: Hashable, Sendable {
        /// PEM, leaf first.
        package var certificate: [UInt8]
        /// PEM. A secret: never log it.
        package var key: [UInt8]
        package var sealedKey: [UInt8]

        package init(certificate: [UInt8] = [], key: [UInt8] = [], sealedKey: [UInt8] = []) {
            self.certificate = certificate
            self.key = key
            self.sealedKey = sealedKey
        }
    }

    package struct IPRestriction: Hashable, Sendable {
        package var allowCIDRs: [String]
        package var denyCIDRs: [String]

        package init(allowCIDRs: [String] = [], denyCIDRs: [String] = []) {
            self.allowCIDRs = allowCIDRs
            self.denyCIDRs = denyCIDRs
        }
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json, field: "Opts")
        self.url = try fields.string("URL")
        self.domain = try fields.string("Domain")
        self.hostname = try fields.string("Hostname")
        self.subdomain = try fields.string("Subdomain")
        self.proxyProto = try fields.integer("ProxyProto")
        self.mutualTLSAtAgent = try fields.bool("MutualTLSAtAgent")
        self.mutualTLSAtEdge = try fields.optionalFields("MutualTLSAtEdge")?.bytes("mutual_tls_ca")
        if let termination = try fields.optionalFields("TLSTermination") {
            self.tlsTermination = TLSTermination(
                certificate: try termination.bytes("cert"),
                key: try termination.bytes("key"),
                sealedKey: try termination.bytes("sealed_key")
            )
        }
        if let restriction = try fields.optionalFields("IPRestriction") {
            self.ipRestriction = IPRestriction(
                allowCIDRs: try restriction.strings("allow_cidrs"),
                denyCIDRs: try restriction.strings("deny_cidrs")
            )
        }
        self.policy = fields.value("Policy") ?? .null
        self.trafficPolicy = try fields.string("TrafficPolicy")
    }

    package var json: JSONValue {
        .fields([
            "URL": .string(self.url),
            "Domain": .string(self.domain),
            "Hostname": .string(self.hostname),
            "Subdomain": .string(self.subdomain),
            "ProxyProto": .integer(self.proxyProto),
            "MutualTLSAtAgent": .bool(self.mutualTLSAtAgent),
            "MutualTLSAtEdge": self.mutualTLSAtEdge.map { .fields(["mutual_tls_ca": .bytes($0)]) } ?? .null,
            "TLSTermination": self.tlsTermination.map { termination in
                .fields([
                    "cert": .bytes(termination.certificate),
                    "key": .bytes(termination.key),
                    "sealed_key": .bytes(termination.sealedKey),
                ])
            } ?? .null,
            "IPRestriction": self.ipRestriction.map { restriction in
                .fields([
                    "allow_cidrs": .strings(restriction.allowCIDRs),
                    "deny_cidrs": .strings(restriction.denyCIDRs),
                ])
            } ?? .null,
            "Policy": self.policy,
            "TrafficPolicy": .string(self.trafficPolicy),
        ])
    }
}

extension TLSOptions.TLSTermination: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Sizes only: the key is a secret.
    package var description: String { "certificate of \(self.certificate.count) bytes, key of \(self.key.count) bytes" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: ["description": self.description]) }
}
