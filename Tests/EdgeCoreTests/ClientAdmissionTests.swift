import Addresses
import EdgeCore
import Testing

@Suite("Who may come in beside the others")
struct ClientAdmissionTests {
    private typealias Place = ClientAdmission.Place

    private static func endpoint(_ name: String, account: String = "ac_a") throws -> EndpointConfiguration {
        EndpointConfiguration(
            id: name,
            accountID: account,
            name: try DomainName(name),
            termination: .beyond,
            restrictions: try IPRestrictions(allow: [], deny: []),
            proxyHeader: nil,
            details: EndpointConfiguration.Details(
                resourceID: "ep_\(name)",
                tunnelID: nil,
                createdAt: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0)
            )
        )
    }

    private static let first = IPAddress.v4(0x0a00_0001)
    private static let second = IPAddress.v4(0x0a00_0002)

    @Test("a source has its own places, and has them again when its connections have gone")
    func sources() {
        var admission = ClientAdmission(.init(ofSource: 2, ofEndpoint: 9, ofAccount: 9))
        var places = [Place(), Place(), Place(), Place()]
        #expect(admission.enter(from: Self.first, as: &places[0]) == nil)
        #expect(admission.enter(from: Self.first, as: &places[1]) == nil)
        #expect(admission.enter(from: Self.first, as: &places[2]) == .ofSource)
        #expect(admission.enter(from: Self.second, as: &places[3]) == nil)
        // One that was turned away gives nothing back.
        admission.leave(places[2])
        var next = Place()
        #expect(admission.enter(from: Self.first, as: &next) == .ofSource)
        admission.leave(places[0])
        #expect(admission.enter(from: Self.first, as: &next) == nil)
    }

    @Test("an endpoint and an account have theirs, and one that had no room at its account leaves the endpoint's")
    func endpoints() throws {
        var admission = ClientAdmission(.init(ofSource: 9, ofEndpoint: 2, ofAccount: 3))
        let (a, b) = (try Self.endpoint("a.example.com"), try Self.endpoint("b.example.com"))
        let other = try Self.endpoint("c.example.com", account: "ac_other")
        var places = (0..<6).map { _ in Place() }
        #expect(admission.enter(a, as: &places[0], at: 0) == nil)
        #expect(admission.enter(a, as: &places[1], at: 0) == nil)
        #expect(admission.enter(a, as: &places[2], at: 0) == .ofEndpoint)
        #expect(admission.enter(b, as: &places[3], at: 0) == nil)
        #expect(admission.enter(b, as: &places[4], at: 0) == .ofAccount)
        #expect(admission.enter(other, as: &places[5], at: 0) == nil)
        admission.leave(places[4])
        admission.leave(places[0])
        var next = Place()
        #expect(admission.enter(b, as: &next, at: 0) == nil)
        #expect(admission.enter(b, as: &next, at: 0) == .ofEndpoint)
    }

    /// How many of so many connections that come at this time get in.
    private static func admitted(
        _ count: Int,
        to endpoint: EndpointConfiguration,
        of admission: inout ClientAdmission,
        atSecond second: UInt64
    ) -> Int {
        (0..<count).count { _ in
            var place = Place()
            defer { admission.leave(place) }
            return admission.enter(endpoint, as: &place, at: second * 1_000_000_000) == nil
        }
    }

    @Test("an account has so many connections a minute, at once or one by one, and another has its own")
    func rates() throws {
        var admission = ClientAdmission(.init(ofSource: 9, ofEndpoint: 9, ofAccount: 9))
        let (a, b) = (try Self.endpoint("a.example.com"), try Self.endpoint("b.example.com"))
        let other = try Self.endpoint("c.example.com", account: "ac_other")
        admission.replace(rates: ["ac_a": 6])
        #expect(Self.admitted(4, to: a, of: &admission, atSecond: 100) == 4)
        #expect(Self.admitted(4, to: b, of: &admission, atSecond: 100) == 2)
        #expect(Self.admitted(50, to: other, of: &admission, atSecond: 100) == 50)
        // One comes back every ten seconds.
        #expect(Self.admitted(2, to: a, of: &admission, atSecond: 109) == 0)
        #expect(Self.admitted(2, to: a, of: &admission, atSecond: 110) == 1)
        #expect(Self.admitted(9, to: a, of: &admission, atSecond: 130) == 2)
        // A clock that was asked earlier takes nothing back.
        #expect(Self.admitted(9, to: a, of: &admission, atSecond: 100) == 0)
        #expect(Self.admitted(9, to: a, of: &admission, atSecond: 140) == 1)
        // However long nobody came.
        #expect(Self.admitted(99, to: a, of: &admission, atSecond: 9_000_000) == 6)
    }

    @Test("who has no room takes nothing of the rate, and a change of another account's leaves it as it is")
    func rateOfRefused() throws {
        var admission = ClientAdmission(.init(ofSource: 9, ofEndpoint: 1, ofAccount: 9))
        let (a, b) = (try Self.endpoint("a.example.com"), try Self.endpoint("b.example.com"))
        admission.replace(rates: ["ac_a": 3])
        var place = Place()
        #expect(admission.enter(a, as: &place, at: 0) == nil)
        for _ in 0..<5 {
            var refused = Place()
            #expect(admission.enter(a, as: &refused, at: 0) == .ofEndpoint)
            admission.leave(refused)
        }
        admission.replace(rates: ["ac_a": 3, "ac_other": 9])
        #expect(Self.admitted(9, to: b, of: &admission, atSecond: 0) == 2)
        var late = Place()
        #expect(admission.enter(b, as: &late, at: 0) == .rateOfAccount)
        admission.replace(rates: ["ac_other": 9])
        #expect(Self.admitted(9, to: b, of: &admission, atSecond: 0) == 0, "its place is given back by who has it")
        admission.leave(late)
        #expect(Self.admitted(9, to: b, of: &admission, atSecond: 0) == 9)
    }

    @Test("all addresses of an IPv6 network are one source, and an IPv4-mapped one is IPv4's")
    func networks() throws {
        func network(_ text: String) throws -> SourceNetwork { SourceNetwork(try #require(IPAddress(text))) }
        #expect(try network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9"))
        #expect(try network("2001:db8:1:2::1") != network("2001:db8:1:3::1"))
        #expect(try network("::ffff:10.0.0.1") == network("10.0.0.1"))
        #expect(try network("::ffff:10.0.0.1") != network("::ffff:10.0.0.2"))
    }
}
