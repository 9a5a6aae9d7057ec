import ProxyProtocol
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
        ]
    )
    func refused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("endpoints need brackets exactly around IPv6")
    func endpoints() {
        #expect(ProxyEndpoint("192.0.2.1:443")?.description == "192.0.2.1:443")
        #expect(ProxyEndpoint("[2001:DB8::1]:443")?.description == "[2001:db8::1]:443")
        for text in [
            "192.0.2.1", "[192.0.2.1]:443", "::1:443", "[::1]443", "192.0.2.1:0443", "192.0.2.1:65536", "[]:1",
        ] {
            #expect(ProxyEndpoint(text) == nil, "\(text)")
        }
    }
}
