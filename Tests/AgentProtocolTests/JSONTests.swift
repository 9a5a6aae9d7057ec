import AgentProtocol
import Testing

@Suite("JSON")
struct JSONTests {
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
        let error = try #require(throws: MessageError.self) { try JSONValue(reading: Array(text.utf8)) }
        #expect(error.code == .malformed)
    }

    @Test("is refused when it is nested to exhaust the stack")
    func depth() throws {
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        let error = try #require(throws: MessageError.self) { try JSONValue(reading: deep) }
        #expect(error.code == .tooDeep)
    }

    @Test("is refused when a string is not UTF-8")
    func invalidUTF8() {
        #expect(throws: MessageError.self) { try JSONValue(reading: [0x22, 0xff, 0x22]) }
    }

    @Test("ends on a stream where its value ends, in any pieces")
    func accumulator() throws {
        let text = Array("{\"a\":\"}\\\"{\",\"b\":[{}]}".utf8)
        for cut in 0...text.count {
            var accumulator = MessageAccumulator()
            var result = try accumulator.append(text[..<cut])
            if result == nil { result = try accumulator.append(text[cut...] + Array("\n{".utf8)) }
            #expect(result == text, "cut at \(cut)")
        }
        var null = MessageAccumulator()
        #expect(try null.append(Array(" nu".utf8)) == nil)
        #expect(try null.append(Array("ll".utf8)) == Array("null".utf8))
        var limited = MessageAccumulator(limit: 8)
        #expect(throws: MessageError.self) { _ = try limited.append(Array("{\"aaaaaaaaaaa\"".utf8)) }
        var other = MessageAccumulator()
        #expect(throws: MessageError.self) { _ = try other.append(Array("[1]".utf8)) }
    }
}
