import AgentProtocol
import EdgeCore
import Testing

@Suite("How an SSH client comes to its endpoint")
struct SSHTunnelNegotiationTests {
    private static func code(_ step: SSHTunnelNegotiation.Step) -> Int? {
        if case .fail(let error) = step { error.code } else { nil }
    }

    private static func name(_ step: SSHTunnelNegotiation.Step) -> String? {
        if case .start(let bind) = step { bind.options.hostname } else { nil }
    }

    @Test("port and command may come in either order, and 0 is 443", arguments: [UInt32(0), 443])
    func orders(_ port: UInt32) {
        var one = SSHTunnelNegotiation(user: "v2")
        let asked = one.forwardAsked(address: "app.example.com", port: port)
        #expect(asked.port == 443)
        #expect(asked.step == .wait)
        #expect(Self.name(one.commandGiven("tls")) == "app.example.com")
        var other = SSHTunnelNegotiation(user: "v2")
        #expect(other.commandGiven("tls") == .wait)
        #expect(Self.name(other.forwardAsked(address: "app.example.com", port: port).step) == "app.example.com")
        #expect(other.timePassed() == .wait)
    }

    @Test(
        "what ssh sends where its user gave no name leaves the name to the edge",
        arguments: ["", "*", "localhost", "0.0.0.0", "::"]
    )
    func unnamed(_ address: String) {
        var negotiation = SSHTunnelNegotiation(user: "v2")
        #expect(negotiation.forwardAsked(address: address, port: 0).port == 443)
        #expect(Self.name(negotiation.commandGiven("tls")) == "")
    }

    @Test("another port is refused, and the terminal is told why", arguments: [UInt32(80), 444, 8443, 65_979])
    func ports(_ port: UInt32) {
        var negotiation = SSHTunnelNegotiation(user: "v2")
        #expect(negotiation.forwardAsked(address: "", port: port).port == nil)
        #expect(Self.code(negotiation.commandGiven("tls")) == 1113)
    }

    @Test("a second port is refused, and with it the tunnel where that is not there yet")
    func second() {
        var negotiation = SSHTunnelNegotiation(user: "v2")
        #expect(negotiation.forwardAsked(address: "a.example.com", port: 443).port == 443)
        #expect(negotiation.forwardAsked(address: "b.example.com", port: 443).port == nil)
        #expect(Self.code(negotiation.commandGiven("tls")) == 1105)
        var online = SSHTunnelNegotiation(user: "v2")
        _ = online.forwardAsked(address: "a.example.com", port: 443)
        _ = online.commandGiven("tls")
        let later = online.forwardAsked(address: "b.example.com", port: 443)
        #expect(later.port == nil)
        #expect(later.step == .wait)
    }

    @Test(
        "another version, or what speaks against the client already, is told at the command",
        arguments: [true, false]
    )
    func failures(_ isVersion: Bool) {
        var negotiation =
            isVersion
            ? SSHTunnelNegotiation(user: "root") : SSHTunnelNegotiation(user: "v2", failure: .sessionLimit(1))
        #expect(negotiation.forwardAsked(address: "", port: 443).port == nil)
        #expect(Self.code(negotiation.commandGiven("tls")) == (isVersion ? 1106 : 108))
        // Only once.
        #expect(negotiation.commandGiven("tls") == .wait)
        #expect(negotiation.timePassed() == .wait)
    }

    @Test("who asks for nothing in time is told what is missing")
    func time() {
        var silent = SSHTunnelNegotiation(user: "v2")
        #expect(Self.code(silent.timePassed()) == 1111)
        var withoutCommand = SSHTunnelNegotiation(user: "v2")
        _ = withoutCommand.forwardAsked(address: "", port: 0)
        #expect(Self.code(withoutCommand.timePassed()) == 1111)
        var withoutPort = SSHTunnelNegotiation(user: "v2")
        _ = withoutPort.commandGiven("tls")
        #expect(Self.code(withoutPort.timePassed()) == 1112)
        var wrongPort = SSHTunnelNegotiation(user: "v2")
        _ = wrongPort.forwardAsked(address: "", port: 1)
        #expect(Self.code(wrongPort.timePassed()) == 1113)
    }

    @Test("help needs no port")
    func help() {
        var negotiation = SSHTunnelNegotiation(user: "v2")
        #expect(negotiation.commandGiven("tls --help") == .help)
    }
}
