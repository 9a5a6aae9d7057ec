import ScenarioModel
import Testing
import Verdicts

@testable import Runner

@Suite("What can be asked of an edge from outside")
struct OutsideTests {
    private static let name = "app.example.com"

    /// A case that can be asked.
    private static func testCase(_ change: (inout Case) -> Void = { _ in }) -> Case {
        var expectation = ScenarioModel.Expectation()
        expectation.handshake = .completed
        var testCase = Case(
            id: "a[role=edge]",
            scenario: "a",
            role: .edge,
            endpoints: [
                EndpointPlan(key: "tenant", domain: Self.name, role: .edge),
                EndpointPlan(key: "other", domain: "other-3fa9c2d1b07e.shakedown.test", role: .edge),
            ],
            client: ClientPlan(engine: .openssl, serverName: Self.name),
            exchange: .echo,
            expectation: GradedExpectation(strict: [expectation])
        )
        change(&testCase)
        return testCase
    }

    private static func obstacle(
        speaking versions: [TLSVersion] = [.tls12, .tls13],
        _ change: (inout Case) -> Void = { _ in }
    ) -> BeyondClients? {
        Self.testCase(change).obstacle(toClientsAlone: [Self.name], versions: versions)
    }

    @Test("a plain endpoint's handshake can be asked for, and a name that nobody serves")
    func asked() {
        #expect(Self.obstacle() == nil)
        #expect(Self.obstacle { $0.client.serverName = "unknown-3fa9c2d1b07e.shakedown.test" } == nil)
        #expect(Self.obstacle { $0.requires = [.tlsOnly, .role(.edge)] } == nil)
    }

    @Test("what needs an upstream, or was to be set up, cannot")
    func obstacles() {
        #expect(Self.obstacle { $0.exchange = .transfer(up: 1, down: 1) } == .upstream)
        #expect(Self.obstacle { $0.exchange = .idle } == .upstream)
        #expect(Self.obstacle { $0.play = Play(players: [], moments: []) } == .steps)
        #expect(Self.obstacle { $0.requires = [.mutualTLS] } == .endpoint)
        #expect(Self.obstacle { $0.endpoints[0].mutualTLS = ["ca-clients"] } == .endpoint)
        #expect(Self.obstacle { $0.endpoints[0].domain = "*.app.example.com" } == .endpoint)
        #expect(Self.obstacle { $0.endpoints[1].isOnline = false } == .endpoint)
        #expect(Self.obstacle { $0.client.certificate = "client" } == .client)
        #expect(Self.obstacle { $0.client.source = .otherLoopback } == .client)
        #expect(Self.obstacle { $0.client.preface = ByteString(Array("PROXY".utf8)) } == .client)
    }

