import FolderTesting
import Foundation
import Testing

@Suite("Runs after a run", .serialized)
struct EarlierRunTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    /// Half of its cases ask for the other name.
    private static func scenario(reaching route: String) -> String {
        """
        scenarios:
          - id: mine.names
            title: Which upstream clients reach
            rule: { document: declared features, section: role, level: must }
            roles: [edge]
            engines: [openssl, boringssl]
            parameters:
              version: ["1.2", "1.3"]
              asked:
                first: { name: "${tenant.name}", upstream: tenant }
                second: { name: "${other.name}", upstream: \(route) }
            endpoints:
              tenant: {}
              other: {}
            client: { sni: "${asked.name}", version: "${version}" }
            exchange: echo
            expect:
              strict: { route: "${asked.upstream}", handshake: completed }
        """
    }

    private func write(reaching route: String) throws {
        try Data(Self.scenario(reaching: route).utf8).write(to: self.checkout.folder.file("mine.yaml"))
    }

    private func run(_ arguments: String...) async throws -> Outcome {
        try await self.checkout.run(["run", "mine.yaml", "--quiet"] + arguments)
    }

    private func outcomes() throws -> [String: Int] {
        try self.checkout.latestRun().results.reduce(into: [:]) { $0[$1.verdict.outcome, default: 0] += 1 }
    }

    @Test("what failed is run again alone, is known as a baseline, and is over once it passes")
    func failures() async throws {
        try self.write(reaching: "tenant")
        let first = self.checkout.reports.appending(path: "first").path
        #expect(try await self.run("--report", first).status == 1)

        var outcome = try await self.run("--failed")
        #expect(outcome.status == 64, "no run of the target is among the runs: \(outcome.errors)")
        #expect(outcome.errors.contains("hint: run it without --failed first"), "\(outcome.errors)")

        outcome = try await self.run("--baseline", first, "--repeat", "2")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(try self.outcomes() == ["pass": 4, "expected-fail": 4])

        outcome = try await self.run("--failed", "--compare", first)
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        #expect(try self.outcomes() == ["fail": 4])

        outcome = try await self.run("--until-failure")
        #expect(outcome.status == 1, "it ends by itself: \(outcome.output)\(outcome.errors)")

        outcome = try await self.run("--fail-fast", "--repeat", "100000")
        #expect(outcome.status == 1, "it ends by itself: \(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("fail (MUST)"), "\(outcome.output)")

        outcome = try await self.run()
        #expect(outcome.status == 1)
        try self.write(reaching: "other")
        outcome = try await self.run("--failed")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(try self.outcomes() == ["pass": 4])
        outcome = try await self.run("--failed")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("nothing of what is selected failed"), "\(outcome.errors)")
    }

    @Test("a suite that shrank is not green")
    func minimum() async throws {
        try self.write(reaching: "other")
        #expect(try await self.run("--min", "8").status == 0)
        let outcome = try await self.run("--min", "9")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("8 cases were played, and --min asks for 9"), "\(outcome.output)")
    }

    @Test("parts of a run are one again, and say what is missing")
    func parts() async throws {
        try self.write(reaching: "other")
        for number in 1...3 {
            let outcome = try await self.run("--shard", "\(number)/3", "--report", "part-\(number)")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
        #expect(try await self.run().status == 0)
        let whole = Set(try self.checkout.latestRun().results.map(\.testCase.id))
        #expect(whole.count == 8)
        var outcome = try await self.checkout.run(["merge", "part-3", "part-1", "part-2/run.json"])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(Set(try self.checkout.latestRun().results.map(\.testCase.id)) == whole)
        outcome = try await self.checkout.run(["merge", "part-3", "part-1"])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("part 2/3 is missing"), "\(outcome.output)")
    }
}
