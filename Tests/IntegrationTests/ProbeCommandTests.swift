import FolderTesting
import Foundation
import Testing

@Suite("A target that is asked what it can do", .serialized)
struct ProbeCommandTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    private struct Answer: Decodable {
        struct Finding: Decodable {
            var question: String
            var subject: String
            var found: String
            var declared: String?
            var agreement: String
        }
        struct NotAsked: Decodable {
            var what: String
            var reason: String
        }
        var findings: [Finding]
        var notAsked: [NotAsked]
        var problems: [String]

        func agreements(_ question: String) -> Set<String> {
            Set(self.findings.filter { $0.question == question }.map(\.agreement))
        }
    }

    private func probe(_ arguments: String...) async throws -> (outcome: Outcome, answer: Answer) {
        let outcome = try await self.checkout.run(["probe"] + arguments + ["--json"])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        return (outcome, answer)
    }

    /// A target that is the reference edge, and says otherwise of itself.
    private func liar(_ keys: String) throws -> String {
        let folder = self.checkout.folder.file("liar")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("extends: reference\ntitle: A liar\n\(keys)\n".utf8).write(to: folder.appending(path: "target.yaml"))
        return "./liar"
    }

    @Test("of the reference edge nothing that is declared is wrong, and everything is told")
    func reference() async throws {
        let (outcome, answer) = try await self.probe("reference")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(answer.problems == [])
        #expect(!answer.findings.contains { ["contradicts", "undecided"].contains($0.agreement) })
        let asked = Set(answer.findings.map(\.question))
        #expect(asked.count >= 23, "\(asked.sorted())")
        let sizes = answer.findings.filter { $0.question == "largest-hello" }
        #expect(sizes.map(\.subject) == ["passthrough", "edge", "agent"])
        #expect(sizes.map(\.found) == ["65536 bytes", "16388 bytes", "16388 bytes"])
        #expect(answer.notAsked.contains { $0.what == "drain" && $0.reason.contains("cases of the catalogue") })
        #expect(try self.checkout.leftovers.isEmpty)
        #expect(self.checkout.children.isEmpty)
    }

    @Test("a wrong declaration is an error, whatever it is about, and a missing one is told")
    func wrong() async throws {
        let target = try self.liar(
            """
            features:
              [role.passthrough, role.edge, hello.64k, alpn, deadline.hello, deadline.idle, tls-only]
            deadlines: { hello: 3, handshake: 4, idle: 2, half-open: 3 }
            behaviours:
              - { behaviour: no-half-close, reason: it is said so }
              - { behaviour: dials-early, reason: it is said so }
              - { behaviour: default-route, reason: it is said so }
            settings: {}
            """
        )
        var (outcome, answer) = try await self.probe(
            target,
            "largest-hello",
            "alpn",
            "half-close",
            "early-dial",
            "default-route",
            "ipv6"
        )
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        for question in ["alpn", "half-close", "early-dial", "default-route"] {
            #expect(answer.agreements(question) == ["contradicts"], "\(question)")
        }
        let sizes = answer.findings.filter { $0.question == "largest-hello" }
        #expect(sizes.first { $0.subject == "edge" }?.agreement == "contradicts")
        #expect(sizes.first { $0.subject == "passthrough" }?.agreement == "agrees")
        #expect(answer.agreements("ipv6") == ["undeclared"])
        (outcome, answer) = try await self.probe(target, "ipv6")
        #expect(outcome.status == 0)
        (outcome, answer) = try await self.probe(target, "ipv6", "--strict")
        #expect(outcome.status == 1, "with --strict what is not declared is an error too")
    }

    @Test("a deadline that comes at another time is an error, and one that never comes is told as that")
    func deadlines() async throws {
        let target = try self.liar(
            """
            features: [role.edge, deadline.hello]
            deadlines: { hello: 1, handshake: 4, idle: 6, half-open: 3 }
            """
        )
        // The edge is told 1 s by its template, and keeps it.
        var (outcome, answer) = try await self.probe(target, "hello-deadline")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(answer.agreements("hello-deadline") == ["agrees"])
        let template = try String(
            contentsOf: self.checkout.folder.file("Scenarios/Targets/reference/edge.yaml.mustache"),
            encoding: .utf8
        )
        func write(_ deadline: String) throws {
            let text = template.replacing("hello: {{helloDeadline}}", with: "hello: \(deadline)")
            try Data(text.utf8).write(to: self.checkout.folder.file("liar/edge.yaml.mustache"))
        }
        try write("4s")
        (outcome, answer) = try await self.probe(target, "hello-deadline")
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(answer.findings.map(\.found).allSatisfy { $0.hasPrefix("after 4.") }, "\(outcome.output)")
        try write("60s")
        (outcome, answer) = try await self.probe(target, "hello-deadline", "--patience", "3")
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(answer.findings.map(\.found) == ["not within 3 s", "not within 3 s"])
    }

    @Test("a question that there is none of is refused, and none is asked")
    func madeUp() async throws {
        let outcome = try await self.checkout.run(["probe", "reference", "largest-hello", "largest-helo"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("no question is called 'largest-helo'"), "\(outcome.errors)")
        #expect(outcome.errors.contains("largest-hello"))
        let listed = try await self.checkout.run(["probe", "--list"])
        #expect(listed.status == 0)
        #expect(listed.output.contains("largest-hello"))
    }

    @Test("Ctrl-C stops what was started, and says that it was interrupted")
    func interrupted() async throws {
        let program = try self.checkout.start(["probe", "reference", "idle-deadline"])
        try #require(try await program.wait { self.checkout.children.count >= 3 }, "\(program.errors)")
        kill(program.process.processIdentifier, SIGINT)
        let outcome = try await program.end()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.output.contains("interrupted"))
        #expect(try self.checkout.leftovers.isEmpty)
        #expect(self.checkout.children.isEmpty)
    }
}
