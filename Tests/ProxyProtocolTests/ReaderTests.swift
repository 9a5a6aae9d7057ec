import ProxyProtocol
import Testing

struct BadHeader: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var code: ProxyError.Code

    init(_ name: String, _ line: String, _ code: ProxyError.Code) {
        self.init(name, Array(line.utf8), code)
    }

    init(_ name: String, _ bytes: [UInt8], _ code: ProxyError.Code) {
        self.name = name
        self.bytes = bytes
        self.code = code
    }

    var testDescription: String { self.name }
}

@Suite("Reading PROXY headers")
struct ReaderTests {
    @Test(
        "version 1 lines that break the grammar are refused",
        arguments: [
            BadHeader("line feed only", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", .lineMalformed),
            BadHeader("carriage return inside", "PROXY TCP4 192.0.2.1\r192.0.2.2 1 2\r\n", .lineMalformed),
            BadHeader("line feed inside UNKNOWN", "PROXY UNKNOWN a\nb\r\n", .lineMalformed),
            BadHeader("two spaces", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", .lineMalformed),
            BadHeader("trailing space", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", .lineMalformed),
            BadHeader("a field too many", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", .lineMalformed),
            BadHeader("a field too few", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", .lineMalformed),
            BadHeader("no protocol", "PROXY \r\n", .protocolUnknown),
            BadHeader("lower-case protocol", "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", .protocolUnknown),
            BadHeader("UDP", "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", .protocolUnknown),
            BadHeader("UNKNOWN with something glued on", "PROXY UNKNOWNX\r\n", .protocolUnknown),
            BadHeader("leading zero in an octet", "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", .addressInvalid),
            BadHeader("octet 256", "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n", .addressInvalid),
            BadHeader("three octets", "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n", .addressInvalid),
            BadHeader("two double colons", "PROXY TCP6 2001::1::2 ::1 1 2\r\n", .addressInvalid),
            BadHeader("five digits in a group", "PROXY TCP6 2001:00db8::1 ::1 1 2\r\n", .addressInvalid),
            BadHeader("an address with a zone", "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", .addressInvalid),
            BadHeader("an address in brackets", "PROXY TCP6 [::1] ::1 1 2\r\n", .addressInvalid),
            BadHeader("IPv6 in a TCP4 line", "PROXY TCP4 ::1 192.0.2.2 1 2\r\n", .familyMismatch),
            BadHeader("IPv4 in a TCP6 line", "PROXY TCP6 ::1 192.0.2.2 1 2\r\n", .familyMismatch),
            BadHeader("leading zero in a port", "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", .portInvalid),
            BadHeader("port 65536", "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n", .portInvalid),
            BadHeader("negative port", "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n", .portInvalid),
            BadHeader("signed port", "PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n", .portInvalid),
            BadHeader("a port of letters", "PROXY TCP4 192.0.2.1 192.0.2.2 http 2\r\n", .portInvalid),
            BadHeader("107 bytes without an end", "PROXY UNKNOWN " + String(repeating: "x", count: 93), .lineTooLong),
        ]
    )
    func version1(_ bad: BadHeader) throws {
        let error = try #require(throws: ProxyError.self) { try read(bad.bytes) }
        #expect(error.code == bad.code)
    }

    @Test("a version 1 line may have 107 bytes and not one more")
    func longestLine() throws {
        let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(try complete(Array(longest.utf8)).1 == 107)
        let longer = "PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n"
        let error = try #require(throws: ProxyError.self) { try read(Array(longer.utf8)) }
        #expect(error.code == .lineTooLong)
    }

    @Test(
        "UNKNOWN says nothing, whatever follows it",
        arguments: ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff:f::1 999 0 banana\r\n"]
    )
    func unknown(_ line: String) throws {
        let (header, length) = try complete(Array(line.utf8))
        #expect(header.addresses == .unknown)
        #expect(length == line.utf8.count)
    }

    @Test(
        "version 2 headers that break a rule are refused",
        arguments: [
            BadHeader("version 1 in binary", version2(0x11, 0x11, addresses4), .versionUnsupported),
            BadHeader("version 3", version2(0x31, 0x11, addresses4), .versionUnsupported),
            BadHeader("command 2", version2(0x22, 0x11, addresses4), .commandUnknown),
            BadHeader("family 4", version2(0x21, 0x41, addresses4), .familyUnknown),
            BadHeader("transport 3", version2(0x21, 0x13, addresses4), .familyUnknown),
            BadHeader("a family without transport", version2(0x21, 0x10, addresses4), .familyUnknown),
            BadHeader("a transport without family", version2(0x21, 0x01, addresses4), .familyUnknown),
            BadHeader(
                "a short address block",
                version2(0x21, 0x11, Array(addresses4.dropLast())),
                .addressBlockTooShort
            ),
            BadHeader("IPv4 addresses as IPv6", version2(0x21, 0x21, addresses4), .addressBlockTooShort),
            BadHeader("one stray byte", version2(0x21, 0x11, addresses4 + [0]), .tlvTruncated),
            BadHeader("two stray bytes", version2(0x21, 0x11, addresses4 + [4, 0]), .tlvTruncated),
            BadHeader("a TLV past the end", version2(0x21, 0x11, addresses4 + [4, 0, 1]), .tlvTruncated),
            BadHeader("a wrong checksum", version2(0x21, 0x11, addresses4 + [3, 0, 4, 0, 0, 0, 0]), .checksumWrong),
            BadHeader(
                "a checksum of 3 bytes",
                version2(0x21, 0x11, addresses4 + [3, 0, 3, 0, 0, 0]),
                .checksumInvalid
            ),
            BadHeader(
                "a unique id of 129 bytes",
                version2(0x21, 0x11, addresses4 + [5, 0, 129] + [UInt8](repeating: 65, count: 129)),
                .uniqueIDTooLong
            ),
            BadHeader(
                "an SSL TLV of 4 bytes",
                version2(0x21, 0x11, addresses4 + [0x20, 0, 4, 0, 0, 0, 0]),
                .sslInvalid
            ),
            BadHeader(
                "TLS without its version",
                version2(0x21, 0x11, addresses4 + [0x20, 0, 5, 1, 0, 0, 0, 0]),
                .sslInvalid
            ),
            BadHeader(
                "half a sub-TLV",
                version2(0x21, 0x11, addresses4 + [0x20, 0, 7, 0, 0, 0, 0, 0, 0x21, 0]),
                .tlvTruncated
            ),
            BadHeader("more than the limit", version2(0x21, 0x11, [UInt8](repeating: 0, count: 4081)), .tooLong),
        ]
    )
    func version2Rules(_ bad: BadHeader) throws {
        let error = try #require(throws: ProxyError.self) { try read(bad.bytes) }
        #expect(error.code == bad.code)
    }

    @Test("a second checksum is refused even if both were right")
    func twoChecksums() throws {
        let header = ProxyHeader(
            version: .two,
            addresses: .unknown,
            tlvs: [ProxyTLV(.crc32c, []), ProxyTLV(.crc32c, [])]
        )
        #expect(throws: ProxyError.self) { try ProxyHeaderWriter.version2(header) }
    }

    @Test("a wrong version is refused before the rest has come")
    func earlyRefusal() throws {
        let start = Array(version2(0x31, 0x11, addresses4).prefix(13))
        #expect(throws: ProxyError.self) { try read(start) }
    }

    @Test(
        "a LOCAL header says nothing, whatever its block holds",
        arguments: [
            version2(0x20, 0x00, []),
            version2(0x20, 0x11, addresses4),
            version2(0x20, 0x11, [3, 0, 4, 0xff, 0xff, 0xff, 0xff, 4, 0, 40] + [UInt8](repeating: 0, count: 40)),
            version2(0x20, 0xff, [1, 2, 3]),
        ]
    )
    func local(_ bytes: [UInt8]) throws {
        let (header, length) = try complete(bytes)
        #expect(header.command == .local)
        #expect(header.addresses == .unknown)
        #expect(header.tlvs.isEmpty)
        #expect(length == bytes.count)
    }

    @Test("unknown TLVs survive, whatever is in them")
    func unknownTLVs() throws {
        let tlvs = [
            ProxyTLV(.init(rawValue: 0xea), [1, 0xff]), ProxyTLV(.noOperation, []),
            ProxyTLV(.authority, [0x1b, 0x5b, 0xff]),
        ]
        let header = ProxyHeader(version: .two, addresses: .unknown, tlvs: tlvs)
        var changed = header
        changed.transport = .unspecified
        #expect(try complete(try ProxyHeaderWriter.version2(header)).0 == changed)
    }

    @Test(
        "other openings are no headers, as soon as they differ",
        arguments: [
            Array("GET / HTTP/1.1".utf8), [0x16, 0x03, 0x01], Array("PROXYX".utf8), Array("PROxY".utf8),
            [0x0d, 0x0a, 0x0d, 0x0a, 0x01],
        ]
    )
    func notAHeader(_ bytes: [UInt8]) throws {
        #expect(try read(bytes) == .notAHeader)
    }

    @Test("a version that is not accepted is no header")
    func otherVersion() throws {
        #expect(try read(Array("PROXY UNKNOWN\r\n".utf8), versions: [.two]) == .notAHeader)
        #expect(try read(version2(0x20, 0x00, []), versions: [.one]) == .notAHeader)
    }
}
