import Addresses
import Testing

@Suite("CIDR blocks")
struct CIDRBlockTests {
    @Test(
        "are read, and lose the bits beyond their prefix",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3/32", "10.1.2.3/32"),
            ("192.0.2.255/25", "192.0.2.128/25"), ("1.2.3.4/0", "0.0.0.0/0"),
            ("2001:DB8:FFFF::/33", "2001:db8:8000::/33"),
            ("::1/128", "::1/128"), ("::1/0", "::/0"), ("::ffff:10.1.2.3/104", "::ffff:10.0.0.0/104"),
        ]
    )
    func reads(_ text: String, _ canonical: String) throws {
        #expect(try #require(CIDRBlock(text)).description == canonical)
    }

    @Test(
        "are refused unless they are an address, a slash and a prefix length",
        arguments: [
            "", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/1000", "10.0.0.0/08",
            "10.0.0.0/00",
            "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0/٨", "010.0.0.0/8",
            "fe80::1%eth0/64", "[::1]/128", "10.0.0.0/255.0.0.0",
        ]
    )
    func refuses(_ text: String) {
        #expect(CIDRBlock(text) == nil)
    }

    @Test(
        "hold the addresses of their own family that begin alike",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "192.0.2.1", true),
            ("192.0.2.128/25", "192.0.2.127", false), ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false),
            ("0.0.0.0/0", "::1", false), ("2001:db8::/33", "2001:db8:8000::", false),
            // A mapped block and an IPv4 address are of two families, and so are an IPv4 block and a mapped address.
            ("::ffff:127.0.0.1/128", "127.0.0.1", false), ("::ffff:127.0.0.1/128", "::ffff:127.0.0.1", true),
            ("127.0.0.1/32", "::ffff:127.0.0.1", false),
        ]
    )
    func contains(_ block: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(CIDRBlock(block)).contains(try #require(IPAddress(address))) == isInside)
    }
}
