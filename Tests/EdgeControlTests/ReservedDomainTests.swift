import CredentialTesting
import EdgeControl
import EdgeCore
import Testing

@Suite("Reserved domains")
struct ReservedDomainTests {
    @Test(
        "a text that is no name is refused by the number that ngrok has for its reservation",
        arguments: [
            ("", 1405), ("a b.example.com", 406), ("a..example.com", 409), ("-a.example.com", 407),
            ("a-.example.com", 408), ("ab--c.example.com", 410), ("localhost", 448), ("a_b.example.com", 438),
            ("xn--0.example.com", 429), ("app.*.example.com", 402), ("*-app.example.com", 403),
            (String(repeating: "a", count: 64) + ".example.com", 396),
            (String(repeating: "a.", count: 125) + "example.com", 423),
        ]
    )
    func names(_ domain: String, _ code: Int) throws {
        var fixture = try ControlFixture()
        let error = refusal { try fixture.reserve(domain) }
        #expect(error?.code == code)
        #expect(error?.field == "domain")
    }

    @Test("a name is kept in lower case, and found by it")
    func lowerCase() throws {
        var fixture = try ControlFixture()
        let domain = try fixture.reserve("App.Example.COM")
        #expect(domain.name.text == "app.example.com")
        #expect(fixture.state.reservedDomain(try DomainName("app.example.com")) == domain)
    }

    struct Pair: CustomTestStringConvertible {
        var first: String
        var second: String
        /// Of the second, for the same account and for another.
        var ofSame: Int?
        var ofOther: Int?
        var testDescription: String { "\(self.first), then \(self.second)" }
    }

    @Test(
        "a domain and everything below it belong to one account",
        arguments: [
            Pair(first: "a.example.com", second: "a.example.com", ofSame: 413, ofOther: 414),
            Pair(first: "example.com", second: "a.example.com", ofSame: nil, ofOther: 414),
            Pair(first: "a.example.com", second: "example.com", ofSame: nil, ofOther: 414),
            Pair(first: "*.example.com", second: "a.b.example.com", ofSame: nil, ofOther: 414),
            Pair(first: "a.example.com", second: "*.example.com", ofSame: nil, ofOther: 417),
            Pair(first: "*.a.example.com", second: "*.example.com", ofSame: nil, ofOther: 417),
            Pair(first: "a.example.com", second: "b.example.com", ofSame: nil, ofOther: nil),
            Pair(first: "a.example.com", second: "ba.example.com", ofSame: nil, ofOther: nil),
        ]
    )
    func ownership(_ pair: Pair) throws {
        for (account, code) in [(ControlFixture.account, pair.ofSame), (ControlFixture.other, pair.ofOther)] {
            var fixture = try ControlFixture()
            try fixture.reserve(pair.first)
            #expect(refusal { try fixture.reserve(pair.second, account: account) }?.code == code)
        }
    }

    @Test("the edge's own domain is nobody's, names below it are whoever's comes first")
    func baseDomain() throws {
        var fixture = try ControlFixture()
        #expect(refusal { try fixture.reserve("edge.test") }?.code == 404)
        #expect(refusal { try fixture.reserve("*.edge.test") }?.code == 416)
        try fixture.reserve("app.edge.test")
        try fixture.reserve("*.team.edge.test", account: ControlFixture.other)
    }

    /// Names below the edge's domain may be served by anybody without a reservation.
    @Test(
        "what another's agent serves cannot be reserved away from it",
        arguments: [("x.y.edge.test", 430), ("*.y.edge.test", 430), ("y.edge.test", 430), ("own.edge.test", nil)]
            as [(String, Int?)]
    )
    func served(_ domain: String, _ code: Int?) throws {
        var fixture = try ControlFixture(agentNames: [
            try DomainName("x.y.edge.test"): ControlFixture.other,
            try DomainName("own.edge.test"): ControlFixture.account,
        ])
        #expect(refusal { try fixture.reserve(domain) }?.code == code)
    }

