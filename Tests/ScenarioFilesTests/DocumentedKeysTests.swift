import DocumentationTesting
import Testing

@testable import ScenarioFiles

@Suite("Docs/scenarios.md")
struct DocumentedKeysTests {
    private static let hello = "`hello`: a ClientHello, key by key"

    /// Where the page speaks of each of the grammar's objects.
    private static let headings = [
        "file": "The file", "scenario": "The keys of a scenario",
        "limits": "Steps", "rule": "The keys of a scenario",
        "endpoint": "Endpoints", "upstream": "Endpoints", "client": "Client", "preface": "Client", "hello": hello,
        "server-name": hello,
        "extension-edit": hello, "extension-data": hello, "length-error": hello, "record": hello,
        "second-flight": "`second-flight`: what follows an answer",
        "raw": "`raw`: bytes that are no ClientHello", "delivery": "Deliver", "record-delivery": "Deliver",
        "segment-delivery": "Deliver", "step": "Steps", "api-call": "The API", "change": "Steps",
        "exchange": "Exchange",
        "transfer": "Exchange",
        "expect": "Expect",
        "grades": "Expect", "override": "Expect", "expectation": "Expect", "within": "Expect", "event": "Expect",
    ]

    @Test("names every key that the reader knows, where it speaks of it", arguments: Grammar.all.map(\.name))
    func keys(name: String) throws {
        let page = try MarkdownPage.read("Docs/scenarios.md")
        let heading = try #require(Self.headings[name], "where does the page speak of '\(name)'?")
        let prose = try #require(page.prose(under: heading), "there is no heading '\(heading)'")
        let words = MarkdownPage.codeWords(in: prose)
        let known = try #require(Grammar.all.first { $0.name == name })
        #expect(known.keys.filter { !words.contains($0) } == [])
    }
}
