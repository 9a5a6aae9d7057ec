internal import Addresses
internal import Foundation
internal import ProgramKit
internal import ScenarioModel
internal import Supervision

/// What templates can say, as Docs/targets.md lists it.
struct TemplateValues {
    /// Every name that there can be. Some are there for some endpoints and processes only.
    static let names = Set(
        Self.ownNames + Deadline.allCases.map(Self.name) + ConnectionLimit.allCases.map(Self.name) + Self.endpointNames
            + BlockText.members
    )

    private static let ownNames = [
        "directory", "stateDirectory", "baseDomain", "hasIPv6", "defaultCertificate", "defaultKey", "agentsCertificate",
        "agentsKey",
        "agentsCA", "token", "otherToken", "apiKey", "otherApiKey", "relay", "probes", "settings", "user", "isRoot",
        "maximumConnections",
        "port", "ports", "sockets",
        "ready", "instance", "trustedProxy",
        "endpoints",
    ]

    private static let endpointNames = [
        "id", "index", "domain", "domainPattern", "isWildcard", "isExact", "suffix", "suffixPattern", "isOnline",
        "isOffline", "hasOwnAgent", "isRival", "isOfOtherAccount", "hasOwnName", "isPooled", "isLabelled",
        "labels", "policy", "isTerminatedByPolicy", "isInternal", "isPassthrough",
        "isTerminated", "isTerminatedAtEdge", "isTerminatedAtAgent", "terminateAt", "isReEncrypted", "upstream",
        "upstreamIP", "upstreamPort", "certificate", "key", "bundle", "mutualTLSCAs", "upstreamCA",
        "upstreamClientCertificate", "upstreamClientKey", "upstreamClientBundle", "proxyProtocol",
        "hasProxyProtocol", "isProxyProtocol1", "isProxyProtocol2", "allow", "deny", "allowList", "denyList",
        "hasAllow", "hasDeny", "hasRestrictions",
    ]

    static func name(of deadline: Deadline) -> String {
        switch deadline {
        case .hello, .handshake, .idle: "\(deadline.rawValue)Deadline"
        case .halfOpen: "halfOpenDeadline"
        }
    }

    static func name(of limit: ConnectionLimit) -> String {
        switch limit {
        case .source, .endpoint, .account: "\(limit.rawValue)Limit"
        case .accountRate: "accountRateLimit"
        }
    }

    private var values: [String: Any]
    private var places = TargetPlaces()

    init(
        _ deployment: Deployment,
        definition: TargetDefinition,
        secrets: RunSecrets,
        isOfOtherAccount: Bool = false,
        machine: Machine = Machine()
    ) {
        self.values = [
            "directory": deployment.workDirectory.path,
            "stateDirectory": deployment.stateDirectory.path,
            "baseDomain": deployment.baseDomain,
            "hasIPv6": definition.hasIPv6,
            "defaultCertificate": deployment.defaultCertificate.path,
            "defaultKey": deployment.defaultKey.path,
            "agentsCertificate": deployment.agentsCertificate.path,
            "agentsKey": deployment.agentsKey.path,
            "agentsCA": deployment.agentsCA.path,
            "token": isOfOtherAccount ? secrets.otherToken : secrets.token,
            "otherToken": secrets.otherToken,
            "apiKey": secrets.apiKey,
            "otherApiKey": secrets.otherAPIKey,
            "relay": NSNull(),
            "trustedProxy": ClientPlan.Source.trustedProxy.ip.description,
            "probes": Self.probes(of: definition),
            "ready": [:] as [String: Any],
            "settings": definition.description.settings.mapValues(\.templateValue),
            "user": machine.user,
            "isRoot": machine.user == "root",
            "maximumConnections": machine.maximumConnections,
        ]
        for (deadline, seconds) in definition.deadlines {
            self.values[Self.name(of: deadline)] = DeadlineText(seconds: seconds)
        }
        for limit in ConnectionLimit.allCases {
            self.values[Self.name(of: limit)] = deployment.limits[limit].map { $0 as Any } ?? NSNull()
        }
    }

    /// A probe that found nothing is a name all the same; to a template it is absent.
    private static func probes(of definition: TargetDefinition) -> [String: Any] {
        var values: [String: Any] = [:]
        for probe in definition.description.probes { values[probe.name] = NSNull() }
        for (name, answer) in definition.probes { values[name] = answer }
        return values
    }

    /// What configurations must know of the machine and of whoever runs the harness.
    struct Machine: Hashable, Sendable {
        var user = NSUserName()
        /// At most 8,000, which no suite comes near; fewer where files are limited, because HAProxy refuses to start
        /// when two files for each connection are more than it may open.
        var maximumConnections = min(8_000, max(100, ((OpenFiles.hardLimit ?? 1_024) - 1_000) / 2))
    }