    @Test("what is deleted can be reserved again, by anybody")
    func deleted() throws {
        var fixture = try ControlFixture()
        let domain = try fixture.reserve("a.example.com")
        try fixture.state.delete(ReservedDomain.self, id: domain.id, account: ControlFixture.account)
        try fixture.reserve("a.example.com", account: ControlFixture.other)
    }

    @Test("a domain on an edge cannot be deleted")
    func onEdge() throws {
        var fixture = try ControlFixture()
        let domain = try fixture.reserve("a.example.com")
        let edge = try fixture.edge(["a.example.com:443"])
        let error = refusal {
            try fixture.state.delete(ReservedDomain.self, id: domain.id, account: ControlFixture.account)
        }
        #expect(error?.code == 446)
        #expect(error?.message.contains(edge.id) == true)
        try fixture.state.delete(TLSEdge.self, id: edge.id, account: ControlFixture.account)
        try fixture.state.delete(ReservedDomain.self, id: domain.id, account: ControlFixture.account)
    }

    @Test(
        "a certificate policy is refused, by the first thing that is against it",
        arguments: [
            ("a.example.com", "cert_1", "letsencrypt", "ecdsa", 434), ("a.edge.test", nil, "letsencrypt", "ecdsa", 439),
            ("a.example.com", nil, "another", "ecdsa", 435), ("a.example.com", nil, "letsencrypt", "dsa", 1909),
            ("a.example.com", nil, "letsencrypt", "ecdsa", 1905), ("a.example.com", nil, "letsencrypt", nil, 1905),
        ] as [(String, String?, String, String?, Int)]
    )
    func policies(_ domain: String, _ id: String?, _ authority: String, _ type: String?, _ code: Int) throws {
        var fixture = try ControlFixture()
        let error = refusal {
            try fixture.create(ReservedDomain.self) { draft in
                draft.domain = domain
                draft.certificateID = id
                draft.certificateManagementPolicy = .init(authority: authority, privateKeyType: type)
            }
        }
        #expect(error?.code == code)
    }

    @Test("a certificate is one of the account's, of no name that is the edge's, and cannot go before the domain")
    func certificates() throws {
        var fixture = try ControlFixture()
        let issued = try TestAuthority().issue(["a.example.com"])
        func upload(_ account: String) throws -> TLSCertificate {
            try fixture.create(TLSCertificate.self, account: account) { draft in
                draft.certificatePEM = issued.certificatePEM
                draft.privateKeyPEM = issued.keyPEM
            }
        }
        let own = try upload(ControlFixture.account)
        let foreign = try upload(ControlFixture.other)
        for (domain, id, code) in [
            ("a.example.com", "rd_1", 227), ("a.example.com", "cert_none", 380), ("a.example.com", foreign.id, 380),
            ("a.edge.test", own.id, 440), ("a.example.com", own.id, nil),
        ] as [(String, String, Int?)] {
            let error = refusal {
                try fixture.create(ReservedDomain.self) { draft in
                    draft.domain = domain
                    draft.certificateID = id
                }
            }
            #expect(error?.code == code, "\(domain) \(id)")
        }
        let error = refusal {
            try fixture.state.delete(TLSCertificate.self, id: own.id, account: ControlFixture.account)
        }
        #expect(error?.kind == .invalid)
        #expect(error?.message.contains("reserved domain") == true)
    }

    @Test("regions and resolutions are those of one place")
    func regions() throws {
        var fixture = try ControlFixture()
        let region = refusal {
            try fixture.create(ReservedDomain.self) { draft in
                draft.domain = "a.example.com"
                draft.region = "moon"
            }
        }
        #expect(region?.code == 400)
        let resolution = refusal {
            try fixture.create(ReservedDomain.self) { draft in
                draft.domain = "a.example.com"
                draft.resolvesTo = [.init(value: "us-cal-1")]
            }
        }
        #expect(resolution?.code == 459)
    }
}
