import FolderTesting
import Foundation
import Testing

@Suite("Waivers that follow a run", .serialized)
struct UpdateWaiversTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    /// Half of its cases ask for one name and expect the other's upstream, unless it is the right one.
    private func write(reaching route: String) throws {
        let text = """
            scenarios:
              - id: mine.names
                title: Which upstream clients reach
                rule: { document: declared features, section: role, level: must }
                roles: [edge]
                engines: [openssl, boringssl]
                parameters:
                  asked:
                    first: { name: "${tenant.name}", upstream: tenant }
                    second: { name: "${other.name}", upstream: \(route) }
                endpoints:
                  tenant: {}
                  other: {}
                client: { sni: "${asked.name}" }
                exchange: echo
                expect:
                  strict: { route: "${asked.upstream}", handshake: completed }
            """
        try Data(text.utf8).write(to: self.checkout.folder.file("mine.yaml"))
    }

    private var waivers: URL { self.checkout.folder.file("Scenarios/Targets/reference/waivers.yaml") }

    private func run(_ arguments: String...) async throws -> Outcome {
        try await self.checkout.run(["run", "mine.yaml", "--quiet"] + arguments)
    }

    @Test("what fails is waived once somebody has said why, and no more once it passes")
    func follows() async throws {
        let before = try String(contentsOf: self.waivers, encoding: .utf8)
        try self.write(reaching: "tenant")
        var outcome = try await self.run("--update-waivers")
        #expect(outcome.status == 1, "it failed, and the waiver is for the next run: \(outcome.output)")
        #expect(outcome.errors.contains("added     mine.names[*asked=second]"), "\(outcome.errors)")
        var after = try String(contentsOf: self.waivers, encoding: .utf8)
        #expect(after.hasPrefix(before), "what stood there stands there")
        outcome = try await self.run()
        #expect(outcome.status == 64, "nobody has said why")
        #expect(outcome.errors.contains("the reason of this waiver is still to be given"), "\(outcome.errors)")
        after = after.replacing(#/FILL IN: .*"$/#.anchorsMatchLineEndings(), with: "it is a test\"")
        try Data(after.utf8).write(to: self.waivers)
        outcome = try await self.run("--update-waivers")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("is as it should be"), "\(outcome.errors)")
        #expect(try String(contentsOf: self.waivers, encoding: .utf8) == after)
        try self.write(reaching: "other")
        outcome = try await self.run("--update-waivers")
        #expect(outcome.status == 1, "a waiver is out of date: \(outcome.output)")
        #expect(outcome.errors.contains("removed   mine.names[*asked=second]"), "\(outcome.errors)")
        #expect(try String(contentsOf: self.waivers, encoding: .utf8) == before)
        #expect(try await self.run().status == 0)
    }

    @Test("a reason that is given stands in what is added")
    func reason() async throws {
        try self.write(reaching: "tenant")
        let outcome = try await self.run("--update-waivers", "--waiver-reason", "the test wants it so")
        #expect(outcome.status == 1)
        #expect(try await self.run().status == 0)
        #expect(try String(contentsOf: self.waivers, encoding: .utf8).contains("reason: \"the test wants it so\""))
    }
}
