import FolderTesting
import Foundation
import Testing

@Suite("A contract of what an edge does", .serialized)
struct ContractCommandTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    private struct Answer: Decodable {
        struct Difference: Decodable {
            var id: String
            var kind: String
            var before: String?
            var after: String?
            var replay: String
        }
        var differences: [Difference]
        var exitCode: Int
    }

    private func record(_ file: String, _ arguments: String...) async throws -> String {
        let outcome = try await self.checkout.run(["contract", "record", "--quiet", "--out", file] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try String(contentsOf: self.checkout.folder.file(file), encoding: .utf8)
    }

    @Test("two records of an edge that did not change are the same, and it keeps them")
    func same() async throws {
        let selection = ["routing.*", "framing.size.*", "not-tls.*"]
        let first = try await self.record("first", "routing.*", "framing.size.*", "not-tls.*")
        let second = try await self.record("second", "routing.*", "framing.size.*", "not-tls.*")
        #expect(first == second)
        #expect(selection.allSatisfy { first.contains("\nselect: \($0)\n") })
        #expect(first.contains("\nrouting.exact[role=edge,"))
        #expect(!first.contains("127.0.0.1"))
        let outcome = try await self.checkout.run(["contract", "check", "first", "--quiet"])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("0 changed"), "\(outcome.output)")
    }

    @Test("what an edge does otherwise is named with both sides, and with what asks it again")
    func changed() async throws {
        _ = try await self.record("contract", "silence.nothing-sent", "routing.unknown-name", "--probe")
        // An edge that waits a second longer.
        let file = self.checkout.folder.file("Scenarios/Targets/reference/edge.yaml.mustache")
        let template = try String(contentsOf: file, encoding: .utf8)
        try Data(template.replacing("hello: {{helloDeadline}}", with: "hello: 8s").utf8).write(to: file)
        let outcome = try await self.checkout.run(["contract", "check", "contract", "--quiet", "--json"])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        let changed = answer.differences.filter { $0.kind == "changed" }
        let silence = try #require(changed.first { $0.id.hasPrefix("silence.nothing-sent[") })
        #expect(silence.before?.contains("after=3s") == true, "\(silence)")
        #expect(
            silence.after?.contains("after=7-to-9-s") == true || silence.after?.contains("after=") == true,
            "\(silence)"
        )
        #expect(silence.replay.hasPrefix("shakedown run --target reference --seed 0x5eed 'silence.nothing-sent["))
        let probe = try #require(changed.first { $0.id == "probe.hello-deadline[silence]" })
        #expect(probe.before == "3 s")
        #expect(probe.replay == "shakedown probe reference hello-deadline --seed 0x5eed")
        #expect(!changed.contains { $0.id.hasPrefix("routing.unknown-name[") })
    }

    @Test("a file that is no contract is refused with its line")
    func wrongFile() async throws {
        try Data("contract: 1\ncolour: red\n".utf8).write(to: self.checkout.folder.file("wrong"))
        let outcome = try await self.checkout.run(["contract", "check", "wrong"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("wrong, line 2: there is no 'colour'"), "\(outcome.errors)")
    }
}
