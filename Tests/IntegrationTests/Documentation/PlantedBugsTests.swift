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

    @Test("each has one place in the code, also where the others are planted, and is asleep until it is asked for")
    func fits() throws {
        var ids: Set<String> = []
        var planted: [String: String] = [:]
        // The order in which a pass plants them.
        for file in try Self.files().sorted() {
            let path = Self.folder.appending(path: file).path
            for entry in try YAMLValue.contents(of: path, name: "Mutants/\(file)").list() {
                let bug = try entry.mapping("id", "bug", "file", "find", "plant", "imports", "by")
                let id = try bug.required("id").string()
                let source = "Sources/\(try bug.required("file").string())"
                let url = MarkdownPage.root.appending(path: source)
                let code = try planted[source] ?? Self.words(String(contentsOf: url, encoding: .utf8))
                let places = code.ranges(of: Self.words(try bug.required("find").string()))
                let plant = try bug.required("plant").string()
                #expect(places.count == 1, "\(id) fits \(places.count) places of \(source)")
                #expect(plant.contains("PLANTED"), "\(id) is always awake")
                #expect(ids.insert(id).inserted, "there are two \(id)")
                if let place = places.first {
                    planted[source] = code.replacingCharacters(in: place, with: Self.words(plant))
                }
            }
        }
        #expect(ids.count >= 80)
    }

    /// Of these areas every scenario has a bug that it is to catch, and so has each that a CVE stands behind.
    private static let areas: Set = [
        "availability", "neighbours", "operations", "retry", "edges", "pools", "api", "policies",
    ]

    /// Scenarios of these areas without one.
    private static let exceptions: Set = [
        // Nothing of the edge or the agent outlives its process, in which a bug could be.
        "operations.restart"
    ]

    @Test("there is one for every scenario of some areas, and for every scenario that cites a CVE")
    func promises() throws {
        var named: Set<String> = []
        for file in try Self.files() {
            for entry in try YAMLValue.contents(of: Self.folder.appending(path: file).path, name: file).list() {
                let bug = try entry.mapping("id", "bug", "file", "find", "plant", "imports", "by")
                for name in try bug["by"]?.entriesOrOne() ?? [] { named.insert(try name.string()) }
            }
        }
        let (all, promised) = try Self.scenarios()
        let unnamed = promised.subtracting(named).subtracting(Self.exceptions)
        #expect(unnamed.isEmpty, "no bug of Mutants/ names \(unnamed.sorted().joined(separator: ", "))")
        // The suite cannot be run for one that is not there, which would pass for a catch.
        let unknown = named.filter { $0.first?.isLowercase == true && !$0.contains("*") }.subtracting(all)
        #expect(unknown.isEmpty, "there is no scenario \(unknown.sorted().joined(separator: ", "))")
    }

    /// Read by their lines, whatever is between them.
    private static func scenarios() throws -> (all: Set<String>, promised: Set<String>) {
        let scenarios = MarkdownPage.root.appending(path: "Scenarios")
        var all: Set<String> = []
        var promised: Set<String> = []
        let names = FileManager.default.enumerator(atPath: scenarios.path)
        while let name = names?.nextObject() as? String {
            guard name.hasSuffix(".yaml"), !name.hasPrefix("Targets"), !name.hasPrefix("Clients"),
                !name.hasPrefix("Requirements")
            else { continue }
            let text = try String(contentsOf: scenarios.appending(path: name), encoding: .utf8)
            var id = ""
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.first == "id:" || words.prefix(2) == ["-", "id:"] {
                    id = String(words.last ?? "")
                    all.insert(id)
                }
                let isPromise = words.first == "references:" && line.contains("CVE-")
                if isPromise || (!id.isEmpty && Self.areas.contains(String(id.prefix { $0 != "." }))) {
                    promised.insert(id)
                }
            }
        }
        return (all, promised)
    }
}
