import ConfigurationFiles
import DocumentationTesting
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Lists of requirements")
struct RequirementTests {
    private static let text = """
        document: RFC 9846
        title: The Transport Layer Security (TLS) Protocol Version 1.3
        scope: Two sections of it.
        replaces: RFC 8446
        requirements:
          - id: rfc9846-5.1-pieces
            section: "5.1"
            level: must
            text: A message in pieces is put together again.
            scenarios: [area.*, other.one]
          - id: rfc9846-4.2.2-hello
            section: "4.2.2"
            replaced-section: "4.1.2"
            level: should
            text: Nobody looks at this one.
          - id: rfc9846-6.1-new
            section: "6.1"
            replaced-section: none
            level: may
            text: Nobody can tell this one.
            unobservable: it happens inside

        """

    private static func scenario(_ id: String, _ document: Rule.Document, _ section: String) -> Scenario {
        Scenario(
            id: id,
            title: "A scenario",
            rule: Rule(document: document, section: section, level: .must),
            roles: [.edge],
            file: "s.yaml",
            line: 7
        )
    }

    /// `other.one` is of a rule that nobody else has written down, and so needs no requirement.
    private static let scenarios = [
        Self.scenario("area.first", .rfc(9846), "5.1"), Self.scenario("area.second", .rfc(9846), "5.1"),
        Self.scenario("other.one", .house, "Upstreams"), Self.scenario("other.two", .declaredFeatures, "role"),
    ]

    private static func load(_ texts: String..., scenarios: [Scenario] = Self.scenarios) throws -> [RequirementList] {
        let files = texts.enumerated().map { (text: $0.element, file: $0.offset == 0 ? "a.yaml" : "b.yaml") }
        return try RequirementLoader(scenarios: scenarios).load(texts: files)
    }

    @Test("say of each sentence its place, where it stood before, and what shows that it is kept")
    func reads() throws {
        let list = try #require(try Self.load(Self.text).first)
        #expect(list.document == .rfc(9846) && list.formerDocument == .rfc(8446))
        #expect(list.scope == "Two sections of it.")
        #expect(list.requirements.map(\.rule.section) == ["5.1", "4.2.2", "6.1"])
        #expect(list.requirements.map(\.rule.level) == [.must, .should, .may])
        #expect(list.requirements.map(\.formerSection) == ["5.1", "4.1.2", nil])
        #expect(
            list.requirements.map(\.proof) == [
                .scenarios(["area.first", "area.second", "other.one"]), .missing,
                .unobservable(reason: "it happens inside"),
            ]
        )
    }

    @Test("of a document that replaced none have no sections of another")
    func withoutFormer() throws {
        let text = Self.text.replacing("replaces: RFC 8446\n", with: "")
            .replacing("    replaced-section: \"4.1.2\"\n", with: "")
            .replacing("    replaced-section: none\n", with: "")
        let list = try #require(try Self.load(text).first)
        #expect(list.formerDocument == nil)
        #expect(list.requirements.allSatisfy { $0.formerSection == nil })
    }

    @Test(
        "are refused with the place of what is wrong, and what would be right",
        arguments: [
            ("scope:", "scpoe:", "3:1: unknown key 'scpoe' in requirement-list; did you mean 'scope'?"),
            ("    text: A", "    txet: A", "9:5: unknown key 'txet' in requirement; did you mean 'text'?"),
            (
                "document: RFC 9846", "document: house",
                "1:11: 'house' is no specification: an RFC by its number, or PROXY protocol"
            ),
            (
                "level: should", "level: shuold",
                "14:12: 'shuold' is no level: must, should, may; did you mean 'should'?"
            ),
            (
                "id: rfc9846-5.1-pieces", "id: rfc9846-5.2-pieces",
                "6:9: 'rfc9846-5.2-pieces' is no id of a requirement of RFC 9846 section 5.1: it begins with 'rfc9846-5.1-'"
            ),
            (
                "id: rfc9846-5.1-pieces", "id: rfc9846-5.1-",
                "6:9: 'rfc9846-5.1-' is no id of a requirement of RFC 9846 section 5.1: it begins with 'rfc9846-5.1-'"
            ),
            ("other.one]", "other.won]", "10:25: no scenario matches 'other.won'; did you mean 'other.one'?"),
            ("[area.*, other.one]", "[arae.*, area.*]", "10:17: no scenario matches 'arae.*'"),
            ("[area.*, other.one]", "[]", "10:16: 'scenarios' names none; leave it out where no scenario checks it"),
            ("it happens inside", "\"\"", "21:19: 'unobservable' says why nobody outside can tell"),
            (
                "    unobservable:", "    scenarios: area.*\n    unobservable:",
                "22:19: what scenarios check can be observed: either 'scenarios' or 'unobservable'"
            ),
            (
                "replaces: RFC 8446\n", "",
                "12:23: 'replaced-section' needs 'replaces' at the top: which document has it"
            ),
            ("    section: \"6.1\"\n", "", "16:5: a requirement needs 'section'"),
        ]
    )
    func problems(old: String, new: String, problem: String) throws {
        let error = try #require(throws: ScenarioFileError.self) {
            _ = try Self.load(Self.text.replacing(old, with: new))
        }
        #expect(error.description.split(separator: "\n").contains { $0.hasPrefix("a.yaml:\(problem)") }, "\(error)")
    }

    @Test("have each id once, and each document once")
    func twice() throws {
        let error = try #require(throws: ScenarioFileError.self) { _ = try Self.load(Self.text, Self.text) }
        let lines = error.description.split(separator: "\n").map(String.init)
        #expect(lines.contains("b.yaml:6:9: the id 'rfc9846-5.1-pieces' is already in use at a.yaml:6"), "\(error)")
        #expect(lines.contains("b.yaml: RFC 9846 has a list already: a.yaml"), "\(error)")
    }

    @Test(
        "have the rule of every scenario that cites a specification, and name that scenario there",
        arguments: [(Rule.Document.rfc(9846), "5.2"), (.rfc(8446), "5.1")]
    )
    func untied(document: Rule.Document, section: String) throws {
        let stray = Self.scenario("area.stray", document, section)
        let error = try #require(throws: ScenarioFileError.self) {
            _ = try Self.load(Self.text, scenarios: Self.scenarios + [stray])
        }
        #expect(error.problems.count == 1)
        #expect(
            error.description
                == "s.yaml:7:1: 'area.stray' checks a rule (\(document) section \(section), must) of which "
                + "Requirements has no requirement that names it"
        )
    }

    @Test("that have a scenario's rule and name another scenario are not enough")
    func tiedToAnother() throws {
        let stray = Self.scenario("stray.one", .rfc(9846), "5.1")
        let error = try #require(throws: ScenarioFileError.self) {
            _ = try Self.load(Self.text, scenarios: Self.scenarios + [stray])
        }
        #expect(error.description.contains("'stray.one' checks a rule (RFC 9846 section 5.1, must)"), "\(error)")
    }

    @Test("are no scenarios: who reads the catalogue reads past their folder")
    func noScenarios() throws {
        try withTemporaryFolder { folder in
            let requirements = folder.appending(path: RequirementLoader.folderName)
            try FileManager.default.createDirectory(at: requirements, withIntermediateDirectories: true)
            try Data(Self.text.utf8).write(to: requirements.appending(path: "rfc-9846.yaml"))
            try Data(scenarioText().utf8).write(to: folder.appending(path: "one.yaml"))
            let scenarios = try ScenarioLoader().load(paths: [folder.path])
            #expect(scenarios.map(\.id) == ["area.name"])
        }
    }

    @Test("whose folder is not there are an error that names it")
    func noFolder() throws {
        let error = try #require(throws: ScenarioFileError.self) {
            _ = try RequirementLoader(scenarios: []).load(folder: "/nowhere/at/all")
        }
        #expect(error.description == "/nowhere/at/all: the folder cannot be read")
    }

    @Test("have a page that names every key", arguments: [Grammar.requirementList, Grammar.requirement].map(\.name))
    func documented(name: String) throws {
        let page = try MarkdownPage.read("Docs/coverage.md")
        let words = MarkdownPage.codeWords(in: try #require(page.prose(under: "The files")))
        let object = name == Grammar.requirement.name ? Grammar.requirement : Grammar.requirementList
        #expect(object.keys.filter { !words.contains($0) } == [])
    }

    @Test("are read as the page shows them")
    func example() throws {
        let page = try MarkdownPage.read("Docs/coverage.md")
        let block = try #require(page.blocks.first { $0.language == "yaml" })
        let scenarios = try Catalogue.scenarios.get().filter {
            $0.rule.origin != .rfc && $0.rule.origin != .proxyProtocol
        }
        let named = try Catalogue.scenarios.get().filter { block.text.contains($0.id) }
        let lists = try Self.load(block.text, scenarios: scenarios + named)
        #expect(lists.flatMap(\.requirements).contains { $0.proof == .missing })
    }
}

