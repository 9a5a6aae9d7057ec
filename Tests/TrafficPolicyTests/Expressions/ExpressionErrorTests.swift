import Testing
import TrafficPolicy

@Suite("Texts that are no expressions")
struct ExpressionErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let source: String
        let code: ExpressionError.Code
        let message: String
        let line: Int
        let column: Int
        var testDescription: String { self.source }

        init(_ source: String, _ code: ExpressionError.Code, _ message: String, _ column: Int, line: Int = 1) {
            self.source = source
            self.code = code
            self.message = message
            self.line = line
            self.column = column
        }
    }

    private func expect(_ mistake: Mistake) throws {
        let error = try #require(throws: ExpressionError.self) {
            try PolicyExpression(mistake.source, scope: ExpressionBench.scope)
        }
        #expect(error.code == mistake.code)
        #expect(error.message == mistake.message)
        #expect(error.line == mistake.line && error.column == mistake.column, "\(error)")
    }

    @Test(
        "are refused at the word that does not fit",
        arguments: [
            Mistake("", .malformed, "the end where a value should be", 1),
            Mistake("1 +", .malformed, "the end where a value should be", 4),
            Mistake("1 2", .malformed, "a number where an operator should be", 3),
            Mistake("(1", .malformed, "the end where ')' should be", 3),
            Mistake("[1, 2", .malformed, "the end where ']' should be", 6),
            Mistake("{1: 2", .malformed, "the end where '}' should be", 6),
            Mistake("{1}", .malformed, "'}' where ':' should be", 3),
            Mistake("true ? 1", .malformed, "the end where ':' should be", 9),
            Mistake("size('a',)", .malformed, "')' where an argument should be", 10),
            Mistake("any.", .malformed, "the end where a name should be", 5),
            Mistake("any.'a'", .malformed, "a text where a name should be", 5),
            Mistake("'é' = 'é'", .malformed, "'=' is no part of an expression; '==' compares", 5),
            Mistake("true & false", .malformed, "'&' is no part of an expression; '&&' is and", 6),
            Mistake("true | false", .malformed, "'|' is no part of an expression; '||' is or", 6),
            Mistake("1 + €", .malformed, "'€' is no part of an expression", 5),
            Mistake("1 +\u{202e}2", .malformed, "U+202E is no part of an expression", 4),
            Mistake("'abc", .malformed, "the text that begins here has no end", 1),
            Mistake("'a\nb'", .malformed, "the text that begins here has no end", 1),
            Mistake("'''a''", .malformed, "the text that begins here has no end", 1),
            Mistake(#"'a\"#, .malformed, "the text that begins here has no end", 1),
            Mistake(#"'a\q'"#, .malformed, #"there is no escape \ with 'q'; write \\ for a backslash, or r'…'"#, 3),
            Mistake(#"'\u12'"#, .malformed, "an escape needs 4 digits", 2),
            Mistake(#"'\x-0'"#, .malformed, "an escape needs 2 digits", 2),
            Mistake(#"'\ud800'"#, .malformed, "there is no such code point", 2),
            Mistake(#"b'\u0041'"#, .malformed, #"there is no escape \ with 'u'; write \\ for a backslash, or r'…'"#, 3),
            Mistake("9223372036854775808", .malformed, "the number is no int: those have 64 bits", 1),
            Mistake("18446744073709551616u", .malformed, "the number is no uint: those are below 2^64", 1),
            Mistake("1e999", .malformed, "the number 1e999 is too large", 1),
            Mistake("12ab", .malformed, "a number with letters in it", 1),
            Mistake("0x", .malformed, "a number with letters in it", 1),
            Mistake("1 +\n  if", .malformed, "'if' is a word of CEL's own and no name", 3, line: 2),
            Mistake("conn.client_port == 80 AND true", .malformed, "'AND' where an operator should be", 24),
        ]
    )
    func grammar(_ mistake: Mistake) throws { try self.expect(mistake) }

    @Test(
        "name what was most likely meant",
        arguments: [
            Mistake(
                "conn.client_pi == 'a'",
                .unknownName,
                "there is no 'conn.client_pi'; did you mean 'conn.client_ip'?",
                1
            ),
            Mistake(
                "true &&\n con.client_ip == 'a'",
                .unknownName,
                "there is no 'con'; did you mean 'conn'?",
                2,
                line: 2
            ),
            Mistake(
                "conn == 1",
                .unknownName,
                "'conn' is no value; use 'conn.client_ip', 'conn.client_port', 'conn.ts'",
                1
            ),
            Mistake(
                "conn.x.y.z == 1",
                .unknownName,
                "there is no 'conn.x'; there are 'conn.client_ip', 'conn.client_port', 'conn.ts'",
                1
            ),
            Mistake(
                "conn.geo.city == 'x'",
                .unavailable,
                "'conn.geo.city' has no value here: nothing here knows places",
                1
            ),
            Mistake("vars.c == 1", .unknownName, "there is no 'c'; there are 'a', 'b'", 6),
            Mistake(
                "cert.extensions.all(e, e.critcal)",
                .unknownName,
                "there is no 'critcal'; did you mean 'critical'?",
                26
            ),
            Mistake(
                "any.startWith('a')",
                .unknownName,
                "there is no function 'startWith'; did you mean 'startsWith'?",
                5
            ),
            Mistake("frobnicate(1)", .unknownName, "there is no function 'frobnicate'", 1),
            Mistake("hash.md5('a')", .unsupported, "'hash.md5' is ngrok's, and no part of the expressions here", 1),
            Mistake("'a'.sha256()", .unsupported, "'sha256' is ngrok's, and no part of the expressions here", 5),
            Mistake(
                "getReqHeader('a')",
                .unsupported,
                "'getReqHeader' is ngrok's, and no part of the expressions here",
                1
            ),
        ]
    )
    func names(_ mistake: Mistake) throws {
        // "'conn.geo'" is what has no value.
        let message = mistake.message.replacing("'conn.geo.city'", with: "'conn.geo'")
        try self.expect(Mistake(mistake.source, mistake.code, message, mistake.column, line: mistake.line))
    }

    @Test(
        "say which types do not go together",
        arguments: [
            Mistake(
                "conn.client_ip == 1",
                .wrongType,
                "'==' cannot take string and int; convert one, such as with string(…)",
                16
            ),
            Mistake("1 == 1.0", .wrongType, "'==' cannot take int and double; convert one, such as with int(…)", 3),
            Mistake("1 + 1u", .wrongType, "'+' cannot take int and uint; convert one, such as with int(…)", 3),
            Mistake("1.0 % 2.0", .wrongType, "'%' cannot take double and double", 5),
            Mistake("'a' - 'b'", .wrongType, "'-' cannot take string and string", 5),
            Mistake("'a' in 'abc'", .wrongType, "'in' cannot take string and string", 5),
            Mistake("1 in ['a']", .wrongType, "'in' cannot take int and list(string)", 3),
            Mistake("[1] < [2]", .wrongType, "'<' cannot take list(int) and list(int)", 5),
            Mistake("null < 1", .wrongType, "'<' cannot take null and int", 6),
            Mistake("!conn.client_ip", .wrongType, "'!' needs a bool, not string", 1),
            Mistake("-'a'", .wrongType, "'-' needs an int or a double, not string", 1),
            Mistake("-1u", .wrongType, "'-' needs an int or a double, not uint", 1),
            Mistake("true && 'a'", .wrongType, "'&&' needs a bool, not string", 9),
            Mistake("1 || true", .wrongType, "'||' needs a bool, not int", 1),
            Mistake("1 ? 2 : 3", .wrongType, "'?' needs a bool, not int", 3),
            Mistake("true ? 'cows' : 17", .wrongType, "'?' has a result of type string or one of type int", 6),
            Mistake("'abc'[0]", .wrongType, "a value of type string has no index of type int", 6),
            Mistake("[1]['a']", .wrongType, "a value of type list(int) has no index of type string", 4),
            Mistake("conn.client_ip.geo", .wrongType, "a value of type string has no field 'geo'", 16),
            Mistake("{1.5: 2}", .wrongType, "a key is a bool, an int, a uint or a string, not double", 2),
            Mistake(
                "size(1)",
                .wrongType,
                "'size' cannot take (int); there is bytes.size(), list.size(), map.size(), size(bytes), size(list), size(map), size(string), string.size()",
                1
            ),
            Mistake(
                "'a'.startsWith(1)",
                .wrongType,
                "'startsWith' cannot take (string, int); there is string.startsWith(string)",
                5
            ),
            Mistake(
                "startsWith('a', 'b')",
                .wrongType,
                "'startsWith' cannot take (string, string); there is string.startsWith(string)",
                1
            ),
            Mistake(
                "int(null)",
                .wrongType,
                "'int' cannot take (null); there is int(double), int(int), int(string), int(timestamp), int(uint)",
                1
            ),
            Mistake("timestamp(0) == 0", .wrongType, "'==' cannot take timestamp and int", 14),
            Mistake(
                "timestamp(0).getDate(1)",
                .wrongType,
                "'getDate' cannot take (timestamp, int); there is timestamp.getDate(), timestamp.getDate(string)",
                14
            ),
            Mistake("has(any)", .wrongType, "has() needs a field, such as has(a.b)", 1),
            Mistake("has(any.a, any.b)", .wrongType, "has() needs one field", 1),
            Mistake("[1].all(x)", .wrongType, "all() needs a name and an expression", 5),
            Mistake("[1].all(x.y, true)", .wrongType, "all() needs a name for an element first", 11),
            Mistake("[1].all(x, x)", .wrongType, "all() needs a bool, not int", 12),
            Mistake("1.all(x, true)", .wrongType, "all() needs a list or a map, not int", 3),
            Mistake("'a'.map(x, x)", .wrongType, "map() needs a list or a map, not string", 5),
        ]
    )
    func types(_ mistake: Mistake) throws { try self.expect(mistake) }

    @Test("a rule's condition is a bool, or may be one")
    func conditions() throws {
        let error = try #require(throws: ExpressionError.self) {
            try PolicyExpression.condition("conn.client_ip", scope: ExpressionBench.scope)
        }
        #expect(error.code == .wrongType)
        #expect(error.message == "the expression must be a bool, not string")
        #expect(try PolicyExpression.condition("any", scope: ExpressionBench.scope).type == .dynamic)
    }

    @Test("name some of many names")
    func manyNames() throws {
        let scope = ExpressionScope((0..<500).map { .init("name\($0)", slot: $0, type: .int) })
        let error = try #require(throws: ExpressionError.self) { try PolicyExpression("x", scope: scope) }
        #expect(error.message.hasPrefix("there is no 'x'; there are 'name0', 'name1', 'name10', "))
        #expect(error.message.hasSuffix(" and 480 more"))
    }
}
