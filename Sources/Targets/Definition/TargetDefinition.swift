package import Foundation
package import ScenarioModel
package import Verdicts

/// An edge that can be put to the test: what its folder below `Scenarios/Targets` says, and the programs it was found
/// to mean on this machine.
package struct TargetDefinition: Sendable {
    /// The folder's name: `haproxy`.
    package let name: String
    /// What it was asked for by, and is again in a line that replays a case.
    package let reference: String
    package let folder: URL
    /// Where its templates are: its own folder, and those of the targets that it extends.
    let templateFolders: [URL]
    let description: TargetDescription
    let programs: ProgramSearch
    /// What the description's probes found out, by name.
    let probes: [String: String]
    /// Whether this machine has ::1.
    package let hasIPv6: Bool

    package let identity: RunReport.TargetIdentity

    /// Every feature that the target has in some role.
    package var features: Set<Feature> { Set(self.identity.features) }
    /// Seconds until its edge must be ready, and until the first control must have come through.
    package var readyWithin: Double { self.description.edgePlan?.readyWithin ?? Self.patience }
    /// An edge that runs already either serves its endpoints by now, or is not what its file says.
    private static let patience: Double = 3
    /// Where it is, when it runs already and is not the harness's to start.
    package var external: ExternalEdge? { self.description.external }
    /// In seconds.
    package var deadlines: [Deadline: Double] { self.description.deadlines }
    /// The edge promises the strict answer wherever a rule has one, so that lenient ones fail.
    package var promisesStrict: Bool { self.description.promisesStrict }
    /// Whose rules the edge promises to keep.
    package var profile: Profile { self.description.profile }
    /// What the edge lacks, a sentence each.
    package var lacks: [String] { self.description.lacks }
    /// The target's waivers; there may be no such file.
    package let waiversFile: URL
    /// Whether the target writes connection events.
    package var hasEvents: Bool { self.features.contains(.events) }

    /// Reads `directory/NAME/target.yaml`, finds its programs and asks them for their version.
    ///
    /// - Parameters:
    ///   - name: A folder of the directory, or the path of any other one.
    ///   - programDirectory: Where Shakedown's own programs are; by default the folder of the running one.
    ///   - installDirectory: Where ``install(named:from:into:say:)`` put the programs of others.
    /// - Throws: ``TargetError`` when a program is not installed, a `ConfigurationError` when the file is wrong.
    package static func load(
        named name: String,
        from directory: URL,
        programDirectory: URL? = nil,
        installDirectory: URL? = nil
    ) throws -> TargetDefinition {
        let source = try TargetSource(named: name, from: directory)
        let programs = ProgramSearch(
            target: name,
            targetFolder: source.folder,
            ownPrograms: programDirectory ?? ProgramSearch.folderOfThisProgram,
            installed: installDirectory
        )
        // Every program is looked for, so that one which only a later process needs is missed here already.
        for program in source.description.programs.values { _ = try programs.find(program) }
        var probes: [String: String] = [:]
        for probe in source.description.probes {
            probes[probe.name] = try programs.answer(to: probe, programs: source.description.programs)
        }
        return TargetDefinition(source, reference: name, programs: programs, probes: probes, hasIPv6: Loopback.hasIPv6)
    }

    /// How reports call a target, whether its programs are here or not.
    package static func title(named name: String, from directory: URL) throws -> String {
        try TargetSource(named: name, from: directory).description.title
    }

    /// Installs the programs of a target that can be installed without a person; those that are ours or a person's stay as
    /// they are.
    ///
    /// - Parameter say: Hears each command before it is run.
    /// - Returns: the names of what was installed.
    package static func install(
        named name: String,
        from directory: URL,
        into installDirectory: URL,
        say: (String) -> Void
    ) throws -> [String] {
        let source = try TargetSource(named: name, from: directory)
        let programs = source.description.programs.values.filter { $0.install.file != nil }.sorted { $0.name < $1.name }
        guard !programs.isEmpty else {
            let hints = source.description.programs.values.map { $0.install.hint(target: name) }.sorted()
            throw TargetError(
                .cannotInstall,
                "nothing of \(source.description.title) can be installed into the checkout",
                hint: hints.joined(separator: "; ")
            )
        }
        try withoutActuallyEscaping(say) { say in
            let installer = ProgramInstaller(folder: installDirectory, say: say)
            for program in programs { try installer.install(program) }
        }
        return programs.map(\.name)
    }

    /// A file of the target's, or of the first of those it extends that has it.
    func file(named name: String) -> URL {
        self.templateFolders.lazy.map { $0.appending(path: name) }
            .first { FileManager.default.fileExists(atPath: $0.path) } ?? self.folder.appending(path: name)
    }

    /// The names of the folders that hold a target.yaml, in alphabetical order.
    package static func available(in directory: URL) -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return folders.sorted().filter {
            FileManager.default.fileExists(atPath: directory.appending(path: "\($0)/target.yaml").path)
        }
    }

    init(
        _ source: TargetSource,
        reference: String? = nil,
        programs: ProgramSearch,
        probes: [String: String],
        hasIPv6: Bool
    ) {
        let description = source.description
        self.name = source.name
        self.reference = reference ?? source.name
        self.waiversFile = source.waiversFile
        self.folder = source.folder
        self.templateFolders = source.templateFolders
        self.description = description
        self.programs = programs
        self.probes = probes
        self.hasIPv6 = hasIPv6
        let version = probes[TargetDescription.versionProbe] ?? description.external?.version ?? "unknown"
        let features = description.features.map(\.feature).filter { hasIPv6 || $0 != .ipv6 }
        self.identity = RunReport.TargetIdentity(
            name: source.name,
            title: description.title,
            version: version,
            features: Set(features).sorted(),
            notes: description.notes,
            lacks: description.lacks,
            profile: description.profile,
            behaviours: description.behaviours.filter { $0.versions?.contains(version) ?? true }.map(\.declared)
        )
    }
}

