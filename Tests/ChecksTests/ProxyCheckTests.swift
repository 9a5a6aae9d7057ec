import Addresses
import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Checks of PROXY headers")
struct ProxyCheckTests: CheckRows {
    private static func header(
        version: Int = 1,
        source: TransportAddress? = Made.client,
        destination: TransportAddress? = Made.edge,
        command: String = "PROXY",
        tlvs: [ProxyHeaderObservation.TLV] = []
    ) -> ProxyHeaderObservation {
        .valid(version: version, source: source, destination: destination, command: command, length: 45, tlvs: tlvs)
    }

    private static func authority(_ name: String) -> [ProxyHeaderObservation.TLV] {
        [ProxyHeaderObservation.TLV(type: 2, value: ByteString(name.utf8))]
    }

    static let proxyRows: [CheckRow] = [
        row("the right header", .edge, { $0.proxy = .version(1) }, holds: true) {
            $0.tenantConnection.proxyHeader = Self.header()
        },
        row("none came", .edge, { $0.proxy = .version(1) }, holds: false),
        row("none wanted, none came", .edge, { $0.proxy = .absent }, holds: true),
        row("none wanted, one came", .edge, { $0.proxy = .absent }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header()
        },
        row("none wanted, half a header came", .edge, { $0.proxy = .absent }, holds: false) {
            $0.tenantConnection.proxyHeader = .invalid(reason: "no line end", bytes: ByteString("PROXY ".utf8))
        },
        row("no connection", .edge, { $0.proxy = .absent }, holds: false, refused: true),
        row("the other version", .edge, { $0.proxy = .version(2) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header()
        },
        row("not valid", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = .invalid(reason: "port 65536", bytes: ByteString("PROXY ".utf8))
        },
        row("LOCAL", .edge, { $0.proxy = .version(2) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(version: 2, command: "LOCAL")
        },
        row("another source port", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(source: TransportAddress(ip: .loopback, port: 40_001))
        },
        row("no source", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(source: nil)
        },
        row("another destination", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(destination: TransportAddress(ip: .loopback, port: 4443))
        },
        row("in two pieces", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header()
            $0.tenantConnection.leg.firstReadCount = 44
        },
        row("in two segments that were read at once", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header()
            $0.tenantConnection.leg.firstReadCount = 45
            $0.tenantConnection.leg.firstSegmentCount = 2
        },
        row("in one segment, alone in the first read", .edge, { $0.proxy = .version(1) }, holds: true) {
            $0.tenantConnection.proxyHeader = Self.header()
            $0.tenantConnection.leg.firstReadCount = 45
            $0.tenantConnection.leg.firstSegmentCount = 1
        },
        row("with the client's bytes behind it", .edge, { $0.proxy = .version(1) }, holds: true) {
            $0.tenantConnection.proxyHeader = Self.header()
            $0.tenantConnection.leg.firstReadCount = 562
            $0.tenantConnection.leg.firstSegmentCount = 2
        },
        row("twice", .edge, { $0.proxy = .version(1) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header()
            $0.tenantConnection.leg.received = ByteString("PROXY TCP4 ".utf8)
        },
        row("twice, in version 2", .edge, { $0.proxy = .version(2) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(version: 2)
            $0.tenantConnection.leg.received = ByteString([13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21])
        },
        row("the authority", .edge, { $0.proxy = .version(2) }, holds: true) {
            $0.tenantConnection.proxyHeader = Self.header(version: 2, tlvs: Self.authority("tenant-1.shakedown.test"))
        },
        row("the authority in other letters", .edge, { $0.proxy = .version(2) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(version: 2, tlvs: Self.authority("Tenant-1.shakedown.test"))
        },
        row("another authority", .edge, { $0.proxy = .version(2) }, holds: false) {
            $0.tenantConnection.proxyHeader = Self.header(version: 2, tlvs: Self.authority("other-1.shakedown.test"))
        },
    ]

    private static let announced = ClientPlan.Announcement(
        client: TransportAddress(ip: .v4(0xc000_0201), port: 4660),
        server: TransportAddress(ip: .v4(0xc000_0202), port: 443)
    )

    struct Told: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let source: ClientPlan.Source
        let header: ProxyHeaderObservation
        let holds: Bool
    }

    static let announcedRows: [Told] = [
        Told(
            testDescription: "the announced",
            source: .trustedProxy,
            header: Self.header(source: Self.announced.client, destination: Self.announced.server),
            holds: true
        ),
        Told(testDescription: "the proxy", source: .trustedProxy, header: Self.header(), holds: false),
        Told(
            testDescription: "the announced, at the edge's own address",
            source: .trustedProxy,
            header: Self.header(source: Self.announced.client),
            holds: false
        ),
        Told(testDescription: "a stranger", source: .otherLoopback, header: Self.header(), holds: true),
        Told(
            testDescription: "whom a stranger announces",
            source: .otherLoopback,
            header: Self.header(source: Self.announced.client, destination: Self.announced.server),
            holds: false
        ),
    ]

    @Test(
        "a client whom a trusted proxy announces is told on in its place, and a stranger's word is none",
        arguments: Self.announcedRows
    )
    func announced(_ row: Told) {
        var testCase = Made.testCase(.edge, strict: [Made.expect { $0.proxy = .version(1) }])
        testCase.client.source = row.source
        testCase.client.announced = Self.announced
        let verdict = Made.judge.judge(testCase, Made.good(.edge).with { $0.tenantConnection.proxyHeader = row.header })
        #expect((verdict.outcome == .pass) == row.holds, "\(verdict)")
    }

    @Test("PROXY header", arguments: Self.proxyRows)
    func proxy(_ row: CheckRow) { self.run(row) }
}
