import AgentProtocol
import Testing

@Suite("The header of a proxied stream")
struct ProxyStreamHeaderTests {
    private let header = ProxyStreamHeader(
        id: "b1",
        clientAddr: "[2001:db8::1]:50000",
        proto: "tls",
        edgeType: .undefined,
        passthroughTLS: true
    )

    @Test("starts with its length in little-endian order")
    func layout() {
        let bytes = self.header.framed
        let json =
            "{\"Id\":\"b1\",\"ClientAddr\":\"[2001:db8::1]:50000\",\"Proto\":\"tls\",\"EdgeType\":\"0\",\"PassthroughTLS\":true}"
        #expect(Array(bytes.prefix(8)) == [UInt8(json.utf8.count), 0, 0, 0, 0, 0, 0, 0])
        #expect(String(decoding: bytes.dropFirst(8), as: UTF8.self) == json)
    }

    @Test("is read in any two pieces, and leaves the payload alone")
    func splits() throws {
        let framed = self.header.framed
        let stream = framed + [0x16, 0x03, 0x01]
        for cut in 0...framed.count {
            var reader = ProxyStreamHeaderReader()
            var progress = try reader.append(stream[..<cut])
            if cut < framed.count {
                #expect(progress == .needsMore)
                progress = try reader.append(stream[cut...])
            }
            #expect(progress == .complete(self.header, length: framed.count))
        }
    }

    @Test(
        "is refused with a length beyond the limit, or a negative one, at once",
        arguments: [
            [0x01, 0x00, 0x01, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0x80], [UInt8](repeating: 0xff, count: 8),
        ] as [[UInt8]]
    )
    func lengths(_ prefix: [UInt8]) throws {
        var reader = ProxyStreamHeaderReader()
        let error = try #require(throws: MessageError.self) { try reader.append(prefix) }
        #expect(error.code == .tooLong)
    }

    @Test("is refused when its body is no object")
    func body() {
        var reader = ProxyStreamHeaderReader()
        #expect(throws: MessageError.self) { try reader.append([2, 0, 0, 0, 0, 0, 0, 0] + Array("[]".utf8)) }
    }
}
