import AgentProtocol
import EdgeCore
import JSONText
import Testing
import TrafficPolicy

@Suite("What a bind may ask for")
struct BindRequestPolicyTests {
    private static func account(_ plan: Plan = .enterprise) throws -> Account {
        Account(
            id: "ac_1",
            name: "one",
            plan: plan,
            domains: [try DomainName("app.example.com"), try DomainName("*.shop.example.com")]
        )
    }

    private static func policy() throws -> BindRequestPolicy {
        let other = Account(id: "ac_2", name: "two", plan: .enterprise, domains: [try DomainName("other.example.com")])
        return BindRequestPolicy(
            directory: NameDirectory(
                accounts: [try Self.account(), other],
                baseDomains: [try DomainName("shakedown.test"), try DomainName("second.test")]
            )
        )
    }

    private static func endpoint(
        plan: Plan = .enterprise,
        rules: [BindRule] = [],
        proto: String = "tls",
        extra: Bind.Extra = Bind.Extra(),
        _ edit: (inout TLSOptions) -> Void
    ) throws -> EndpointConfiguration {
        var options = TLSOptions()
        edit(&options)
        var generator = SystemRandomNumberGenerator()
        return try Self.policy().endpoint(
            for: Bind(proto: proto, options: options, extra: extra),
            id: "tn_1",
            account: try Self.account(plan),
            rules: rules,
            at: Timestamp(secondsSinceEpoch: 1, nanoseconds: 0),
            using: &generator
        )
    }

    @Test(
        "names below each base domain are everybody's, and those that only end in its letters are not",
        arguments: [
            ("a.shakedown.test", true), ("a.b.second.test", true), ("nearshakedown.test", false),
            ("a.nearsecond.test", false),
        ]
    )
    func baseDomains(name: String, isFree: Bool) throws {
        if isFree {
            #expect(try Self.endpoint { $0.hostname = name }.name.text == name)
        } else {
            #expect(throws: NgrokError.self) { try Self.endpoint { $0.hostname = name } }
        }
    }

    @Test(
        "a name is found in whichever field holds it",
        arguments: [
            ("url", "tls://App.example.com"), ("url", "app.example.com:443"), ("url", "app.example.com"),
            ("domain", "app.example.com"), ("hostname", "APP.example.com"),
        ]
    )
    func name(field: String, value: String) throws {
        let endpoint = try Self.endpoint { options in
            switch field {
            case "url": options.url = value
            case "domain": options.domain = value
            default: options.hostname = value
            }
        }
        #expect(endpoint.name.text == "app.example.com")
        #expect(endpoint.accountID == "ac_1")
        #expect(endpoint.termination == .beyond)
    }

    @Test("a bind without a name gets a random one below the first base domain")
    func randomName() throws {
        let first = try Self.endpoint { _ in }
        let second = try Self.endpoint { $0.url = "tls://" }
        #expect(second.name.text.hasSuffix(".shakedown.test"))
        #expect(first.name.text.hasSuffix(".shakedown.test"))
        #expect(first.name != second.name)
    }

    @Test(
        "names are refused with their codes",
        arguments: [
            ("a.unreserved.com", 319), ("*.unreserved.com", 318), ("other.example.com", 320),
            ("*.shakedown.test", 318), ("*.a.shakedown.test", 318),
            ("below.other.example.com", 320), ("*.app.example.com", 318), ("shakedown.test", 319),
            ("http://app.example.com", 9036), ("tls://app.example.com:8443", 9035), ("tls://app.example.com/x", 9037),
            ("tls://user@app.example.com", 9037), ("tls://:443", 9034),
        ]
    )
    func refusesName(_ url: String, code: Int) throws {
        let error = try #require(throws: NgrokError.self) { _ = try Self.endpoint { $0.url = url } }
        #expect(error.code == code)
    }

    @Test(
        "names of the account and below the base domain are granted",
        arguments: [
            "app.example.com", "*.shop.example.com", "a.shop.example.com", "a.b.shop.example.com", "x.shakedown.test",
        ]
    )
    func grantsName(_ name: String) throws {
        #expect(try Self.endpoint { $0.hostname = name }.name.text == name)
    }

