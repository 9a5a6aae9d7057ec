import Testing

@testable import ConfigurationFiles

@Suite("Durations, sizes, globs, suggestions and secrets of configuration files")
struct ValueTests {
    @Test(
        "durations are whole numbers with units",
        arguments: [
            ("10s", 10_000), ("500ms", 500), ("1m30s", 90_000), ("2h", 7_200_000), ("30d", 2_592_000_000), ("0s", 0),
            ("1h1m1s1ms", 3_661_001), ("020ms", 20),
            ("", nil), ("10", nil), ("s", nil), ("-1s", nil), ("+1s", nil), ("1.5s", nil), ("1s ", nil), (" 1s", nil),
            ("1S", nil), ("1us", nil), ("1s1", nil), ("ms1", nil), ("1ss", nil), ("１s", nil),
            ("9223372036854775807d", nil), ("9223372036854775807ms1ms", nil), ("99999999999999999999s", nil),
        ] as [(String, Int64?)]
    )
    func durations(_ text: String, milliseconds: Int64?) {
        #expect(DurationText.read(text)?.milliseconds == milliseconds)
    }

    @Test(
        "offsets may have a sign",
        arguments: [
            ("-30d", -2_592_000_000), ("+12h", 43_200_000), ("45s", 45_000), ("--1s", nil), ("-", nil), ("+", nil),
        ]
            as [(String, Int64?)]
    )
    func offsets(_ text: String, milliseconds: Int64?) {
        #expect(DurationText.readOffset(text)?.milliseconds == milliseconds)
    }

    @Test(
        "durations are written as they would be read",
        arguments: [(0, "0s"), (1, "1ms"), (1_500, "1500ms"), (90_000, "90s"), (3_600_000, "1h"), (86_400_000, "1d")]
    )
    func writing(milliseconds: Int64, text: String) {
        #expect(DurationText.write(.milliseconds(milliseconds)) == text)
        #expect(DurationText.read(text) == .milliseconds(milliseconds))
    }

    @Test(
        "sizes are bytes, KiB or MiB",
        arguments: [
            ("0", 0), ("4096", 4_096), ("64KiB", 65_536), ("1MiB", 1_048_576),
            ("", nil), ("KiB", nil), ("-1", nil), ("1KB", nil), ("1 KiB", nil), ("1kib", nil), ("1.5MiB", nil),
            ("9223372036854775807KiB", nil), ("99999999999999999999", nil),
        ] as [(String, Int?)]
    )
    func sizes(_ text: String, bytes: Int?) {
        #expect(SizeText.read(text) == bytes)
    }

    @Test(
        "globs know the star and the question mark, and brackets are brackets",
        arguments: [
            ("*", "", true), ("*", "a.b[c=d]", true), ("", "", true), ("", "a", false),
            ("a.*", "a.b", true), ("a.*", "a", false), ("a.*", "b.a.b", false),
            ("*b", "ab", true), ("*b", "aba", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("*[role=edge,*", "x.y[role=edge,engine=openssl]", true), ("*[role=edge]", "x.y[role=edge]", true),
            ("x.y[role=edge]", "x.ye", false), ("*a*b*c*", "xxaxxbxxcxx", true), ("*a*b*c*", "xxbxxaxxcxx", false),
            ("a**b", "ab", true), ("*aab", "aaab", true), ("A", "a", false), ("a*c", "abbbc", true),
            ("a*c", "abcb", false),
            ("?", "", false), ("?", "x", true), ("[x]", "x", false), ("[x]", "[x]", true), ("a**", "a", true),
            ("*.a", "b.a.a", true), ("*b*d", "abcd", true), ("a", "ab", false),
        ]
    )
    func globs(_ pattern: String, _ text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test("a glob of many stars answers at once")
    func globTime() {
        let pattern = String(repeating: "a*", count: 50) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 10_000)))
    }

    @Test(
        "a suggestion is near, and the first of those as near",
        arguments: [
            ("listn", ["listen", "limits"], "listen"), ("lsiten", ["listen"], "listen"),
            ("LISTEN", ["listen"], "listen"),
            ("passthrugh", ["passthrough", "edge"], "passthrough"),
            ("role.passthrugh", ["role.passthrough"], "role.passthrough"),
            ("mutal-tls", ["mutual-tls", "alpn"], "mutual-tls"), ("cat", ["car", "bat"], "bat"),
            ("x", ["y"], nil), ("", ["a"], nil), ("zzzzzz", ["listen"], nil), ("listen", [], nil),
        ] as [(String, [String], String?)]
    )
    func suggestions(_ word: String, _ known: [String], _ nearest: String?) {
        #expect(Suggestion.nearest(to: word, among: known) == nearest)
        #expect(Suggestion.clause(for: word, among: known) == (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }

    @Test(
        "a distance counts insertions, removals, replacements and swaps",
        arguments: [
            ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("A", "a", 0),
        ]
    )
    func distances(_ first: String, _ second: String, _ distance: Int) {
        #expect(Suggestion.distance(first, second) == distance)
        #expect(Suggestion.distance(second, first) == distance)
    }

    @Test("a secret does not print")
    func secrets() {
        let secret = Secret("t0ken")
        #expect(secret.revealed == "t0ken")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("t0ken"))
        }
    }
}
