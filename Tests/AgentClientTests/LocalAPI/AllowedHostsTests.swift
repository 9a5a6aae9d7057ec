import Addresses
import AgentClient
import ConfigurationFiles
import Testing

@Suite("Hosts of the local API")
struct AllowedHostsTests {
    @Test(
        "are this machine's own where nothing is said",
        arguments: [
            ("localhost", true), ("LOCALHOST:4040", true), ("app.localhost", true), ("127.0.0.1:4040", true),
            ("127.8.9.1", true), ("[::1]", true), ("[::ffff:127.0.0.1]:80", true), ("localhost.example.com", false),
            ("notlocalhost", false), ("192.168.0.1", false), ("example.com", false), ("", false),
            ("localhost:x", false),
            ("[::2]", false), ("user@localhost", false), ("localhost/x", false),
        ]
    )
    func usual(authority: String, isAllowed: Bool) {
        #expect(AllowedHosts().allows(authority) == isAllowed)
    }

    @Test(
        "and those of the configuration",
        arguments: [
            ("agent.example.com", true), ("Agent.Example.com:80", true), ("x.agent.example.com", false),
            ("a.internal", true), ("a.b.internal", true), ("internal", false), ("192.0.2.9", true),
            ("192.0.3.9", false),
            ("198.51.100.7:8080", true), ("198.51.100.8", false), ("[2001:db8::5]", true), ("localhost", true),
        ]
    )
    func configured(authority: String, isAllowed: Bool) throws {
        let hosts = try AllowedHosts([
            "agent.example.com", ".internal", "192.0.2.0/24", "198.51.100.7", "2001:db8::/32",
        ])
        #expect(hosts.allows(authority) == isAllowed)
    }

    @Test(
        "what is no host is refused",
        arguments: ["", ".", "a..b", "http://a", "a:80", "*.example.com", "192.0.2.0/33"]
    )
    func wrong(text: String) {
        #expect(throws: ConfigurationError.self) { try AllowedHosts([text]) }
    }

    @Test(
        "where the API listens is an address, a port of this machine, or nowhere",
        arguments: [
            ("127.0.0.1:4040", "127.0.0.1:4040"), ("4040", "127.0.0.1:4040"), ("0", "127.0.0.1:0"),
            ("[::1]:4040", "[::1]:4040"), ("false", nil),
        ]
    )
    func address(text: String, address: String?) throws {
        #expect(try WebAddress(text).address?.description == address)
    }

    @Test("and nothing else", arguments: ["", "true", "localhost", "127.0.0.1:", "127.0.0.1:70000"])
    func noAddress(text: String) {
        #expect(throws: ConfigurationError.self) { try WebAddress(text) }
    }
}
