import DocumentationTesting
import Foundation
import Testing
import Verdicts

@testable import Targets

@Suite("Docs/targets.md")
struct DocumentedTargetTests {
    @Test("its files are a target and waivers that can be read")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "documented-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var read: [String] = []
        for block in try MarkdownPage.read("Docs/targets.md").blocks where block.language == "yaml" {
            let name = String((block.lines.first ?? "").dropFirst(2))
            let file = folder.appending(path: name)
            try Data(block.text.utf8).write(to: file)
            switch name {
            case "target.yaml": #expect(try TargetFile.read(file, name: name).title == "Sample edge")
            case "waivers.yaml": #expect(try Waivers.load(file, version: "2.7").entries.count == 1)
            default: Issue.record("nobody reads the block at line \(block.line)")
            }
            read.append(name)
        }
        #expect(read == ["target.yaml", "waivers.yaml"])
    }
}
