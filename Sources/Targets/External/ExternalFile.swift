internal import Addresses
internal import ConfigurationFiles
internal import Foundation
internal import LibCrypto
internal import ProgramKit
internal import ScenarioModel

/// The grammar of a file that describes an edge which runs already.
struct ExternalFile {
    /// Where paths in it begin.
    let folder: URL

    static func description(in file: YAMLValue, folder: URL) throws(ConfigurationError) -> TargetDescription {
        let mapping = try file.mapping(
            "title",
            "version",
            "listens",
            "features",
            "deadlines",
            "promises-strict",
            "profile",
            "behaviours",
            "lacks",
            "notes",
            "authorities",
            "endpoints"
        )
        let reader = ExternalFile(folder: folder)
        let edge = ExternalEdge(
            version: try mapping["version"]?.string() ?? "unknown",
            addresses: try reader.addresses(mapping.required("listens", hint: "listens: 127.0.0.1:8443")),
            authorities: try reader.authorities(mapping["authorities"]),
            endpoints: try reader.endpoints(mapping.required("endpoints"), authorities: mapping["authorities"])
        )
        let deadlines = try mapping["deadlines"].map(TargetFile.deadlines) ?? [:]
        let features = try reader.features(mapping["features"], of: edge)
        try TargetFile.check(features, against: deadlines, in: mapping)
        return TargetDescription(
            title: try mapping.required("title").string(),
            programs: [:],
            probes: [],
            features: features,
            deadlines: deadlines,
            promisesStrict: try mapping["promises-strict"]?.boolean() ?? false,
            profile: try mapping["profile"]?.choice() ?? .rfc,
            behaviours: try HabitReader.habits(mapping["behaviours"]),
            lacks: try mapping["lacks"]?.strings() ?? [],
            notes: try mapping["notes"]?.strings() ?? [],
            processes: [],
            hints: [],
            external: edge
        )
    }

    private func addresses(_ value: YAMLValue) throws(ConfigurationError) -> [TransportAddress] {
        var addresses: [TransportAddress] = []
        for entry in try value.entriesOrOne() { addresses.append(try Self.address(entry)) }
        guard addresses.contains(where: \.ip.isIPv4) else {
            throw value.problem("'listens' must have an IPv4 address, which most clients connect to")
        }
        return addresses
    }

    private static func address(_ value: YAMLValue) throws(ConfigurationError) -> TransportAddress {
        try value.parsed(as: "an IP address and a port such as 127.0.0.1:8443") { text in
            TransportAddress(text).flatMap { $0.port > 0 ? $0 : nil }
        }
    }

    // MARK: Features

    /// What a target can only have that the harness configures and starts.
    private static let ours = Set<Feature>([
        .agents, .events, .reload, .drain, .upstreamVerification, .upstreamClientCertificate,
    ]).union(ConnectionLimit.allCases.map { .limit($0) })

    /// Those that the endpoints and addresses show, and those that the file names.
    private func features(
        _ value: YAMLValue?,
        of edge: ExternalEdge
    ) throws(ConfigurationError) -> [TargetDescription.AvailableFeature] {
        var features = edge.endpoints.reduce(into: Set<Feature>()) { $0.formUnion($1.features) }
        if edge.addresses.contains(where: { !$0.ip.isIPv4 }) { features.insert(.ipv6) }
        for entry in try value?.list() ?? [] {
            let feature = try TargetFile.feature(entry)
            guard !Self.ours.contains(feature) else {
                throw entry.problem("an edge that runs already cannot have the feature '\(feature)'")
            }
            features.insert(feature)
        }
        return features.sorted().map { TargetDescription.AvailableFeature(feature: $0, roles: nil) }
    }

    // MARK: Authorities

    /// By the recipe in whose place each stands: the certificate in PEM, with the key in PEM beside it.
    private func authorities(_ value: YAMLValue?) throws(ConfigurationError) -> [ExternalEdge.Authority] {
        var authorities: [ExternalEdge.Authority] = []
        for (name, file) in try value?.entries() ?? [] {
            let recipe = try name.string()
            let path = URL(filePath: try file.string(), relativeTo: self.folder)
            let key = path.deletingPathExtension().appendingPathExtension("key")
            let certificate = try Self.block(in: path, "certificate", at: file, where: \.isCertificate)
            guard let facts = try? CertificateFacts(der: certificate.bytes), facts.isCurrent, facts.isAuthority else {
                throw file.problem(
                    "\(path.path) holds no CA that is valid now",
                    hint: "make it anew, and let the edge read it: shakedown certs --out FOLDER \(recipe)"
                )
            }
            authorities.append(
                ExternalEdge.Authority(
                    recipe: recipe,
                    certificate: certificate,
                    key: try Self.block(in: key, "private key", at: file, where: \.isPrivateKey),
                    file: path.path
                )
            )
        }
        return authorities
    }

    // MARK: Endpoints

