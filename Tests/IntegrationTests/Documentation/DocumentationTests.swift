import DocumentationTesting
import Foundation
import Testing

/// Docs/README.md says how pages are read here.
@Suite("The documentation", .serialized)
struct DocumentationTests {
    @Test(
        "every command of a page does what the page says, and every file is one that its program takes",
        .enabled(if: Programs.isInstalled("openssl") && Programs.isInstalled("curl"), "install openssl and curl"),
        arguments: try MarkdownPage.paths()
    )
    func page(path: String) async throws {
        let problems = try await PageRun.problems(in: try MarkdownPage.read(path))
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    @Test("what is not run is still on some page")
    func exceptions() throws {
        let commands = try MarkdownPage.paths().flatMap { path in
            let page = try MarkdownPage.read(path)
            return try page.blocks.filter { $0.language == "console" }
                .flatMap { try DocumentedCommand.all(in: $0, of: path) }.map(\.bare)
        }
        for command in PageRun.notRun.keys { #expect(commands.contains(command), "\(command)") }
    }

    @Test("links lead to a file that is there, and to a heading of it", arguments: try MarkdownPage.paths())
    func links(path: String) throws {
        let folder = MarkdownPage.root.appending(path: path).deletingLastPathComponent()
        for link in try MarkdownPage.read(path).prose.matches(of: /\]\(([^)\s]+)\)/).map(\.output.1) {
            if link.contains("://") { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? MarkdownPage.root.appending(path: path) : folder.appending(path: parts[0])
            #expect(FileManager.default.fileExists(atPath: target.path), "\(path) links to \(link)")
            guard parts.count == 2 else { continue }
            let page = MarkdownPage(path: target.path, text: try String(contentsOf: target, encoding: .utf8))
            let anchors = page.headings.map(MarkdownPage.anchor)
            #expect(anchors.contains(String(parts[1])), "\(path) links to \(link)")
        }
    }

    @Test("the index leads to every page")
    func index() throws {
        let links = try MarkdownPage.read("Docs/README.md").prose.matches(of: /\]\(([^)#\s]+)/).map(\.output.1)
        for path in try MarkdownPage.paths() where path != "Docs/README.md" {
            let link = path.hasPrefix("Docs/") ? String(path.dropFirst(5)) : "../\(path)"
            #expect(links.contains { $0 == link }, "Docs/README.md does not lead to \(path)")
        }
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let name: String
        let page: String
        let problem: String
        var testDescription: String { self.name }
    }

    @Test(
        "a page that is wrong is found out",
        arguments: [
            Mistake(name: "a flag that is gone", page: "$ shakedown list --jsonn", problem: "ended with 64"),
            Mistake(
                name: "other words",
                page: "$ shakedown certs --list\nagent-servant",
                problem: "did not print 'agent-servant'"
            ),
            Mistake(
                name: "the order of lines",
                page: "$ printf 'a\\nb\\n'\nb\na",
                problem: "did not print 'a'"
            ),
            Mistake(
                name: "an error that does not come",
                page: "$ shakedown certs --list\nshakedown: error: …",
                problem: "ended with 0"
            ),
            Mistake(
                name: "a server that does not start",
                page: "$ shakedown-edge --config nowhere.yaml\n…edge listens…",
                problem: "did not print what the page says"
            ),
            Mistake(
                name: "a server of which nothing is said",
                page: "$ shakedown-edge --config nowhere.yaml",
                problem: "does not say what it prints"
            ),
        ]
    )
    func mistakes(_ mistake: Mistake) async throws {
        let page = MarkdownPage(path: "planted.md", text: "# Page\n\n```console\n\(mistake.page)\n```\n")
        let problems = try await PageRun.problems(in: page)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("planted.md:4: ") == true, "\(problems)")
        #expect(problems.first?.contains(mistake.problem) == true, "\(problems)")
    }

    @Test(
        "a file that its program does not take is found out",
        arguments: [
            "version: 1\nlisten: [\"127.0.0.1:0\"]\nagent: {}", "version: \"2\"\ntunnels: { web: { proto: tcp } }",
            "# part of a scenario\nclient: { sni: none, hallo: {} }", "id: a.b\nrule: nonsense",
            "mine:\n  subject: mine\n  isuer: self", "something: else",
        ]
    )
    func badFiles(yaml: String) async throws {
        let page = MarkdownPage(path: "planted.md", text: "```yaml\n\(yaml)\n```\n")
        #expect(try await PageRun.problems(in: page).count == 1)
    }

    @Test(
        "… in a line stands for anything",
        arguments: [
            ("a b c", "a…c", true), ("a b c", "…b…", true), ("a b c", "…c", true), ("a b c", "a…", true),
            ("a b c", "b…", false), ("a b c", "…b", false), ("a b c", "a b", false), ("aa", "a…a…a", false),
        ]
    )
    func patterns(line: String, pattern: String, matches: Bool) {
        #expect(DocumentedCommand.matches(line, pattern: pattern) == matches)
    }
}