    @Test("an authtoken's rules are obeyed, with 316")
    func rules() throws {
        let rules = [try #require(BindRule("bind:*.x.shakedown.test"))]
        #expect(
            try Self.endpoint(rules: rules) { $0.hostname = "a.x.shakedown.test" }.name.text == "a.x.shakedown.test"
        )
        let error = try #require(throws: NgrokError.self) {
            _ = try Self.endpoint(rules: rules) { $0.hostname = "a.y.shakedown.test" }
        }
        #expect(error.code == 316)
    }

    struct Wish: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: Int?
        let edit: @Sendable (inout Bind.Extra) -> Void

        init(_ testDescription: String, _ code: Int?, _ edit: @escaping @Sendable (inout Bind.Extra) -> Void) {
            self.testDescription = testDescription
            self.code = code
            self.edit = edit
        }
    }

    @Test(
        "what the edge cannot keep is refused and never left out in silence",
        arguments: [
            Wish("a public binding", nil) { $0.bindings = ["public"] },
            Wish("an internal binding without a name", 9028) { $0.bindings = ["internal"] },
            Wish("a Kubernetes binding", 301) { $0.bindings = ["kubernetes"] },
            Wish("a binding of no kind", 301) { $0.bindings = ["pubic"] },
            Wish("two bindings", 301) { $0.bindings = ["public", "internal"] },
            Wish("an IP policy", 341) { $0.ipPolicyRef = "ipp_1" },
            Wish("255 bytes of description", nil) { $0.description = String(repeating: "d", count: 255) },
            Wish("256 bytes of description", 18012) { $0.description = String(repeating: "é", count: 128) },
            Wish("4,096 bytes of metadata", nil) { $0.metadata = String(repeating: "m", count: 4_096) },
            Wish("4,097 bytes of metadata", 18013) { $0.metadata = String(repeating: "m", count: 4_097) },
        ]
    )
    func wishes(_ wish: Wish) throws {
        var extra = Bind.Extra()
        wish.edit(&extra)
        guard let code = wish.code else {
            #expect(try Self.endpoint(extra: extra) { _ in }.id == "tn_1")
            return
        }
        let error = try #require(throws: NgrokError.self) { _ = try Self.endpoint(extra: extra) { _ in } }
        #expect(error.code == code)
    }

    @Test("what an agent says of its endpoint is kept, and each endpoint is a resource of its own")
    func details() throws {
        var extra = Bind.Extra()
        extra.name = "front"
        extra.description = "the front door"
        extra.metadata = "{}"
        extra.poolingEnabled = true
        let first = try Self.endpoint(extra: extra) { _ in }
        let second = try Self.endpoint(extra: extra) { _ in }
        #expect(first.isPooled && first.details.name == "front" && first.details.description == "the front door")
        #expect(first.details.metadata == "{}" && first.details.createdAt.secondsSinceEpoch == 1)
        #expect(first.details.resourceID.hasPrefix("ep_") && first.details.tunnelID?.hasPrefix("tn_") == true)
        #expect(first.details.resourceID != second.details.resourceID)
        #expect(first.details.tunnelID != second.details.tunnelID)
    }

    @Test(
        "a name below .internal is the account's own, at its port, unless another binding is asked for",
        arguments: [
            ("tls://a.internal", [], 443), ("a.b.c.d.internal:8443", ["internal"], 8443), ("*.a.internal:1", [], 1),
        ] as [(String, [String], UInt16)]
    )
    func internalNames(url: String, bindings: [String], port: UInt16) throws {
        var extra = Bind.Extra()
        extra.bindings = bindings
        let endpoint = try Self.endpoint(extra: extra) { $0.url = url }
        #expect(endpoint.visibility == .account("ac_1", port: port) && endpoint.port == port)
        let refused = try #require(throws: NgrokError.self) {
            extra.bindings = ["public"]
            _ = try Self.endpoint(extra: extra) { $0.hostname = "a.internal" }
        }
        #expect(refused.code == 319)
        let outside = try #require(throws: NgrokError.self) {
            extra.bindings = ["internal"]
            _ = try Self.endpoint(extra: extra) { $0.hostname = "app.example.com" }
        }
        #expect(outside.code == 9029)
    }

    @Test("a traffic policy is read once, and endpoints whose policies differ do not serve alike")
    func trafficPolicy() throws {
        let deny = "on_tcp_connect: [{ actions: [{ type: terminate-tls }, { type: deny }] }]"
        let endpoint = try Self.endpoint { $0.trafficPolicy = deny }
        #expect(try endpoint.servesAlike(Self.endpoint { $0.trafficPolicy = deny }))
        #expect(try !endpoint.servesAlike(Self.endpoint { _ in }))
        #expect(try !endpoint.servesAlike(Self.endpoint { $0.trafficPolicy = deny + " " }))
        var patch = PatchTunnelState(tunnelID: "tn_1")
        #expect(try BindRequestPolicy.patched(endpoint, by: patch, plan: .enterprise).policy?.text == deny)
        patch.trafficPolicy = ""
        #expect(try BindRequestPolicy.patched(endpoint, by: patch, plan: .enterprise).policy == nil)
        patch.trafficPolicy = "on_tcp_connect: []"
        let after = try BindRequestPolicy.patched(endpoint, by: patch, plan: .enterprise)
        #expect(after.policy?.document.rules.isEmpty == true && after.number == endpoint.number)
        let refused = try #require(throws: NgrokError.self) {
            patch.trafficPolicy = "on_tcp_connect: [{}]"
            _ = try BindRequestPolicy.patched(endpoint, by: patch, plan: .enterprise)
        }
        #expect(refused.code == 9026 && refused.message.contains("line 1, column"))
        let again = try EndpointPolicy(deny, former: endpoint.policy)
        #expect(again == endpoint.policy && again.terminations == endpoint.policy?.terminations)
    }

    @Test("a patch changes what is said of an endpoint, and neither its pooling nor how it serves")
    func patch() throws {
        let before = try Self.endpoint { _ in }
        var patch = PatchTunnelState(tunnelID: "tn_1")
        patch.metadata = "new"
        let after = try BindRequestPolicy.patched(before, by: patch, plan: .enterprise)
        #expect(after.details.metadata == "new" && after.details.description == before.details.description)
        #expect(after.servesAlike(before) && after.number == before.number)
        patch.poolingEnabled = false
        #expect(try BindRequestPolicy.patched(before, by: patch, plan: .enterprise).isPooled == false)
        patch.poolingEnabled = true
        #expect(throws: NgrokError.self) { try BindRequestPolicy.patched(before, by: patch, plan: .enterprise) }
        patch.poolingEnabled = nil
        patch.metadata = String(repeating: "m", count: 4_097)
        #expect(throws: NgrokError.self) { try BindRequestPolicy.patched(before, by: patch, plan: .enterprise) }
    }

    @Test(
        "labels need a rule for each of them, where the authtoken has rules at all",
        arguments: [
            ([], true), (["bind:team=web", "bind:region=*"], true), (["bind:*=web", "bind:*=eu"], true),
            (["bind:team=web"], false), (["bind:team=api", "bind:region=eu"], false), (["bind:app.example.com"], false),
            (["*"], true),
        ] as [([String], Bool)]
    )
    func labels(rules: [String], isPermitted: Bool) throws {
        let start = StartTunnelWithLabel(labels: ["team": "web", "region": "eu"], forwardsTo: "localhost:80")
        let parsed = try rules.map { try #require(BindRule($0)) }
        func tunnel() throws -> LabelledTunnel {
            try BindRequestPolicy.tunnel(
                for: start,
                id: "tn_1",
                account: Self.account(),
                rules: parsed,
                at: Timestamp(secondsSinceEpoch: 1, nanoseconds: 0)
            )
        }
        if isPermitted {
            #expect(try tunnel().labels == start.labels)
        } else {
            #expect(try #require(throws: NgrokError.self) { try tunnel() }.code == 399)
        }
    }

    struct Refusal: Sendable {
        let plan: Plan
        let code: Int
        let edit: @Sendable (inout TLSOptions) -> Void
    }

    @Test(
        "options are refused with their codes",
        arguments: [
            Refusal(plan: .enterprise, code: 1694) { $0.mutualTLSAtEdge = [1] },
            Refusal(plan: .enterprise, code: 1695) {
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = []
            },
            Refusal(plan: .enterprise, code: 14001) { $0.tlsTermination = .init(certificate: [1]) },
            Refusal(plan: .enterprise, code: 14001) { $0.tlsTermination = .init(key: [1]) },
            Refusal(plan: .enterprise, code: 362) { $0.ipRestriction = .init(allowCIDRs: ["x"]) },
            Refusal(plan: .enterprise, code: 393) { $0.ipRestriction = .init(denyCIDRs: ["10.0.0.0/8"]) },
            Refusal(plan: .enterprise, code: 1123) { $0.proxyProto = 3 },
            Refusal(plan: .pro, code: 9023) { $0.trafficPolicy = "on_tcp_connect: []" },
            Refusal(plan: .pro, code: 9023) { $0.policy = .object([]) },
            Refusal(plan: .enterprise, code: 9025) {
                $0.trafficPolicy = "on_tcp_connect: []"
                $0.policy = .object([])
            },
            Refusal(plan: .enterprise, code: 9026) { $0.trafficPolicy = "on_tcp_connect: [{}]" },
            Refusal(plan: .enterprise, code: 9026) { $0.policy = .string("deny") },
            Refusal(plan: .pro, code: 9027) {
                $0.tlsTermination = .init()
                $0.url = "tls://a.internal"
            },
            Refusal(plan: .enterprise, code: 9030) { $0.url = "tls://a.internal:0" },
            Refusal(plan: .enterprise, code: 9030) { $0.url = "tls://a.internal:65536" },
            Refusal(plan: .enterprise, code: 9030) { $0.url = "tls://a.internal:" },
            Refusal(plan: .enterprise, code: 9031) { $0.url = "tls://a.b.c.d.e.internal" },
            Refusal(plan: .enterprise, code: 9021) {
                $0.domain = "app.example.com"
                $0.hostname = "b.shop.example.com"
            },
            Refusal(plan: .free, code: 315) { _ in },
            Refusal(plan: .payAsYouGo, code: 9007) { _ in },
            Refusal(plan: .pro, code: 9019) {
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = [1]
            },
            Refusal(plan: .payAsYouGo, code: 9017) {
                $0.tlsTermination = .init()
                $0.ipRestriction = .init(allowCIDRs: ["::/0"])
            },
            Refusal(plan: .payAsYouGo, code: 9014) {
                $0.tlsTermination = .init()
                $0.proxyProto = 2
            },
        ]
    )
    func refusesOptions(_ refusal: Refusal) throws {
        let error = try #require(throws: NgrokError.self) { _ = try Self.endpoint(plan: refusal.plan, refusal.edit) }
        #expect(error.code == refusal.code)
    }

    @Test("another protocol is refused with 332")
    func otherProtocol() throws {
        let error = try #require(throws: NgrokError.self) { _ = try Self.endpoint(proto: "http") { _ in } }
        #expect(error.code == 332)
    }

    @Test("edge termination keeps its pair and its CAs, and prints neither")
    func termination() throws {
        let endpoint = try Self.endpoint {
            $0.tlsTermination = .init(certificate: Array("cert".utf8), key: Array("secret".utf8))
            $0.mutualTLSAtEdge = [7]
            $0.proxyProto = 1
        }
        guard case .edge(let termination) = endpoint.termination else {
            Issue.record("the edge must terminate")
            return
        }
        #expect(termination.keyPair?.privateKey == Array("secret".utf8))
        #expect(termination.clientAuthorities == [7])
        #expect(endpoint.proxyHeader == .one)
        #expect("\(termination.keyPair.map { "\($0)" } ?? "")" == "KeyPair(redacted)")
    }
}
