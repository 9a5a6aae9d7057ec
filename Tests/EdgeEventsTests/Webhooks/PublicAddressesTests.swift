import Addresses
import EdgeEvents
import Testing

@Suite("Public addresses")
struct PublicAddressesTests {
    @Test(
        "what leads to the same place from everywhere is one",
        arguments: [
            "1.1.1.1", "9.255.255.255", "100.128.0.0", "172.32.0.0", "192.0.1.1", "223.255.255.255", "2606:4700::1",
        ]
    )
    func isPublic(_ text: String) throws {
        #expect(PublicAddresses.contain(try #require(IPAddress(text))))
    }

    @Test(
        "what leads somewhere from inside alone, or to many, or hides another, is none",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.168.0.1",
            "198.19.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1",
        ]
    )
    func isNotPublic(_ text: String) throws {
        #expect(!PublicAddresses.contain(try #require(IPAddress(text))))
    }
}
