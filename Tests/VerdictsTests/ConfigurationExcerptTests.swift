import Testing
import Verdicts

@Suite("Configuration for reports")
struct ConfigurationExcerptTests {
    @Test("authtokens and private keys are never shown")
    func secrets() {
        let text = """
            authtoken: "s3cret"
            key: |
              -----BEGIN EC PRIVATE KEY-----
              AAAA
              -----END EC PRIVATE KEY-----
            certificate: |
              -----BEGIN CERTIFICATE-----
              BBBB
            """
        let excerpt = ConfigurationExcerpt(name: "edge.yaml", whole: text, secrets: ["s3cret", ""])
        #expect(
            excerpt.text == """
                authtoken: "(secret)"
                key: |
                (private key)
                certificate: |
                  -----BEGIN CERTIFICATE-----
                  BBBB
                """
        )
    }

    @Test("a key that is cut short shows nothing of what follows")
    func unfinishedKey() {
        let excerpt = ConfigurationExcerpt(name: "a", whole: "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB", secrets: [])
        #expect(excerpt.text == "(private key)")
    }

    @Test("a long file keeps its beginning and its end")
    func bounded() {
        let lines = (1...10_000).map { "line \($0) " + String(repeating: "x", count: 1_000) }
        let excerpt = ConfigurationExcerpt(name: "a", whole: lines.joined(separator: "\n"), secrets: [])
        #expect(excerpt.text.utf8.count < 100_000)
        #expect(excerpt.text.hasPrefix("line 1 x"))
        #expect(excerpt.text.contains("\n… 9780 lines left out …\nline 9941 x"))
    }

    @Test("a short file is whole")
    func whole() {
        let text = "a\n\nb\n"
        #expect(ConfigurationExcerpt(name: "a", whole: text, secrets: []).text == text)
    }
}
