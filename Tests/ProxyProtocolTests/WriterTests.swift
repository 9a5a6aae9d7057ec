import Addresses
import ProxyProtocol
import Testing

@Suite("Writing PROXY headers")
struct WriterTests {
    struct Pair: Sendable {
        var source: String
        var destination: String
        var line: String
        var family: UInt8
    }

    @Test(
        "both ends are named in one family",
        arguments: [
            Pair(
                source: "192.0.2.1:56324",
                destination: "198.51.100.7:443",
                line: "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n",
                family: 0x11
            ),
            Pair(
                source: "[2001:db8::1]:1",
                destination: "[2001:DB8:0:0:1::2]:443",
                line: "PROXY TCP6 2001:db8::1 2001:db8::1:0:0:2 1 443\r\n",
                family: 0x21
            ),
            Pair(
                source: "[2001:db8::1]:1",
                destination: "198.51.100.7:443",
                line: "PROXY TCP6 2001:db8::1 ::ffff:198.51.100.7 1 443\r\n",
                family: 0x21
            ),
            Pair(
                source: "192.0.2.1:1",
                destination: "[2001:db8::2]:443",
                line: "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 443\r\n",
                family: 0x21
            ),
            Pair(
                source: "[::ffff:192.0.2.1]:1",
                destination: "[::ffff:198.51.100.7]:443",
                line: "PROXY TCP4 192.0.2.1 198.51.100.7 1 443\r\n",
                family: 0x11
            ),
        ]
    )
    func families(_ pair: Pair) throws {
        let source = try #require(TransportAddress(pair.source))
        let destination = try #require(TransportAddress(pair.destination))
        let header = ProxyHeader(version: .one, addresses: .ip(source: source, destination: destination))
        #expect(String(decoding: try ProxyHeaderWriter.version1(header), as: UTF8.self) == pair.line)
        let binary = try ProxyHeaderWriter.version2(header, crc32c: true)
        #expect(binary[12] == 0x21)
        #expect(binary[13] == pair.family)
        #expect(Int(binary[14]) << 8 + Int(binary[15]) == binary.count - 16)
        #expect(try complete(binary).0.source?.port == source.port)
    }

    @Test("what cannot be said is refused")
    func refusals() throws {
        let datagram = ProxyHeader(version: .one, transport: .datagram, addresses: .unknown)
        #expect(try code { try ProxyHeaderWriter.version1(datagram) } == .notRepresentable)
        let long = ProxyHeader(
            version: .two,
            addresses: .unknown,
            tlvs: [ProxyTLV(.noOperation, [UInt8](repeating: 0, count: 65_533))]
        )
        #expect(try code { try ProxyHeaderWriter.version2(long) } == .tooLong)
        let identified = ProxyHeader(
            version: .two,
            addresses: .unknown,
            tlvs: [ProxyTLV(.uniqueID, [UInt8](repeating: 0, count: 129))]
        )
        #expect(try code { try ProxyHeaderWriter.version2(identified) } == .uniqueIDTooLong)
    }

    private func code(_ body: () throws -> [UInt8]) throws -> ProxyError.Code {
        try #require(throws: ProxyError.self) { try body() }.code
    }

    @Test("an SSL TLV is read as it was written")
    func ssl() throws {
        let ssl = ProxySSL(
            client: [.tls, .certificateOnConnection, .certificateInSession],
            verify: 10,
            tlvs: [ProxyTLV(.sslVersion, Array("TLSv1.3".utf8)), ProxyTLV(.sslClientCertificate, [0x30, 0])]
        )
        let header = ProxyHeader(version: .two, addresses: .unknown, tlvs: [try ssl.tlv()])
        #expect(try complete(try ProxyHeaderWriter.version2(header)).0.ssl == ssl)
    }

    @Test("CRC-32C is that of RFC 3720's examples")
    func checksum() {
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.checksum([UInt8](0..<32)) == 0x46dd_794e)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
    }
}
