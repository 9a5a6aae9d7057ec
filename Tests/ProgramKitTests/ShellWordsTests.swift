import ProgramKit
import Testing

@Suite("Words for a shell")
struct ShellWordsTests {
    @Test(
        "stand as they are where a shell would leave them alone, else in quotes",
        arguments: [
            (["curl", "--cacert", "/home/me/ca.pem"], "curl --cacert /home/me/ca.pem"),
            (["ls", "two words", ""], "ls 'two words' ''"),
            (["echo", "it's", "$HOME", "~"], #"echo 'it'\''s' '$HOME' '~'"#),
            (["a:8443:[::1]"], "'a:8443:[::1]'"),
        ]
    )
    func quoting(words: [String], text: String) {
        #expect(ShellWords(words).text == text)
    }
}
