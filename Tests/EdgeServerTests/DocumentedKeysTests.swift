import ConfigurationFiles
import DocumentationTesting
import EdgeServer
import Testing

@Suite("Docs/edge-configuration.md")
struct DocumentedKeysTests {
    struct Place: Sendable, CustomTestStringConvertible {
        /// In front of a key: `accounts[].`.
        let path: String
        /// A file with an unknown key there.
        let text: String
        var testDescription: String { self.path.isEmpty ? "top" : self.path }
    }

    private static let good = """
        version: 1
        listen: ["127.0.0.1:0"]
        agents: { listen: "127.0.0.1:0", certificate: a.pem, key: a.key }

        """

    @Test(
        "names every key that the reader knows, with its path",
        arguments: [
            Place(path: "", text: DocumentedKeysTests.good + "\(KnownKeys.unknown): 1"),
            Place(
                path: "agents.",
                text: "version: 1\nlisten: [\"127.0.0.1:0\"]\nagents: { \(KnownKeys.unknown): 1 }"
            ),
            Place(
                path: "agents.versions[].",
                text: "version: 1\nlisten: [\"127.0.0.1:0\"]\n"
                    + "agents: { listen: \"127.0.0.1:0\", certificate: a, key: b, versions: [{ \(KnownKeys.unknown): 1 }] }"
            ),
            Place(
                path: "accounts[].limits.",
                text: DocumentedKeysTests.good + "accounts: [{ name: a, limits: { \(KnownKeys.unknown): 1 } }]"
            ),
            Place(path: "ssh.", text: DocumentedKeysTests.good + "ssh: { \(KnownKeys.unknown): 1 }"),
            Place(
                path: "accounts[].ssh-keys[].",
                text: DocumentedKeysTests.good + "accounts: [{ name: a, ssh-keys: [{ \(KnownKeys.unknown): 1 }] }]"
            ),
            Place(path: "accounts[].", text: DocumentedKeysTests.good + "accounts: [{ \(KnownKeys.unknown): 1 }]"),
            Place(
                path: "accounts[].authtokens[].",
                text: DocumentedKeysTests.good + "accounts: [{ name: a, authtokens: [{ \(KnownKeys.unknown): 1 }] }]"
            ),
            Place(
                path: "certificates[].",
                text: DocumentedKeysTests.good + "certificates: [{ \(KnownKeys.unknown): 1 }]"
            ),
            Place(path: "deadlines.", text: DocumentedKeysTests.good + "deadlines: { \(KnownKeys.unknown): 1 }"),
            Place(path: "limits.", text: DocumentedKeysTests.good + "limits: { \(KnownKeys.unknown): 1 }"),
            Place(path: "acme.", text: DocumentedKeysTests.good + "acme: { \(KnownKeys.unknown): 1 }"),
            Place(path: "log.", text: DocumentedKeysTests.good + "log: { \(KnownKeys.unknown): 1 }"),
        ]
    )
    func keys(place: Place) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try EdgeConfiguration.read(place.text, name: "edge.yaml", folder: "")
        }
        let keys = try #require(KnownKeys.listed(in: error.hint), "\(error)")
        let spans = MarkdownPage.codeWords(in: try MarkdownPage.read("Docs/edge-configuration.md").prose)
        for key in keys {
            let path = place.path + key
            // A key that holds others is named by them.
            let isNamed = spans.contains { $0 == path || $0.hasPrefix(path + ".") || $0.hasPrefix(path + "[]") }
            #expect(isNamed, "\(path)")
        }
    }
}
