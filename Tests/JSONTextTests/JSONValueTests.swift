import JSONText
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test(
        "is read and written compactly",
        arguments: [
            (" { \"a\" : [ 1 , -2, true, null, \"x\" ] } ", "{\"a\":[1,-2,true,null,\"x\"]}"),
            ("{}", "{}"), ("[]", "[]"), ("\"\\u0041\\ud83d\\ude00\\n\\/\"", "\"A😀\\n/\""),
            ("\"\\ud83d\"", "\"\u{fffd}\""), ("\"\\ud83d\\u0041\"", "\"\u{fffd}A\""), ("\"\\u0000\"", "\"\\u0000\""),
            ("9223372036854775807", "9223372036854775807"), ("1.5", "1.5"), ("1e2", "100.0"),
        ]
    )
    func roundTrip(_ text: String, _ compact: String) throws {
        #expect(String(decoding: try JSONValue(reading: Array(text.utf8)).encoded, as: UTF8.self) == compact)
    }

    @Test(
        "is refused where RFC 8259 has no such thing",
        arguments: [
            "", "{", "}", "{]", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "+1", "1.", ".5", "1e", "-", "nul",
            "tru",
            "\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "1 2", "{\"a\":1}x", "1e999", "NaN",
        ]
    )
    func refused(_ text: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(reading: Array(text.utf8)) }
        #expect(error.code == .malformed)
    }

    @Test("is refused when it is nested to exhaust the stack")
    func depth() throws {
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        let error = try #require(throws: JSONError.self) { try JSONValue(reading: deep) }
        #expect(error.code == .tooDeep)
    }

    @Test("is refused when a string is not UTF-8")
    func invalidUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(reading: [0x22, 0xff, 0x22]) }
    }

    @Test("gives members, texts and elements, and nil where there are none")
    func access() throws {
        let value = try JSONValue(reading: Array(#"{"a":["x",1],"b":"y","b":"z"}"#.utf8))
        #expect(value["a"]?.elements?.compactMap(\.text) == ["x"])
        #expect(value["b"]?.text == "y")
        #expect(value["c"] == nil)
        #expect(value.text == nil)
        #expect(JSONValue.string("a")["a"] == nil)
    }

    @Test(
        "has as many digits after the dot as it is told",
        arguments: [
            (0, 0, "0"), (0, 2, "0.00"), (7, 2, "0.07"), (70, 2, "0.70"), (41_200, 2, "412.00"), (-5, 1, "-0.5"),
            (-12, 0, "-12"),
            (Int64.min, 3, "-9223372036854775.808"),
        ] as [(Int64, Int, String)]
    )
    func decimals(_ units: Int64, places: Int, _ written: String) throws {
        let text = JSONValue.decimal(units, places: places).encoded
        #expect(String(decoding: text, as: UTF8.self) == written)
        _ = try JSONValue(reading: text)
    }

    @Test(
        "is escaped for where it goes",
        arguments: [
            ("a\"b\\c", JSONEscaping.controls, #""a\"b\\c""#),
            ("\n\r\t\u{0}\u{1b}\u{7f}", .controls, #""\n\r\t\u0000\u001b\u007f""#),
            ("ä€😀\u{202e}\u{2028}<", .controls, "\"ä€😀\u{202e}\u{2028}<\""),
            ("ä\u{85}\u{ad}\u{202e}\u{2028}\u{2029}<", .invisibles, #""ä\u0085\u00ad\u202e\u2028\u2029<""#),
            ("\u{e0041}", .invisibles, #""\udb40\udc41""#),
            ("</script>&\u{2028}\u{2029}\u{202e}", .script, "\"\\u003c/script\\u003e\\u0026\\u2028\\u2029\u{202e}\""),
        ]
    )
    func escaping(_ text: String, _ escaping: JSONEscaping, _ written: String) throws {
        #expect(JSONValue.quoted(text, escaping: escaping) == written)
        #expect(try JSONValue(reading: Array(written.utf8)) == .string(text))
    }
}
