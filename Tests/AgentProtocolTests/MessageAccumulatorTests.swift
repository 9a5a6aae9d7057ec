import AgentProtocol
import Testing

@Suite("The end of a message on its stream")
struct MessageAccumulatorTests {
    @Test("a text that is no JSON is a malformed message, and says where")
    func malformed() throws {
        let error = try #require(throws: MessageError.self) { try AuthResp(decoding: Array("{\"a\":}".utf8)) }
        #expect(error.code == .malformed)
        #expect(error.field == "json at byte 5")
        let deep = Array(String(repeating: "[", count: 1_000).utf8)
        #expect(try #require(throws: MessageError.self) { try AuthResp(decoding: deep) }.code == .tooDeep)
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