    /// Endpoints keep their number in every process; wildcards come last and the longest of them first, for edges that
    /// take the first that matches.
    private static func numbered(
        _ endpoints: [DeployedEndpoint],
        where isServed: (EndpointPlan) -> Bool
    ) -> [(number: Int, value: DeployedEndpoint)] {
        let served = endpoints.indices.filter { isServed(endpoints[$0].plan) }
        let wildcards = served.filter { endpoints[$0].plan.isWildcard }.sorted { first, second in
            let lengths = (endpoints[first].plan.domain.utf8.count, endpoints[second].plan.domain.utf8.count)
            return lengths.0 == lengths.1 ? first < second : lengths.0 > lengths.1
        }
        return (served.filter { !endpoints[$0].plan.isWildcard } + wildcards).map { ($0, endpoints[$0]) }
    }

    /// Adds what a started process told: its ready file's texts as `ready.NAME.KEY`.
    mutating func add(_ facts: [String: String], ofProcess name: String) {
        var ready = self.values["ready"] as? [String: Any] ?? [:]
        ready[name] = facts as [String: Any]
        self.values["ready"] = ready
    }

    /// Where an agent is to connect to in the edge's place.
    mutating func set(relay: TransportAddress) { self.values["relay"] = relay.description }

    mutating func set(places: TargetPlaces) {
        self.places = places
        self.values["port"] = Int(places.edgePort)
    }

    /// For one process: its name among its like, and only those endpoints that it serves.
    func forInstance(
        _ instance: String,
        of deployment: Deployment,
        where isServed: (EndpointPlan) -> Bool
    ) -> [String: Any] {
        var values = self.values
        values["instance"] = instance
        self.places.add(toValues: &values, instance: instance)
        values["endpoints"] = Self.numbered(deployment.endpoints, where: isServed).map { endpoint in
            var values = Self.endpoint(endpoint.value, number: endpoint.number)
            if self.places.hasOwn { self.places.add(toValues: &values, instance: "e\(endpoint.number)") }
            return values
        }
        return values
    }

    static func endpoint(_ endpoint: DeployedEndpoint, number: Int) -> [String: Any] {
        let plan = endpoint.plan
        let address = endpoint.upstreamAddress
        let suffix = plan.isWildcard ? String(plan.domain.dropFirst()) : plan.domain
        var values: [String: Any] = [
            "id": "e\(number)",
            "index": number,
            "domain": plan.domain,
            // A wildcard's covers one label.
            "domainPattern": plan.isWildcard ? "[^.]+" + NamePattern.escaped(suffix) : NamePattern.escaped(plan.domain),
            "isWildcard": plan.isWildcard,
            "isExact": !plan.isWildcard,
            "suffix": suffix,
            "suffixPattern": NamePattern.escaped(suffix),
            "isOnline": plan.isOnline,
            "isOffline": !plan.isOnline,
            "hasOwnAgent": plan.hasOwnAgent,
            "isRival": plan.rivalOf != nil,
            "isOfOtherAccount": plan.isOfOtherAccount,
            "hasOwnName": plan.hasOwnName,
            "isPooled": plan.isPooled,
            "isLabelled": plan.isLabelled,
            "labels": plan.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
            "isTerminatedByPolicy": plan.isTerminatedByPolicy,
            "isInternal": plan.isInternal,
            "isPassthrough": plan.role == .passthrough,
            "isTerminated": plan.role.terminatingParty != .upstream,
            "isTerminatedAtEdge": plan.role.terminatingParty == .edge,
            "isTerminatedAtAgent": plan.role.terminatingParty == .agent,
            "terminateAt": plan.role.terminatingParty.rawValue,
            "isReEncrypted": plan.role.isReEncrypted,
            "upstream": address.description,
            "upstreamIP": address.ip.description,
            "upstreamPort": Int(address.port),
            "certificate": endpoint.files.serverCertificate.path,
            "key": endpoint.files.serverKey.path,
            "proxyProtocol": plan.proxyProtocol,
            "hasProxyProtocol": plan.proxyProtocol != 0,
            "isProxyProtocol1": plan.proxyProtocol == 1,
            "isProxyProtocol2": plan.proxyProtocol == 2,
            "allow": plan.allowCIDRs.map(BlockText.init),
            "deny": plan.denyCIDRs.map(BlockText.init),
            "allowList": plan.allowCIDRs.joined(separator: " "),
            "denyList": plan.denyCIDRs.joined(separator: " "),
            "hasAllow": !plan.allowCIDRs.isEmpty,
            "hasDeny": !plan.denyCIDRs.isEmpty,
            "hasRestrictions": !plan.allowCIDRs.isEmpty || !plan.denyCIDRs.isEmpty,
            "bundle": ConfigurationWriter.bundleName(of: endpoint.files.serverCertificate),
        ]
        values["policy"] = endpoint.policy
        values["mutualTLSCAs"] = endpoint.files.mutualTLSCAs?.path
        values["upstreamCA"] = endpoint.files.upstreamCA?.path
        values["upstreamClientCertificate"] = endpoint.files.upstreamClient?.certificate.path
        values["upstreamClientKey"] = endpoint.files.upstreamClient?.key.path
        values["upstreamClientBundle"] = endpoint.files.upstreamClient.map {
            ConfigurationWriter.bundleName(of: $0.certificate)
        }
        return values
    }
}

extension EndpointPlan {
    var isWildcard: Bool { self.domain.hasPrefix("*.") }
}
