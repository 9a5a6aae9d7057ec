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
        #expect(admission.enter(a, as: &places[0]) == nil)
        #expect(admission.enter(a, as: &places[1]) == nil)
        #expect(admission.enter(a, as: &places[2]) == .ofEndpoint)
        #expect(admission.enter(b, as: &places[3]) == nil)
        #expect(admission.enter(b, as: &places[4]) == .ofAccount)
        #expect(admission.enter(other, as: &places[5]) == nil)
        admission.leave(places[4])
        admission.leave(places[0])
        var next = Place()
        #expect(admission.enter(b, as: &next) == nil)
        #expect(admission.enter(b, as: &next) == .ofEndpoint)
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
