import Addresses
import Testing

@Suite("IP addresses as text")
struct IPAddressTests {
    @Test(
        "are printed as RFC 5952 says",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
            ("2001:0DB8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::FFFF:C000:201", "::ffff:192.0.2.1"),
            ("FE80::ABCD", "fe80::abcd"), ("0:0:0:0:0:0:0:0", "::"),
        ]
    )
    func canonical(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(
        "are refused unless they are exactly one",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.", "0x7f.0.0.1", "1.2.3.4 ", ":", ":::",
            "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::12345", "::g", "fe80::1%1", "[::1]",
            "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:",
            "fe80::1%eth0", "::ffff:192.0.2.01", "::00001", "1.2.3.00", " ::1", "::1 ", "1.2.3.+4", "1..2.3",
            "localhost", "١.2.3.4",
        ]
    )
    func refused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("are four or sixteen bytes")
    func bytes() {
        #expect(IPAddress(bytes: [192, 0, 2, 1]) == .v4(0xc000_0201))
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 15) + [1]) == .loopback6)
        #expect(IPAddress.loopback.bytes == [127, 0, 0, 1])
        for count in [0, 3, 5, 15, 17] { #expect(IPAddress(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    }

    @Test("an IPv4 address and the same one mapped are two values, and each leads to the other")
    func mapped() throws {
        let plain = try #require(IPAddress("192.0.2.1"))
        let mapped = try #require(IPAddress("::ffff:192.0.2.1"))
        #expect(plain != mapped)
        #expect(!mapped.isIPv4)
        #expect(mapped.unmapped == plain)
        #expect(plain.mapped == mapped)
        #expect(mapped.mapped == mapped)
        // Outside ::ffff:0:0/96, IPv4-compatible and NAT64 addresses among them, nothing is mapped.
        for text in ["192.0.2.1", "::1", "::192.0.2.1", "64:ff9b::192.0.2.1", "1::ffff:192.0.2.1"] {
            #expect(try #require(IPAddress(text)).unmapped == nil, "\(text)")
        }
    }
}
