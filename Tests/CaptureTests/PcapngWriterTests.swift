import Capture
import Testing

@Suite("Capture files")
struct PcapngWriterTests {
    /// The blocks of a little-endian file: type and body.
    static func blocks(_ bytes: [UInt8]) -> [(type: UInt32, body: [UInt8])] {
        func number(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * $1) } }
        var blocks: [(type: UInt32, body: [UInt8])] = []
        var offset = 0
        while offset + 12 <= bytes.count {
            let length = Int(number(offset + 4))
            #expect(length % 4 == 0 && length >= 12 && offset + length <= bytes.count)
            #expect(Int(number(offset + length - 4)) == length, "the length stands at both ends")
            blocks.append((number(offset), Array(bytes[(offset + 8)..<(offset + length - 4)])))
            offset += length
        }
        #expect(offset == bytes.count)
        return blocks
    }

    @Test("a file begins with its section and one interface, whose packets begin with IP")
    func head() {
        let writer = PcapngWriter(application: "shakedown 1", comment: "what it is")
        let blocks = Self.blocks(writer.bytes)
        #expect(blocks.map(\.type) == [0x0a0d_0d0a, 1])
        #expect(Array(blocks[0].body.prefix(8)) == [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0])
        #expect(Array(blocks[1].body.prefix(2)) == [101, 0])
        let text = String(decoding: blocks[0].body, as: UTF8.self)
        #expect(text.contains("what it is") && text.contains("shakedown 1"))
    }

    @Test("secrets are a block of their own, and no block where there are none")
    func secrets() {
        var writer = PcapngWriter(application: "a", comment: "c")
        writer.append(secrets: [])
        #expect(Self.blocks(writer.bytes).count == 2)
        writer.append(secrets: ["CLIENT_RANDOM 00 11"])
        let block = Self.blocks(writer.bytes)[2]
        #expect(block.type == 10)
        #expect(block.body == Array("KSLT".utf8) + [20, 0, 0, 0] + Array("CLIENT_RANDOM 00 11\n".utf8))
    }

    @Test("a packet has its time, its length and what is said of it")
    func packet() {
        var writer = PcapngWriter(application: "a", comment: "c")
        writer.append(packet: [1, 2, 3, 4, 5], at: 0x0001_0203_0405_0607, comment: "hi")
        let body = Self.blocks(writer.bytes)[2].body
        #expect(
            body == [
                0, 0, 0, 0, 0x03, 0x02, 0x01, 0x00, 0x07, 0x06, 0x05, 0x04, 5, 0, 0, 0, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0,
                0, 1,
                0, 2, 0, 0x68, 0x69, 0, 0, 0, 0, 0, 0,
            ]
        )
    }
}
