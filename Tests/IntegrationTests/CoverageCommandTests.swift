import FolderTesting
import Foundation
import Testing

@Suite("shakedown coverage")
struct CoverageCommandTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    private func coverage(_ arguments: String...) async throws -> [String: Any] {
        let outcome = try await self.checkout.run(["coverage", "--json"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        )
    }

    private static func sentences(of coverage: [String: Any]) -> [[String: Any]] {
        ((coverage["documents"] as? [[String: Any]]) ?? []).flatMap { $0["sentences"] as? [[String: Any]] ?? [] }
    }

    @Test("prints the document that was asked for, however its name is typed", arguments: ["RFC-8996", "rfc 8996"])
    func document(name: String) async throws {
        let coverage = try await self.coverage("--document", name)
        let documents = try #require(coverage["documents"] as? [[String: Any]])
        #expect(documents.compactMap { $0["name"] as? String } == ["RFC 8996"])
        #expect(Self.sentences(of: coverage).count >= 6)
    }

    @Test("says of a run what held, and that the rest was not asked")
    func run() async throws {
        let run = try await self.checkout.run(["run", "records.broken-tag", "--report", "r", "--quiet"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let coverage = try await self.coverage("--document", "RFC-9846", "--run", "r")
        let findings = Self.sentences(of: coverage).reduce(into: [String: String]()) { findings, sentence in
            let answer = sentence["answer"] as? [String: Any]
            findings[sentence["id"] as? String ?? ""] = answer?["finding"] as? String
        }
        #expect(findings["rfc9846-5.2-forged-record"] == "held")
        #expect(findings["rfc9846-5.2-encrypted-record-limit"] == "not-asked")
    }

    @Test("prints the sentences that no scenario checks, and nothing else")
    func missing() async throws {
        let outcome = try await self.checkout.run(["coverage", "--missing", "--document", "RFC-8701"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let places = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("    ") }
        #expect(!places.isEmpty && places.allSatisfy { $0.hasPrefix("  RFC 8701 ") }, "\(outcome.output)")
        #expect(!outcome.output.contains("rfc8701-3.2-versions"))
    }

    @Test(
        "ends with 64 where the data are wrong, and says where",
        arguments: [
            (
                "Scenarios/Requirements/rfc-8701.yaml", "framing.hello.grease", "framing.hello.graese",
                "rfc-8701.yaml:9:17: no scenario matches 'framing.hello.graese'; did you mean 'framing.hello.grease'?"
            ),
            (
                "Scenarios/records/breaches.yaml", "section: \"5.2\"", "section: \"5.3\"",
                "'records.broken-tag' checks a rule (RFC 9846 section 5.3, must) of which "
            ),
        ]
    )
    func wrongData(file: String, old: String, new: String, message: String) async throws {
        let url = self.checkout.folder.file(file)
        let text = try String(contentsOf: url, encoding: .utf8)
        try Data(text.replacing(old, with: new).utf8).write(to: url)
        let outcome = try await self.checkout.run(["coverage"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "ends with 64 where what was asked for is not there",
        arguments: [
            (["--document", "RFC-9864"], "there is no list of requirements of 'RFC-9864'; did you mean 'RFC-9846'?"),
            (["--run", "nowhere"], "nowhere"), (["--all", "--missing"], "choose one"),
        ]
    )
    func wrongUse(arguments: [String], message: String) async throws {
        let outcome = try await self.checkout.run(["coverage"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}
