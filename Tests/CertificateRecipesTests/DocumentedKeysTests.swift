import CertificateRecipes
import ConfigurationFiles
import DocumentationTesting
import Testing

@Suite("Docs/certificates.md")
struct DocumentedKeysTests {
    @Test(
        "names every key that the reader knows",
        arguments: ["", "generated-names: ", "validity: ", "basic-constraints: "]
    )
    func keys(inside: String) throws {
        let unknown = "{ \(KnownKeys.unknown): 1 }"
        let text = inside.isEmpty ? "a: \(unknown)" : "a: { issuer: self, subject: a, \(inside)\(unknown) }"
        let error = try #require(throws: ConfigurationError.self) { try RecipeBook(text: text, file: "a.yaml") }
        let keys = try #require(KnownKeys.listed(in: error.hint), "\(error)")
        let prose = try #require(try MarkdownPage.read("Docs/certificates.md").prose(under: "A recipe"))
        let words = MarkdownPage.codeWords(in: prose)
        #expect(keys.filter { !words.contains($0) } == [])
    }
}
