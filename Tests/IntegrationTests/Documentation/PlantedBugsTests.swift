import ConfigurationFiles
import DocumentationTesting
import Foundation
import Testing

/// `make mutants` takes an hour, so that it is not part of `make test`; that its bugs still fit the code is.
@Suite("Planted bugs")
struct PlantedBugsTests {
    private static let folder = MarkdownPage.root.appending(path: "Mutants")

    private static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".yaml") }
    }

    private static func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("each has one place in the code, and is asleep until it is asked for")
    func fits() throws {
        var ids: Set<String> = []
        for file in try Self.files() {
            let path = Self.folder.appending(path: file).path
            for entry in try YAMLValue.contents(of: path, name: "Mutants/\(file)").list() {
                let bug = try entry.mapping("id", "bug", "file", "find", "plant", "imports", "by")
                let id = try bug.required("id").string()
                let source = MarkdownPage.root.appending(path: "Sources/\(try bug.required("file").string())")
                let code = Self.words(try String(contentsOf: source, encoding: .utf8))
                let places = code.ranges(of: Self.words(try bug.required("find").string())).count
                #expect(places == 1, "\(id) fits \(places) places of \(source.lastPathComponent)")
                #expect(try bug.required("plant").string().contains("PLANTED"), "\(id) is always awake")
                #expect(ids.insert(id).inserted, "there are two \(id)")
            }
        }
        #expect(ids.count >= 80)
    }
}
