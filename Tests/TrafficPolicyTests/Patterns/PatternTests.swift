import Testing
import TrafficPolicy

@Suite("Regular expressions")
struct PatternTests {
    private func quoted(_ text: String) -> String {
        "'"
            + text.unicodeScalars.map {
                "\\U" + "0".repeated(8 - String($0.value, radix: 16).count) + String($0.value, radix: 16)
            }.joined() + "'"
    }

    @Test(
        "match as RE2's do, anywhere in the text",
        arguments: [
            ("ubb", "hubba", true), ("foo|bar", "", false), ("", "cows", true), ("", "", true), ("bc", "abcd", true),
            ("gr(a|e)y", "grey", true), ("ba(na)*", "banana", true), ("a+ñ+a+", "mañana", true),
            ("(a|😀){2}", "🐱😀😀", true),
            ("^h.*o$", "hello", true), ("^ell", "hello", false), ("ll$", "hello", false),
            ("H.*d", "Hello, world", true),
            ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaa", true),
            ("^a{2}$", "aa", true), ("a{,3}", "a{,3}", true), ("x{", "x{", true), ("^(ab|a)(bc)?$", "abc", true),
            ("^a??b$", "ab", true),
            (#"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-z]{2,}$"#, "user@example.com", true), ("[^a-c]", "abc", false),
            ("[^a-c]", "abcd", true),
            ("^[]a]+$", "]a]", true), ("^[a-]+$", "a-a", true), (#"^[\d\-x]+$"#, "1-x", true),
            (#"^[^\d]$"#, "1", false), (#"^\d{3}\D\w\W\s\S$"#, "123ab c!", false),
            (#"^\d{3}\D\w\W\S$"#, "123ab c", true), (#"^\d\D\w\W\s\S$"#, "1ab- c", true),
            ("^[[:alpha:]]+[[:digit:]]$", "abc1", true), ("^[[:^alpha:]]$", "1", true),
            ("(?i)HELLO", "hello", true), ("(?i:h)ELLO", "hello", false), ("(?i)ÄRGER", "ärger", true),
            ("(?i)[a-c]+$", "ABC", true), ("(?i)[^a]", "A", false),
            ("(?i)a(?-i)b", "Ab", true), ("(?i)a(?-i)b", "AB", false), ("((?i)a)b", "AB", false),
            ("a.b", "a\nb", false), ("(?s)a.b", "a\nb", true), ("^b", "a\nb", false),
            ("(?m)^b$", "a\nb\nc", true), (#"\bfoo\b"#, "a foo b", true), (#"\bfoo\b"#, "afoo", false),
            (#"\Boo"#, "foo", true), (#"\Aa\z"#, "a", true),
            (#"\x41\x{1F431}"#, "A🐱", true), (#"\.\*\+\?\(\)\[\]\{\}\|\\\^\$"#, ".*+?()[]{}|\\^$", true),
            ("(?P<name>a)(?<other>b)", "ab", true), ("(?:ab)+$", "abab", true),
            ("(a*)*$", "b", true), ("(a|b|c|)x", "x", true), ("(|a)+$", "aaa", true),
            (#"\t\n\r\f\v\a"#, "\t\n\r\u{0c}\u{0b}\u{07}", true), ("é", "e\u{301}", false),
            (#"ngrok-docs-examples\.ngrok\.dev"#, "ngrok-docs-examples.ngrok.dev", true),
            (#"ngrok\.dev"#, "ngrokxdev", false),
        ]
    )
    func matching(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
        let constant = "\(self.quoted(text)).matches(\(self.quoted(pattern)))"
        #expect(try ExpressionBench.evaluate(constant).description == "\(isMatch)")
        // The same where the pattern is not known before.
        let dynamic = "\(self.quoted(text)).matches(vars.a == 1 ? \(self.quoted(pattern)) : '')"
        #expect(try ExpressionBench.evaluate(dynamic).description == "\(isMatch)")
    }

    @Test(
        "are refused with the reason",
        arguments: [
            ("(", "a '(' without its ')'"), (")", "a ')' without its '('"), ("[", "a '[' without its ']'"),
            ("*", "a '*' with nothing to repeat"),
            ("a**", "a repetition of a repetition, such as a**"),
            ("a{1001}", "a repetition may be at most {1000}, and not backwards"),
            ("a{3,2}", "a repetition may be at most {1000}, and not backwards"),
            ("{2}", "a '{' with nothing to repeat"),
            (#"(a)\1"#, #"'\1': RE2 has no back-references, and octal is not supported"#),
            ("(?=a)", "RE2 cannot look ahead, '(?='"),
            ("(?<=a)", "a group's name has letters, digits and '_', and ends with '>'; RE2 cannot look behind"),
            (#"\pL"#, #"classes of Unicode, '\p', are not supported"#), (#"\y"#, #"there is no escape '\' with 'y'"#),
            (#"\"#, #"a '\' at the end"#),
            ("[b-a]", "the range 'b-a' is backwards"), ("[[:alhpa:]]", "there is no class '[:alhpa:]'"),
            ("(?x)a", "there is no flag 'x' of a group"),
            ("(a{1000}){1000}", "the pattern is too large; make its repetitions smaller"),
            ("(((){1000}){1000}){1000}", "the pattern is too large; make its repetitions smaller"),
            (#"\xg"#, #"'\x' needs two digits, or braces with a code point in them"#),
            (#"\x{110000}"#, #"'\x' needs two digits, or braces with a code point in them"#),
        ]
    )
    func refusals(_ pattern: String, _ reason: String) throws {
        let error = try #require(throws: ExpressionError.self) {
            try ExpressionBench.evaluate("'a'.matches(\(self.quoted(pattern)))")
        }
        #expect(error.code == .invalidPattern)
        #expect(error.message == "no regular expression: \(reason)")
        let failure = try #require(throws: EvaluationError.self) {
            try ExpressionBench.evaluate("'a'.matches(vars.a == 1 ? \(self.quoted(pattern)) : '')")
        }
        #expect(failure.code == .invalidArgument)
    }

    @Test("groups inside groups end at a bound and not with the stack")
    func depth() throws {
        let pattern = "(".repeated(20_000) + ")".repeated(20_000)
        let error = try #require(throws: ExpressionError.self) {
            try ExpressionBench.evaluate("'a'.matches('\(pattern)')")
        }
        #expect(error.code == .invalidPattern)
    }

    @Test(
        "take as many steps as the text is long, whatever they say",
        arguments: ["(a*)*b", "(a+a+)+b", "(a|a)*b", "(a|aa)+$b", "(.*)*(.*)*(.*)*b", "(a?){30}a{30}b"]
    )
    func linear(_ pattern: String) throws {
        // A matcher that goes back would need 2^200 steps.
        var budget = EvaluationBudget(steps: 200 * 250)
        let expression = try PolicyExpression(
            "dyn('\("a".repeated(200))').matches('\(pattern)')",
            scope: ExpressionBench.scope
        )
        #expect(try expression.evaluate(ExpressionBench.Variables(), budget: &budget).description == "false")
    }

    @Test("stop when the budget is used up")
    func budget() throws {
        let error = try #require(throws: EvaluationError.self) {
            try ExpressionBench.evaluate(
                "any.matches('(a?){500}') && '\("a".repeated(1_000))'.matches(dyn('(a?){300}b'))",
                steps: 10_000
            )
        }
        #expect(error.code == .tooManySteps)
    }
}

extension String {
    func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
