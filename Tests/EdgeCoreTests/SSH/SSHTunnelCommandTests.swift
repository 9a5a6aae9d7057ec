import AgentProtocol
import EdgeCore
import Testing

@Suite("The command of an SSH client")
struct SSHTunnelCommandTests {
    /// The bind that a command comes to, for a client that forwards this address.
    private static func bind(_ command: String, address: String = "") throws(NgrokError) -> Bind? {
        guard case .tls(let flags) = try SSHTunnelCommand(command) else { return nil }
        return try flags.bind(address: address)
    }

    @Test("asks for what its flags say, however they are written")
    func flags() throws {
        let text = """
            tls --cidr-allow 10.0.0.0/8,192.0.2.0/24 --cidr-allow=2001:db8::/32 -cidr-deny '10.1.0.0/16' \
            --metadata "a \\"b\\" c" --description=two\\ words --pooling-enabled --binding internal --terminate-at upstream
            """
        let bind = try #require(try Self.bind(text, address: "app.example.com"))
        #expect(bind.proto == "tls")
        #expect(bind.options.hostname == "app.example.com")
        #expect(bind.options.ipRestriction?.allowCIDRs == ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"])
        #expect(bind.options.ipRestriction?.denyCIDRs == ["10.1.0.0/16"])
        #expect(bind.extra.metadata == #"a "b" c"#)
        #expect(bind.extra.description == "two words")
        #expect(bind.extra.bindings == ["internal"])
        #expect(bind.extra.poolingEnabled)
        // Zero knowledge: the edge ends no TLS and writes nothing in front.
        #expect(bind.options.tlsTermination == nil)
        #expect(bind.options.proxyProto == 0)
    }

    @Test("without flags asks for nothing besides a name")
    func plain() throws {
        let bind = try #require(try Self.bind("tls"))
        #expect(bind.options == TLSOptions())
        #expect(bind.extra == Bind.Extra())
    }

    @Test(
        "may have the name in a flag",
        arguments: ["--hostname a.example.com", "--domain=a.example.com", "--url tls://a.example.com", "--subdomain a"]
    )
    func names(_ flag: String) throws {
        let options = try #require(try Self.bind("tls \(flag)")).options
        #expect([options.hostname, options.domain, options.url, options.subdomain].filter { !$0.isEmpty }.count == 1)
        let number = flag.hasPrefix("--subdomain") ? 1119 : 1118
        #expect(
            code(of: { () throws(NgrokError) in _ = try Self.bind("tls \(flag)", address: "b.example.com") }) == number
        )
    }

    @Test(
        "that cannot be carried out is refused by ngrok's number",
        arguments: [
            ("", 1107), ("  ", 1107), ("http", 1108), ("tcp --remote-addr 1:2", 1108), ("rm -rf /", 1108),
            ("tls --crt a.pem", 1109), ("tls --key a.key", 1109), ("tls --mutual-tls-cas ca.pem", 1109),
            ("tls --proxy-proto=2", 1109), ("tls --proxy-proto 1", 1109), ("tls --proxy-proto 3", 1123),
            ("tls --terminate-at edge", 1109), ("tls --terminate-at=agent", 1109), ("tls --terminate-at moon", 1110),
            ("tls --traffic-policy-file p.yml", 1109), ("tls --upstream-tls-verify", 1109), ("tls --label a=b", 1109),
            ("tls --no-such-flag", 1110), ("tls 9443", 1110), ("tls --cidr-allow", 1110), ("tls --metadata=", 1110),
            ("tls --metadata a --metadata b", 1110), ("tls --pooling-enabled=maybe", 1110), ("tls --metadata 'a", 1110),
            ("tls -", 1110), ("tls --metadata a\\", 1110), ("tls --domain a.b --subdomain c", 1120),
        ]
    )
    func refusals(_ command: String, _ number: Int) {
        #expect(code(of: { () throws(NgrokError) in _ = try SSHTunnelCommand(command) }) == number)
    }

    @Test("can ask for help, wherever it does")
    func help() throws {
        for text in ["tls --help", "tls -h", "help", "tls --cidr-allow x --help"] {
            #expect(try SSHTunnelCommand(text) == .help)
        }
        #expect(code(of: { () throws(NgrokError) in _ = try SSHTunnelCommand(nil) }) == 1107)
    }
}

/// The number by which something is refused; `nil` where it is not.
private func code(of body: () throws(NgrokError) -> Void) -> Int? {
    do throws(NgrokError) {
        try body()
        return nil
    } catch {
        return error.code
    }
}
