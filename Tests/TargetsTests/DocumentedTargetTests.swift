import ConfigurationFiles
import DocumentationTesting
import FolderTesting
import Foundation
import Testing
import Verdicts

@testable import Targets

@Suite("Docs/targets.md")
struct DocumentedTargetTests {
    @Test("its files are a target and waivers that can be read")
    func files() throws {
        var read: [String] = []
        try withTemporaryFolder { folder in
            for block in try MarkdownPage.read("Docs/targets.md").blocks where block.language == "yaml" {
                let name = String((block.lines.first ?? "").dropFirst(2))
                let file = folder.appending(path: name)
                let target = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
                try Data(block.text.utf8).write(to: file)
                let title = { try TargetSource(named: target.path, from: Fixture.targets).description.title }
                switch name {
                case "target.yaml": #expect(try title() == "Sample edge")
                case "envoy-late-dial/target.yaml": #expect(try title() == "Envoy, dialling after the handshake")
                case "my-edge.yaml":
                    try MintedLeaf.write(to: folder.appending(path: "shop.pem"))
                    try MintedLeaf.writeAuthority(to: folder)
                    let source = try TargetSource(named: file.path, from: Fixture.targets)
                    #expect(source.name == "my-edge")
                    #expect(source.description.external?.endpoints.count == 6)
                    #expect(source.waiversFile.lastPathComponent == "my-edge.waivers.yaml")
                case "waivers.yaml": #expect(try Waivers.load(file, version: "2.7").entries.count == 1)
                default: Issue.record("nobody reads the block at line \(block.line)")
                }
                read.append(name)
            }
        }
        #expect(read == ["target.yaml", "my-edge.yaml", "envoy-late-dial/target.yaml", "waivers.yaml"])
    }

    private static let unknown = "{ \(KnownKeys.unknown): 1 }"

    @Test(
        "names every key of target.yaml that the reader knows",
        arguments: [
            ("title: T", "\(KnownKeys.unknown): 1"), ("{ install: get sh }", DocumentedTargetTests.unknown),
            ("install: get sh", "install: \(DocumentedTargetTests.unknown)"),
            ("{ program: sh, arguments: [-c, \"echo 1\"], pattern: \"[0-9]+\" }", DocumentedTargetTests.unknown),
            ("{ feature: ipv6, roles: [edge] }", DocumentedTargetTests.unknown),
            ("deadlines: { hello: 3 }", "deadlines: { hello: 3 }\nhints: [\(DocumentedTargetTests.unknown)]"),
            ("    program: sh", "    \(KnownKeys.unknown): 1"),
            ("{ signal: TERM, grace: 1 }", DocumentedTargetTests.unknown),
            ("ready: connect", "ready: \(DocumentedTargetTests.unknown)"),
        ]
    )
    func keys(part: String, replacement: String) throws {
        #expect(TargetFileTests.valid.contains(part))
        let text = TargetFileTests.valid.replacing(part, with: replacement)
        let error = try #require(throws: ConfigurationError.self) {
            try TargetFile.description(in: YAMLValue.parse(text, file: "target.yaml"))
        }
        try Self.expect(error, areNamedUnder: "Keys of target.yaml")
    }

    @Test("names every key of a file about an edge that runs already", arguments: ["", "endpoints"])
    func externalKeys(place: String) throws {
        let text =
            place.isEmpty ? "\(KnownKeys.unknown): 1" : ExternalFileTests.file(endpoints: "a.test: \(Self.unknown)")
        let error = try #require(throws: ConfigurationError.self) {
            try ExternalFile.description(in: YAMLValue.parse(text, file: "my-edge.yaml"), folder: Fixture.targets)
        }
        try Self.expect(error, areNamedUnder: "An edge that runs already")
    }

    @Test("names every key of a behaviour, and every behaviour")
    func behaviourKeys() throws {
        let text = "\(TargetFileTests.valid)\nbehaviours: [\(Self.unknown)]"
        let error = try #require(throws: ConfigurationError.self) {
            try TargetFile.description(in: YAMLValue.parse(text, file: "target.yaml"))
        }
        try Self.expect(error, areNamedUnder: "Behaviours")
        let prose = try #require(try MarkdownPage.read("Docs/targets.md").prose(under: "Behaviours"))
        let words = MarkdownPage.codeWords(in: prose)
        #expect(Behaviour.allCases.map(\.rawValue).filter { !words.contains($0) } == [])
    }

    @Test("names every key of waivers.yaml that the reader knows")
    func waiverKeys() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Waivers.read(YAMLValue.parse("- \(Self.unknown)", file: "waivers.yaml"), version: "1", now: Date())
        }
        try Self.expect(error, areNamedUnder: "Waivers")
    }

    private static func expect(_ error: ConfigurationError, areNamedUnder heading: String) throws {
        let keys = try #require(KnownKeys.listed(in: error.hint), "\(error)")
        let prose = try #require(try MarkdownPage.read("Docs/targets.md").prose(under: heading))
        let words = MarkdownPage.codeWords(in: prose)
        #expect(keys.filter { !words.contains($0) } == [])
    }
}