    private func endpoints(
        _ value: YAMLValue,
        authorities: YAMLValue?
    ) throws(ConfigurationError) -> [ExternalEdge.Endpoint] {
        var endpoints: [ExternalEdge.Endpoint] = []
        var known: [String] = []
        for (name, _) in try authorities?.entries() ?? [] { known.append(try name.string()) }
        for (key, value) in try value.entries() {
            let endpoint = try self.endpoint(value, domain: key, authorities: known)
            if endpoint.isDecoy, endpoints.contains(where: \.isDecoy) {
                throw key.problem("one decoy is enough, and two would not tell which one is the default")
            }
            try Self.check(endpoint, at: key, beside: endpoints)
            endpoints.append(endpoint)
        }
        guard endpoints.contains(where: \.isControl) else {
            throw value.problem(
                "'endpoints' has none for the exchanges that prove the edge alive",
                hint: "give one more endpoint 'control: true'; no case uses it"
            )
        }
        return endpoints
    }

    private func endpoint(
        _ value: YAMLValue,
        domain: YAMLValue,
        authorities: [String]
    ) throws(ConfigurationError) -> ExternalEdge.Endpoint {
        let mapping = try value.mapping(
            "role",
            "certificate",
            "upstream",
            "mutual-tls",
            "proxy-protocol",
            "allow",
            "deny",
            "control",
            "decoy"
        )
        let role: Role = try mapping.required("role").choice()
        guard role.terminatingParty != .agent else {
            throw mapping.problem("role", "must be passthrough, edge or re-encrypt: there are no agents to be seen")
        }
        var endpoint = ExternalEdge.Endpoint(
            domain: try domain.string().lowercased(),
            role: role,
            upstream: try Self.address(mapping.required("upstream", hint: "upstream: 127.0.0.1:9001"))
        )
        switch (role.terminatingParty, mapping["certificate"]) {
        case (.upstream, nil): break
        case (.upstream, let certificate?):
            throw certificate.problem("its upstream ends TLS, so '\(endpoint.domain)' presents no certificate")
        case (_, let certificate?): endpoint.leaf = try self.leaf(certificate)
        case (_, nil): throw mapping.problem("certificate", "is missing: the file in PEM that clients are shown")
        }
        for value in try mapping["mutual-tls"]?.entriesOrOne() ?? [] {
            let name = try value.string()
            guard authorities.contains(name) else {
                throw value.problem(
                    "no authority is called '\(name)'\(Suggestion.clause(for: name, among: authorities))",
                    hint:
                        "say under 'authorities' where the CA is that this endpoint's clients have their certificates of"
                )
            }
            guard role.terminatingParty == .edge else {
                throw value.problem("its upstream ends TLS, so '\(endpoint.domain)' asks nobody for a certificate")
            }
            endpoint.mutualTLS.append(name)
        }
        endpoint.proxyProtocol = try mapping["proxy-protocol"]?.integer(in: 1...2) ?? 0
        endpoint.allowCIDRs = try mapping["allow"]?.strings() ?? []
        endpoint.denyCIDRs = try mapping["deny"]?.strings() ?? []
        endpoint.isControl = try mapping["control"]?.boolean() ?? false
        guard !endpoint.isControl || endpoint.isPlain else {
            throw mapping.problem(
                "control",
                "is for an endpoint without wildcard, IP rules, PROXY header and mutual TLS"
            )
        }
        endpoint.isDecoy = try mapping["decoy"]?.boolean() ?? false
        if endpoint.isDecoy, endpoint.isControl {
            throw mapping.problem("decoy", "is for an endpoint that nobody asks for, and controls do")
        }
        return endpoint
    }

    /// Cases ask for names near those of their endpoints, and nobody may be served there.
    private static func check(
        _ endpoint: ExternalEdge.Endpoint,
        at key: YAMLValue,
        beside others: [ExternalEdge.Endpoint]
    ) throws(ConfigurationError) {
        let labels = endpoint.name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty && !$0.contains("*") }) else {
            throw key.problem("'\(endpoint.domain)' is no name of several labels")
        }
        for other in others {
            guard endpoint.name != other.name, !endpoint.name.hasSuffix(".\(other.name)"),
                !other.name.hasSuffix(".\(endpoint.name)")
            else {
                throw key.problem(
                    "'\(endpoint.domain)' and '\(other.domain)' lie below one another: cases about the one would reach the other"
                )
            }
            guard endpoint.upstream != other.upstream else {
                throw key.problem(
                    "'\(endpoint.domain)' and '\(other.domain)' have one upstream, so nobody can tell who was served"
                )
            }
        }
    }

    /// The first certificate of a file.
    private func leaf(_ value: YAMLValue) throws(ConfigurationError) -> ByteString {
        let file = URL(filePath: try value.string(), relativeTo: self.folder)
        return try Self.block(in: file, "certificate", at: value, where: \.isCertificate)
    }

    /// The first of its kind in a PEM file.
    private static func block(
        in file: URL,
        _ what: String,
        at value: YAMLValue,
        where isWanted: (PEMBlock) -> Bool
    ) throws(ConfigurationError) -> ByteString {
        let path = file.path
        let blocks: [PEMBlock]
        do {
            blocks = try PEMBlock.blocks(of: Array(Data(contentsOf: URL(filePath: path))))
        } catch {
            throw value.problem("\(path) cannot be read: \(Reason.text(of: error))")
        }
        guard let block = blocks.first(where: isWanted) else { throw value.problem("\(path) holds no \(what) in PEM") }
        return ByteString(block.contents)
    }
}
