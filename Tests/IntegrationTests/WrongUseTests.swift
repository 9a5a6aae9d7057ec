import FolderTesting
import Foundation
import Testing

@Suite("Wrong use, and what it meant")
struct WrongUseTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    @Test(
        "a word that nothing has ends with 64 and the word that was most likely meant",
        arguments: [
            (["rnu"], "there is no command 'rnu'; did you mean 'run'?"),
            (["run", "routing.exat"], "no scenario or case matches 'routing.exat'; did you mean 'routing.exact'?"),
            (["run", "routng.*"], "no scenario or case matches 'routng.*'; did you mean 'routing.*'?"),
            (["run", "routng"], "no scenario or case matches 'routng'; did you mean 'routing'?"),
            (["explain", "routing.exat"], "there is no scenario 'routing.exat'; did you mean 'routing.exact'?"),
            (["run", "routing.exact", "--target", "hapoxy"], "there is no target 'hapoxy'; did you mean 'haproxy'?"),
            (["certs", "client-exipred"], "no certificate is named 'client-exipred'; did you mean 'client-expired'?"),
        ]
    )
    func suggests(arguments: [String], message: String) async throws {
        let outcome = try await self.checkout.run(arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("shakedown: error: \(message)\n"), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(self.checkout.runs.isEmpty)
    }

    @Test("a tag that no scenario has is named with those there are")
    func tags() async throws {
        let outcome = try await self.checkout.run(["list", "--tag", "no-such-tag"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("no scenario has the tag 'no-such-tag'"), "\(outcome.errors)")
        #expect(outcome.errors.contains("hint: tags: "), "\(outcome.errors)")
    }

    @Test(
        "files that are wrong end with 64, and say where",
        arguments: [
            ("Scenarios/Targets/reference/target.yaml", "nosuchkey: 1\n", "reference/target.yaml:"),
            ("Scenarios/Targets/reference/waivers.yaml", "- { cases: x }\n", "reference/waivers.yaml:"),
            ("Scenarios/routing/broken.yaml", "id: [\n", "Scenarios/routing/broken.yaml:"),
            ("Certs/broken.yaml", "nosuch: { keyy: 1 }\n", "Certs/broken.yaml:"),
        ]
    )
    func brokenFiles(file: String, text: String, place: String) async throws {
        let url = self.checkout.folder.file(file)
        let earlier = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        let isList = file.hasSuffix("waivers.yaml")
        try Data(((isList ? "" : earlier) + text).utf8).write(to: url)
        let outcome = try await self.checkout.run(["run", "routing.exact"])
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains(place), "\(outcome.errors)")
        #expect(self.checkout.runs.isEmpty, "it ends before a folder is made")
    }

    @Test(
        "a folder that cannot be had ends with 64, names it, and says why",
        arguments: [
            ["run", "routing.exact", "--report", "file/below"], ["certs", "--out", "file/below"],
        ]
    )
    func badFolder(arguments: [String]) async throws {
        _ = try self.checkout.folder.write("", to: "file")
        let outcome = try await self.checkout.run(arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains("/file/below"), "\(outcome.errors)")
        #expect(outcome.errors.contains("not a directory"), "\(outcome.errors)")
    }

    @Test("a target whose program is not installed ends with 64 and says how to install it")
    func notInstalled() async throws {
        let yaml = self.checkout.folder.file("Scenarios/Targets/haproxy/target.yaml")
        let program = "programs:\n  no-such-program: { install: \"apt-get install no-such-program\" }\n"
        let text = try String(contentsOf: yaml, encoding: .utf8).replacing("programs:\n", with: program)
        try Data(text.utf8).write(to: yaml)
        let outcome = try await self.checkout.run(["run", "routing.exact", "--target", "haproxy"])
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(
            outcome.errors == """
                shakedown: error: no-such-program is not installed
                hint: apt-get install no-such-program

                """
        )
    }
}