/// The lists in this repository.
@Suite("The requirements")
struct RequirementListsTests {
    private static let lists: Result<[RequirementList], any Error> = Result {
        try RequirementLoader(scenarios: Catalogue.scenarios.get())
            .load(folder: Catalogue.root + "/" + RequirementLoader.folderName)
    }

    /// MUSTs that an edge could be asked for and that no scenario asks it for.
    private static let knownGaps = 60

    @Test("name scenarios that exist, and have the rule of every scenario that cites a specification")
    func load() throws {
        #expect(try Self.lists.get().count >= 9)
    }

    @Test("have fewer and fewer MUSTs that no scenario checks")
    func gaps() throws {
        let missing = try Self.lists.get().flatMap(\.requirements).filter {
            $0.rule.level == .must && $0.proof == .missing
        }
        #expect(missing.count <= Self.knownGaps, "there may never be more: \(missing.map(\.id))")
        #expect(missing.count >= Self.knownGaps, "there are fewer now: write \(missing.count) here")
    }

    @Test("are all there of the documents that the catalogue is about")
    func documents() throws {
        let documents = Set(try Self.lists.get().map(\.document))
        let expected: [Rule.Document] = [
            .rfc(9846), .rfc(6066), .rfc(7301), .rfc(8701), .rfc(9325), .rfc(9849), .rfc(8996), .rfc(5705),
            .proxyProtocol,
        ]
        #expect(documents.isSuperset(of: expected))
    }

    @Test("are sentences")
    func sentences() throws {
        for list in try Self.lists.get() {
            for requirement in list.requirements {
                #expect(requirement.text.last == "." && requirement.text.count < 200, "\(requirement.id)")
                if case .unobservable(let reason) = requirement.proof {
                    #expect(reason.count > 20 && reason.last != ".", "\(requirement.id)")
                }
            }
        }
    }
}
