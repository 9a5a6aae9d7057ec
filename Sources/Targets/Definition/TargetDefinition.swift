internal import ConfigurationFiles
package import Foundation
package import ScenarioModel
package import Verdicts

/// An edge that can be put to the test: what its folder below `Scenarios/Targets` says, and the programs it was found
/// to mean on this machine.
package struct TargetDefinition: Sendable {
    /// The folder's name: `haproxy`.
    package let name: String
    package let folder: URL
    let description: TargetDescription
    let programs: ProgramSearch
    /// What the description's probes found out, by name.
    let probes: [String: String]
    let hasIPv6: Bool

    package let identity: RunReport.TargetIdentity

    /// Every feature that the target has in some role.
    package var features: Set<Feature> { Set(self.identity.features) }
    /// In seconds.
    package var deadlines: [Deadline: Double] { self.description.deadlines }
    /// The edge promises the strict answer wherever a rule has one, so that lenient ones fail.
    package var promisesStrict: Bool { self.description.promisesStrict }
    /// Whose rules the edge promises to keep.
    package var profile: Profile { self.description.profile }
    /// What the edge lacks, a sentence each.
    package var lacks: [String] { self.description.lacks }
    /// The target's waivers; there may be no such file.
    package var waiversFile: URL { self.folder.appending(path: "waivers.yaml") }
    /// Whether the target writes connection events.
    package var hasEvents: Bool { self.features.contains(.events) }

    /// Reads `directory/NAME/target.yaml`, finds its programs and asks them for their version.
    ///
    /// - Parameter programDirectory: Where Shakedown's own programs are; by default the folder of the running one.
    /// - Throws: ``TargetError`` when a program is not installed, a `ConfigurationError` when the file is wrong.
    package static func load(
        named name: String,
        from directory: URL,
        programDirectory: URL? = nil
    ) throws -> TargetDefinition {
        let folder = directory.appending(path: name)
        let file = folder.appending(path: "target.yaml")
        guard FileManager.default.fileExists(atPath: file.path) else {
            let known = Self.available(in: directory)
            throw TargetError(
                .unknownTarget,
                "there is no target '\(name)'" + Suggestion.clause(for: name, among: known),
                hint: known.isEmpty
                    ? "\(directory.path) holds none" : "targets: \(known.joined(separator: ", "))"
            )
        }
        let description = try TargetFile.read(file, name: "\(name)/target.yaml")
        let programs = ProgramSearch(ownPrograms: programDirectory ?? ProgramSearch.folderOfThisProgram)
        // Every program is looked for, so that one which only a later process needs is missed here already.
        for program in description.programs.values { _ = try programs.path(of: program) }
        var probes: [String: String] = [:]
        for probe in description.probes {
            probes[probe.name] = try programs.answer(to: probe, programs: description.programs)
        }
        return TargetDefinition(
            name: name,
            folder: folder,
            description: description,
            programs: programs,
            probes: probes,
            hasIPv6: Loopback.hasIPv6
        )
    }

    /// The names of the folders that hold a target.yaml, in alphabetical order.
    package static func available(in directory: URL) -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return folders.sorted().filter {
            FileManager.default.fileExists(atPath: directory.appending(path: "\($0)/target.yaml").path)
        }
    }

    init(
        name: String,
        folder: URL,
        description: TargetDescription,
        programs: ProgramSearch,
        probes: [String: String],
        hasIPv6: Bool
    ) {
        self.name = name
        self.folder = folder
        self.description = description
        self.programs = programs
        self.probes = probes
        self.hasIPv6 = hasIPv6
        let version = probes[TargetDescription.versionProbe] ?? "unknown"
        let features = description.features.map(\.feature).filter { hasIPv6 || $0 != .ipv6 }
        self.identity = RunReport.TargetIdentity(
            name: name,
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
    /// The features that a case needs and this target lacks, in order; empty when it can be run.
    ///
    /// What the case's endpoints and client ask for counts, whether the scenario names it or not: otherwise an edge
    /// that cannot do it would be configured without it and judged for that.
    package func missing(for testCase: Case) -> [Feature] {
        var needed = Set(testCase.requires)
        needed.insert(.role(testCase.role))
        if testCase.client.source == .loopback6 { needed.insert(.ipv6) }
        for endpoint in testCase.endpoints { needed.formUnion(endpoint.neededFeatures) }
        let roles = Set(testCase.endpoints.map(\.role)).union([testCase.role])
        return needed.filter { feature in !roles.allSatisfy { self.has(feature, in: $0) } }.sorted()
    }

    /// The features that one endpoint needs and this target lacks.
    func missing(for endpoint: EndpointPlan) -> [Feature] {
        endpoint.neededFeatures.filter { !self.has($0, in: endpoint.role) }.sorted()
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
        if self.proxyProtocol == 1 { features.insert(.proxyProtocol1) }
        if self.proxyProtocol == 2 { features.insert(.proxyProtocol2) }
        if self.upstreamVerification != .off { features.insert(.upstreamVerification) }
        if self.hasOwnAgent || !self.isOnline { features.insert(.agents) }
        if self.domain.hasPrefix("*.") { features.insert(.wildcardNames) }
        return features
    }
}
