import Addresses
import Capture
import Testing

@Suite("Connections as packets")
struct TCPConversationTests {
    private static func address(_ text: String) throws -> TransportAddress { try #require(TransportAddress(text)) }

    /// The ports, numbers, flags and payload of a packet.
    private struct Segment: Equatable {
        var isFromClient: Bool
        var sequence: UInt32
        var acknowledged: UInt32
        var flags: UInt8
        var payload: [UInt8]

        init(_ packet: TCPConversation.Packet, clientPort: UInt16) {
            let bytes = packet.bytes
            let start = bytes[0] >> 4 == 4 ? 20 : 40
            func number(_ at: Int, _ count: Int) -> UInt32 {
                bytes[(start + at)..<(start + at + count)].reduce(0) { $0 << 8 | UInt32($1) }
            }
            self.isFromClient = number(0, 2) == UInt32(clientPort)
            self.sequence = number(4, 4)
            self.acknowledged = number(8, 4)
            self.flags = bytes[start + 13]
            self.payload = Array(bytes[(start + 20)...])
        }

        init(_ isFromClient: Bool, _ sequence: UInt32, _ acknowledged: UInt32, _ flags: UInt8, _ payload: [UInt8] = [])
        {
            self.isFromClient = isFromClient
            self.sequence = sequence
            self.acknowledged = acknowledged
            self.flags = flags
            self.payload = payload
        }
    }

    @Test("numbers go on as the bytes do, and each end of the connection has its place in them")
    func numbers() throws {
        var conversation = TCPConversation(
            client: try Self.address("127.0.0.1:40000"),
            server: try Self.address("127.0.0.1:443")
        )
        conversation.open(at: 0)
        conversation.say([1, 2, 3], by: .client, at: 1)
        conversation.say([4], by: .server, at: 2)
        conversation.finish(by: .server, at: 3)
        conversation.finish(by: .client, at: 4)
        let segments = conversation.packets.map { Segment($0, clientPort: 40_000) }
        #expect(
            segments == [
                Segment(true, 0, 0, 0x02), Segment(false, 0, 1, 0x12), Segment(true, 1, 1, 0x10),
                Segment(true, 1, 1, 0x18, [1, 2, 3]), Segment(false, 1, 4, 0x10), Segment(false, 1, 4, 0x18, [4]),
                Segment(true, 4, 2, 0x10), Segment(false, 2, 4, 0x11), Segment(true, 4, 3, 0x10),
                Segment(true, 4, 3, 0x11), Segment(false, 3, 5, 0x10),
            ]
        )
    }

    @Test("what is too long for one packet is several, and every checksum is right", arguments: ["127.0.0.1", "[::1]"])
    func checksums(host: String) throws {
        var conversation = TCPConversation(
            client: try Self.address("\(host):40000"),
            server: try Self.address("\(host):443")
        )
        conversation.open(at: 0)
        conversation.say([UInt8](repeating: 0xa5, count: 70_001), by: .client, at: 1)
        conversation.reset(by: .server, at: 2)
        var payload = 0
        for packet in conversation.packets {
            let isIPv4 = packet.bytes[0] >> 4 == 4
            let start = isIPv4 ? 20 : 40
            let segment = Array(packet.bytes[start...])
            payload += segment.count - 20
            let length = UInt16(segment.count)
            let addresses = isIPv4 ? Array(packet.bytes[12..<20]) : Array(packet.bytes[8..<40])
            let pseudoHeader =
                addresses + (isIPv4 ? [0, 6] : [0, 0]) + [UInt8(length >> 8), UInt8(length & 0xff)]
                + (isIPv4 ? [] : [0, 0, 0, 6])
            #expect(TCPConversation.checksum(pseudoHeader + segment) == 0)
            if isIPv4 { #expect(TCPConversation.checksum(Array(packet.bytes[..<20])) == 0) }
            let stated =
                isIPv4
                ? Int(packet.bytes[2]) << 8 | Int(packet.bytes[3]) : Int(packet.bytes[4]) << 8 | Int(packet.bytes[5])
            #expect(stated == (isIPv4 ? packet.bytes.count : segment.count))
        }
        #expect(payload == 70_001)
    }

    @Test("RFC 1071's example")
    func checksum() {
        #expect(TCPConversation.checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == ~0xddf2)
    }
}