extension TargetDefinition {
    /// Why a case cannot be put to this target, in a sentence; `nil` when it can.
    package func obstacle(to testCase: Case) -> String? {
        let features = self.missing(for: testCase).map(\.rawValue)
        guard features.isEmpty else { return "\(self.identity.title) lacks \(features.joined(separator: ", "))" }
        return self.external?.lack(for: testCase).map { "\(self.identity.title) lacks \($0)" }
    }

    /// The features that a case needs and this target lacks, in order; empty when it can be run.
    ///
    /// What the case's endpoints and client ask for counts, whether the scenario names it or not: otherwise an edge
    /// that cannot do it would be configured without it and judged for that.
    package func missing(for testCase: Case) -> [Feature] {
        var needed = Set(testCase.requires)
        needed.insert(.role(testCase.role))
        if testCase.clientPlans.contains(where: { $0.source == .loopback6 }) { needed.insert(.ipv6) }
        if testCase.clientPlans.contains(where: { $0.source == .trustedProxy }) { needed.insert(.proxyProtocolIn) }
        needed.formUnion(testCase.limits.keys.map { Feature.limit($0) })
        for endpoint in testCase.endpointPlans { needed.formUnion(endpoint.neededFeatures) }
        let roles = Set(testCase.endpoints.map(\.role)).union([testCase.role])
        return needed.filter { feature in !roles.allSatisfy { self.has(feature, in: $0) } }.sorted()
    }

    /// Whether a case asks for the feature, by its scenario or by what its endpoints are.
    package func needs(_ feature: Feature, for testCase: Case) -> Bool {
        testCase.requires.contains(feature) || testCase.limits.keys.contains { Feature.limit($0) == feature }
            || testCase.endpointPlans.contains { $0.neededFeatures.contains(feature) }
    }

    /// The features that one endpoint needs and this target lacks.
    func missing(for endpoint: EndpointPlan) -> [Feature] {
        endpoint.neededFeatures.filter { !self.has($0, in: endpoint.role) }.sorted()
    }

    /// Whether the target's file says that it has the feature, in this role or, where none is named, in any.
    package func declares(_ feature: Feature, in role: Role? = nil) -> Bool {
        guard let role else { return self.features.contains(feature) }
        return self.has(feature, in: role)
    }

    private func has(_ feature: Feature, in role: Role) -> Bool {
        if feature == .ipv6 && !self.hasIPv6 { return false }
        return self.description.features.contains { $0.feature == feature && ($0.roles?.contains(role) ?? true) }
    }
}

extension EndpointPlan {
    /// What an edge must be able to do to serve this endpoint.
    var neededFeatures: Set<Feature> {
        var features: Set<Feature> = [.role(self.role)]
        if !self.mutualTLS.isEmpty { features.insert(.mutualTLS) }
        if !self.allowCIDRs.isEmpty || !self.denyCIDRs.isEmpty { features.insert(.ipRestrictions) }
        if !self.denyCIDRs.isEmpty { features.insert(.ipDenyRules) }
        if self.proxyProtocol == 1 { features.insert(.proxyProtocol1) }
        if self.proxyProtocol == 2 { features.insert(.proxyProtocol2) }
        if self.upstreamVerification != .off { features.insert(.upstreamVerification) }
        if self.upstreamClientCertificate != nil { features.insert(.upstreamClientCertificate) }
        if self.hasOwnAgent || !self.isOnline { features.insert(.agents) }
        if self.isLabelled { features.formUnion([.agents, .agentLabels]) }
        if self.isPooled { features.formUnion([.agents, .agentPools]) }
        if self.isOfOtherAccount { features.insert(.agentAccounts) }
        if self.hasRelayedAgent { features.insert(.agentReconnects) }
        if self.domain.hasPrefix("*.") { features.insert(.wildcardNames) }
        return features
    }
}
