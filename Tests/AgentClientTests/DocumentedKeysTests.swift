import AgentClient
import ConfigurationFiles
import DocumentationTesting
import Testing

@Suite("Docs/agent.md")
struct DocumentedKeysTests {
    @Test(
        "names every key that the reader knows",
        arguments: [
            "version: \"2\"\n\(KnownKeys.unknown): 1", "version: \"2\"\ntunnels: { web: { \(KnownKeys.unknown): 1 } }",
            "version: \"2\"\ntunnels: { web: { proto: tls, addr: 80, ip_restriction: { \(KnownKeys.unknown): 1 } } }",
            "version: \"3\"\n\(KnownKeys.unknown): 1", "version: \"3\"\nagent: { \(KnownKeys.unknown): 1 }",
            "version: \"3\"\nendpoints: [{ \(KnownKeys.unknown): 1 }]",
            "version: \"3\"\nendpoints: [{ name: a, upstream: { \(KnownKeys.unknown): 1 } }]",
            "version: \"3\"\nendpoints: [{ name: a, url: a, upstream: { url: 80 }, "
                + "agent_tls_termination: { \(KnownKeys.unknown): 1 } }]",
        ]
    )
    func keys(text: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try AgentFile.parse(text, file: "agent.yaml") }
        let keys = try #require(KnownKeys.listed(in: error.hint), "\(error)")
        let prose = try #require(try MarkdownPage.read("Docs/agent.md").prose(under: "Keys of the file"))
        let words = MarkdownPage.codeWords(in: prose)
        #expect(keys.filter { !words.contains($0) } == [])
    }
}
