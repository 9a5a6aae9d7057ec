import CertificateRecipes
import FolderTesting
import Foundation
import ProcessTesting
import ScenarioModel
import Testing

@testable import Targets

/// The real programs, where they are installed.
@Suite("Edges of others")
struct PeerTests {
    private static let small = ["hitch", "sniproxy", "sslh", "stunnel"].filter(Self.isInstalled)

    static func isInstalled(_ name: String) -> Bool {
        (try? TargetDefinition.load(named: name, from: Fixture.targets)) != nil
    }

    @Test(
        "serve a deployment on both addresses and are gone when stopped",
        .enabled(if: PeerTests.isInstalled("haproxy") && PeerTests.isInstalled("nginx"), "install haproxy and nginx"),
        arguments: ["haproxy", "nginx"] + PeerTests.small
    )
    func serve(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let definition = try TargetDefinition.load(named: name, from: Fixture.targets)
            let target = try await start(
                definition,
                try Self.deployment(in: folder) { definition.missing(for: $0).isEmpty },
                supervisor: ProcessTesting.supervisor,
                keepsWorkDirectory: true
            )
            let addresses = Set(ClientPlan.Source.allCases.map { target.address(for: $0) })
            #expect(addresses.allSatisfy { Loopback.canConnect(to: $0) })
            if definition.description.edgePlan?.reload != nil { try await target.reload() }
            #expect(await eventually { addresses.allSatisfy { Loopback.canConnect(to: $0) } })
            #expect(target.isAlive)
            await target.stop()
            #expect(!addresses.contains { Loopback.canConnect(to: $0) })
        }
    }

    @Test(
        "say why they refuse a configuration",
        .enabled(if: PeerTests.isInstalled("haproxy") && PeerTests.isInstalled("nginx"), "install haproxy and nginx"),
        arguments: ["haproxy", "nginx"]
    )
    func refuse(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let definition = try TargetDefinition.load(named: name, from: Fixture.targets)
            let deployment = try Self.deployment(in: folder)
            try Data("nonsense".utf8).write(to: folder.appending(path: "certs/edge-server.chain.pem"))
            let error = try await #require(throws: TargetError.self) {
                try await start(definition, deployment, supervisor: ProcessTesting.supervisor, keepsWorkDirectory: true)
            }
            #expect(error.code == .refusedConfiguration)
            #expect(error.message.contains("edge-server"))
        }
    }

    static func deployment(
        in folder: URL,
        where isServed: (EndpointPlan) -> Bool = { _ in true }
    ) throws -> Deployment {
        let certificates = folder.appending(path: "certs")
        try Mint(book: RecipeBook(directory: Fixture.recipes)).writeAll(
            to: certificates,
            names: ["edge-server", "agents-listener", "ca-servers", "ca-clients", "client-good"]
        )
        return Fixture.deployment(
            in: folder,
            certificates: certificates,
            GoldenConfigurationTests.plans.map {
                var plan = $0
                plan.hasOwnAgent = false
                return plan
            }.filter(isServed)
        )
    }
}