    @Test("a name of the case that the edge does not have is found wherever the client says it")
    func names() {
        let other = "OTHER-3fa9c2d1b07e.shakedown.test"
        let bytes = ByteString(Array("..\(other)".utf8))
        #expect(Self.obstacle { $0.client.serverName = other } == .names)
        #expect(Self.obstacle { $0.client.serverNameAfterRetry = other } == .names)
        #expect(Self.obstacle { $0.client.opening = .raw(name: "x", bytes: bytes) } == .names)
        var hello = HelloPlan()
        hello.serverNames = [.init(type: 0, name: bytes)]
        #expect(Self.obstacle { $0.client.opening = .builtHello(hello) } == .names)
        hello.serverNames = nil
        hello.extensionEdits = [.append(type: 0, data: bytes)]
        #expect(Self.obstacle { $0.client.opening = .builtHello(hello) } == .names)
        #expect(
            Self.obstacle { $0.client.secondFlight = .init(after: .alert, .hello(hello, serverName: nil)) } == .names
        )
        let case2 = Self.testCase { $0.client.serverName = other }
        #expect(case2.obstacle(toClientsAlone: [Self.name, other.lowercased()], versions: [.tls13]) == nil)
    }

    @Test("a grade that a client cannot tell from another keeps the case from being asked")
    func grades() {
        #expect(
            Self.obstacle {
                var routed = ScenarioModel.Expectation()
                routed.route = .endpoint("tenant")
                $0.expectation.lenient = [routed]
            } == .upstream
        )
        #expect(Self.obstacle { $0.expectation.strict[0].within = .deadline(.hello) } == .configuration)
        #expect(Self.obstacle { $0.expectation.strict[0].alpn = ScenarioModel.Expectation.ALPN.none } == .configuration)
    }

    @Test("nobody fails for a version that it does not speak")
    func versions() {
        #expect(Self.obstacle(speaking: [.tls12]) == nil)
        #expect(Self.obstacle(speaking: [.tls12]) { $0.client.minimumVersion = .tls13 } == .version)
        #expect(Self.obstacle(speaking: [.tls13]) { $0.client.maximumVersion = .tls12 } == .version)
        let old = Self.obstacle(speaking: [.tls13]) {
            $0.client.minimumVersion = .tls10
            $0.client.maximumVersion = .tls11
        }
        #expect(old == nil, "whether it speaks what nobody may speak is asked of all")
        #expect(Self.obstacle(speaking: [.tls12]) { $0.expectation.strict[0].isRetried = true } == .version)
        let hello = ClientPlan.SecondFlight(after: .retryRequest, .hello(HelloPlan(), serverName: nil))
        #expect(Self.obstacle(speaking: [.tls12]) { $0.client.secondFlight = hello } == .version)
        #expect(Self.obstacle(speaking: [.tls13]) { $0.client.secondFlight = hello } == nil)
    }

    @Test(
        "a certificate is for a name as browsers have it",
        arguments: [
            ("app.example.com", "app.example.com", true), ("*.example.com", "app.example.com", true),
            ("*.Example.com", "APP.example.com", true), ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false), ("*.com", "com", false),
            ("example.com", "app.example.com", false),
        ]
    )
    func covers(pattern: String, name: String, isFor: Bool) { #expect(OutsideClient.covers(pattern, name) == isFor) }

    // MARK: A default answer

    private static func seen(_ leaf: UInt8?, isCompleted: Bool = true) -> ClientObservation {
        var client = ClientObservation()
        client.handshake.isCompleted = isCompleted
        client.handshake.isAnswered = isCompleted
        if let leaf { client.handshake.peerCertificates = [ByteString([leaf])] }
        return client
    }

    private static let failed = Verdict(outcome: .fail, summary: "handshake: expected refused, observed completed")

    /// A case whose client must be refused, for its name or for another reason.
    private static func refusal(alerts: [String]) -> Case {
        Self.testCase {
            $0.expectation.strict[0].handshake = .refused
            $0.expectation.strict[0].route = ScenarioModel.Expectation.Route.none
            $0.expectation.strict[0].alerts = alerts
        }
    }

    private static func weighed(
        unknown: ClientObservation,
        leaf: UInt8?,
        _ testCase: Case
    ) -> Outcome {
        ForeignNames(greeting: Self.seen(9), unknown: unknown)
            .weigh(Self.failed, of: testCase, Observation(clients: [Self.seen(leaf)], upstreams: [])).outcome
    }

    @Test("a default answer is one finding and not one for each name")
    func defaultAnswer() {
        let byName = Self.refusal(alerts: ["unrecognized_name"])
        let answered = Self.seen(1)
        #expect(Self.weighed(unknown: answered, leaf: 1, byName) == .informational)
        #expect(Self.weighed(unknown: answered, leaf: nil, byName) == .informational, "TLS 1.3 hides it from bytes")
        #expect(Self.weighed(unknown: answered, leaf: 2, byName) == .fail, "another endpoint's certificate")
        #expect(Self.weighed(unknown: Self.seen(nil, isCompleted: false), leaf: 1, byName) == .fail)
        let broken = Self.refusal(alerts: ["decode_error"])
        #expect(Self.weighed(unknown: answered, leaf: 1, broken) == .fail, "it is the hello that is wrong")
        var question = byName
        question.scenario = "routing.unknown-name"
        #expect(Self.weighed(unknown: answered, leaf: 1, question) == .fail)
    }
}
