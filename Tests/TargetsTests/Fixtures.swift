import Addresses
import ConfigurationFiles
import Foundation
import ScenarioModel
import Testing

@testable import Targets

enum Fixture {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    static let targets = repository.appending(path: "Scenarios/Targets")
    static let recipes = repository.appending(path: "Certs")

    static func plan(
        _ domain: String,
        _ role: Role = .passthrough,
        isOnline: Bool = true,
        hasOwnAgent: Bool = false,
        mutualTLS: [String] = [],
        allow: [String] = [],
        deny: [String] = [],
        proxyProtocol: Int = 0,
        verification: UpstreamVerification = .off,
        upstreamClientCertificate: String? = nil
    ) -> EndpointPlan {
        var plan = EndpointPlan(
            key: "tenant",
            domain: domain,
            role: role,
            isOnline: isOnline,
            hasOwnAgent: hasOwnAgent,
            mutualTLS: mutualTLS,
            allowCIDRs: allow,
            denyCIDRs: deny,
            proxyProtocol: proxyProtocol,
            upstreamVerification: verification
        )
        plan.upstreamClientCertificate = upstreamClientCertificate
        return plan
    }

    static func deployment(
        in directory: URL,
        certificates: URL = URL(filePath: "/certs"),
        _ plans: [EndpointPlan]
    ) -> Deployment {
        let certificate = { (name: String) in certificates.appending(path: name) }
        return Deployment(
            baseDomain: "shakedown.test",
            endpoints: plans.enumerated().map { number, plan in
                DeployedEndpoint(
                    plan: plan,
                    upstreamAddress: TransportAddress(ip: .loopback, port: UInt16(9_001 + number)),
                    files: DeployedEndpoint.Files(
                        serverCertificate: certificate("edge-server.chain.pem"),
                        serverKey: certificate("edge-server.key"),
                        mutualTLSCAs: plan.mutualTLS.isEmpty ? nil : certificate("ca-clients.pem"),
                        upstreamCA: plan.upstreamVerification == .off ? nil : certificate("ca-servers.pem"),
                        upstreamClient: plan.upstreamClientCertificate.map {
                            .init(certificate: certificate("\($0).pem"), key: certificate("\($0).key"))
                        }
                    )
                )
            },
            workDirectory: directory,
            defaultCertificate: certificate("edge-server.chain.pem"),
            defaultKey: certificate("edge-server.key"),
            agentsCertificate: certificate("agents-listener.chain.pem"),
            agentsKey: certificate("agents-listener.key"),
            agentsCA: certificate("ca-servers.pem")
        )
    }

    /// A target whose programs need not be installed, for what is decided without them.
    static func definition(
        of name: String,
        hasIPv6: Bool = true,
        probes: [String: String] = [
            "version": "1.2.3", "modulesPath": "/modules", "dynamicStream": "--with-stream=dynamic",
        ]
    ) throws -> TargetDefinition {
        let source = try TargetSource(named: name, from: self.targets)
        return TargetDefinition(
            source,
            programs: ProgramSearch(
                target: name,
                targetFolder: source.folder,
                ownPrograms: URL(filePath: "/programs"),
                path: ""
            ),
            probes: probes,
            hasIPv6: hasIPv6
        )
    }

    /// A target made of shell commands.
    static func scripted(_ yaml: String, in folder: URL) throws -> TargetDefinition {
        let description = try TargetFile.description(in: YAMLValue.parse(yaml, file: "scripted/target.yaml"))
        return TargetDefinition(
            TargetSource(name: "scripted", folder: folder, description: description),
            programs: self.search(in: folder, path: "/usr/bin:/bin"),
            probes: [:],
            hasIPv6: false
        )
    }

    static func search(in folder: URL, installed: URL? = nil, path: String) -> ProgramSearch {
        ProgramSearch(target: "scripted", targetFolder: folder, ownPrograms: folder, installed: installed, path: path)
    }
}
