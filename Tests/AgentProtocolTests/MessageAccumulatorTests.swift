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

    private func append(_ text: some Sequence<UInt8>, to accumulator: inout MessageAccumulator) throws -> [UInt8]? {
        let bytes = Array(text)
        return try accumulator.append(bytes.span)
    }

    @Test("ends on a stream where its value ends, in any pieces")
    func accumulator() throws {
        let text = Array("{\"a\":\"}\\\"{\",\"b\":[{}]}".utf8)
        for cut in 0...text.count {
            var accumulator = MessageAccumulator()
            var result = try self.append(text[..<cut], to: &accumulator)
            if result == nil { result = try self.append(text[cut...] + "\n{".utf8, to: &accumulator) }
            #expect(result == text, "cut at \(cut)")
        }
        var null = MessageAccumulator()
        #expect(try self.append(" nu".utf8, to: &null) == nil)
        #expect(try self.append("ll".utf8, to: &null) == Array("null".utf8))
        var limited = MessageAccumulator(limit: 8)
        #expect(throws: MessageError.self) { _ = try self.append("{\"aaaaaaaaaaa\"".utf8, to: &limited) }
        var other = MessageAccumulator()
        #expect(throws: MessageError.self) { _ = try self.append("[1]".utf8, to: &other) }
    }

    @Test("counts what is kept of a value that is not whole")
    func byteCount() throws {
        var accumulator = MessageAccumulator()
        _ = try self.append(" \n{\"a\":".utf8, to: &accumulator)
        #expect(accumulator.byteCount == 5)
        _ = try self.append("1}".utf8, to: &accumulator)
        #expect(accumulator.byteCount == 0)
    }
}
