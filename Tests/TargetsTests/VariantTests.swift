import ConfigurationFiles
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Targets

@Suite("Targets that extend others")
struct VariantTests {
    private func write(_ text: String, to name: String, in folder: URL) throws {
        let target = folder.appending(path: name)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: target.appending(path: "target.yaml"))
    }

    private static let base =
        TargetFileTests.valid + "\nsettings: { mode: plain, isLate: false }\nnotes: [Of the base.]"

    @Test("say what is different, and take everything else")
    func merging() throws {
        try withTemporaryFolder { folder in
            try self.write(Self.base, to: "base", in: folder)
            try self.write(
                """
                extends: base
                title: V
                settings: { isLate: true }
                deadlines: { idle: 9 }
                features: [role.edge]
                processes:
                  edge:
                    templates: { a.mustache: a }
                    stop: { grace: 7 }
                """,
                to: "variant",
                in: folder
            )
            for file in ["base/a.mustache", "base/b.mustache", "variant/a.mustache"] {
                try Data().write(to: folder.appending(path: file))
            }
            let source = try TargetSource(named: "variant", from: folder)
            let description = source.description
            #expect(description.title == "V")
            #expect(description.notes == ["Of the base."])
            #expect(description.settings == ["mode": .text("plain"), "isLate": .flag(true)])
            #expect(description.deadlines == [.hello: 3, .idle: 9])
            #expect(description.features.map(\.feature) == [.role(.edge)])
            #expect(description.processes.map(\.name) == ["edge"])
            #expect(description.edgePlan?.program == "sh")
            #expect(description.edgePlan?.templates.map(\.source) == ["a.mustache"])
            #expect(description.edgePlan?.stop.grace == 7)
            let definition = TargetDefinition(
                source,
                programs: Fixture.search(in: folder, path: ""),
                probes: [:],
                hasIPv6: false
            )
            #expect(definition.file(named: "a.mustache").path.hasSuffix("/variant/a.mustache"))
            #expect(definition.file(named: "b.mustache").path.hasSuffix("/base/b.mustache"))
        }
    }

    @Test("have the bundles that a template of the other one names")
    func bundles() throws {
        try withTemporaryFolder { folder in
            try self.write(
                Self.base.replacing("templates: {}", with: "templates: { b.mustache: b }"),
                to: "base",
                in: folder
            )
            try self.write("extends: base", to: "variant", in: folder)
            func mentionsBundles() throws -> Bool {
                let definition = TargetDefinition(
                    try TargetSource(named: "variant", from: folder),
                    programs: Fixture.search(in: folder, path: ""),
                    probes: [:],
                    hasIPv6: false
                )
                return ConfigurationWriter(definition: definition, directory: folder).mentionsBundles
            }
            try Data("bind {{directory}}/{{certificate}}".utf8).write(to: folder.appending(path: "base/b.mustache"))
            #expect(try !mentionsBundles())
            try Data("bind {{directory}}/{{bundle}}".utf8).write(to: folder.appending(path: "base/b.mustache"))
            #expect(try mentionsBundles())
        }
    }

    @Test("say what is wrong with what they name")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            try self.write(Self.base, to: "base", in: folder)
            try self.write("extends: bsae", to: "typo", in: folder)
            try self.write("extends: base\nsettings: { isLaet: true }", to: "setting", in: folder)
            try self.write("extends: two", to: "one", in: folder)
            try self.write("extends: one", to: "two", in: folder)
            func problem(_ name: String) throws -> String {
                try #require(throws: ConfigurationError.self) { try TargetSource(named: name, from: folder) }
                    .description
            }
            #expect(try problem("typo") == "typo/target.yaml:1:10: there is no target 'bsae'; did you mean 'base'?")
            #expect(
                try problem("setting")
                    == "setting/target.yaml:2:13: the extended target has no setting 'isLaet'; did you mean 'isLate'?"
            )
            #expect(try problem("one") == "two/target.yaml:1:10: 'one' extends this target in turn")
        }
    }

    @Test("a folder anywhere is a target by its path, also one that extends a target of the checkout")
    func path() throws {
        try withTemporaryFolder { folder in
            try self.write(Self.base, to: "base", in: folder.appending(path: "Targets"))
            try self.write("extends: base\ntitle: Mine", to: "mine", in: folder.appending(path: "elsewhere"))
            let source = try TargetSource(
                named: folder.appending(path: "elsewhere/mine").path,
                from: folder.appending(path: "Targets")
            )
            #expect(source.name == "mine")
            #expect(source.description.title == "Mine")
            let error = try #require(throws: TargetError.self) {
                try TargetSource(named: folder.path + "/", from: folder.appending(path: "Targets"))
            }
            #expect(error.code == .unknownTarget)
            #expect(error.message == "\(folder.path) holds no target.yaml")
        }
    }
}
