import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Where a connection went")
struct RouteCheckTests: CheckRows {
    static let routeRows: [CheckRow] = [
        row("tenant alone", .edge, { $0.route = .endpoint("tenant") }, holds: true),
        row("tenant alone, passthrough", .passthrough, { $0.route = .endpoint("tenant") }, holds: true),
        row("nobody at all", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.upstreams[0].connections = []
        },
        row("another", .edge, { $0.route = .endpoint("other") }, holds: false),
        row("a program's request", .edge, { $0.route = .endpoint("tenant") }, holds: true, exchange: .request) {
            $0.makeProgram(saying: "GET /shakedown/n0nce HTTP/1.1\r\n", heard: "GET /shakedown/n0nce HTTP/1.0\r\n")
        },
        row("another program's request", .edge, { $0.route = .endpoint("tenant") }, holds: false, exchange: .request) {
            $0.makeProgram(saying: "GET /shakedown/n0nce HTTP/1.1\r\n", heard: "GET /shakedown/other HTTP/1.1\r\n")
        },
        row("one of two", .edge, { $0.route = .endpoints(["other", "tenant"]) }, holds: true),
        row("one of two who are others", .edge, { $0.route = .endpoints(["other", "third"]) }, holds: false),
        row("both of two", .edge, { $0.route = .endpoints(["tenant", "other"]) }, holds: false) {
            $0.upstreams[1].connections = [$0.tenantConnection]
        },
        row("two connections", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.upstreams[0].connections.append($0.tenantConnection)
        },
        row("tenant and the decoy", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.upstreams[2].connections = [$0.tenantConnection]
        },
        row("another case's nonce", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.tenantConnection.applicationReceived = Made.application("shakedown other\n")
        },
        row("another client's hello", .passthrough, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.tenantConnection.leg.received = ByteString(Made.hello(random: 8))
        },
        row("less than the whole random", .passthrough, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.tenantConnection.leg.received = ByteString(Made.hello[..<42])
            $0.tenantConnection.applicationReceived = ApplicationObservation()
        },
        row("the hello in records of its own", .passthrough, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.tenantConnection.leg.received = ByteString(Made.hello[5...].flatMap { [22, 3, 1, 0, 1, $0] })
        },
        row("two clients, one connection for each", .edge, { $0.route = .endpoint("tenant") }, holds: true) {
            $0.addSecondClient(saying: "shakedown second\n")
            $0.upstreams[0].connections.append($0.tenantConnection)
            $0.upstreams[0].connections[1].applicationReceived = Made.application("shakedown second\n")
        },
        row("two clients, both connections the first one's", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.addSecondClient(saying: "shakedown second\n")
            $0.upstreams[0].connections.append($0.tenantConnection)
        },
        row("an empty connection", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.tenantConnection.applicationReceived = ApplicationObservation()
        },
        row("a dial at another", .edge, { $0.route = .endpoint("tenant") }, holds: true) {
            $0.upstreams[1].connections = [UpstreamConnection()]
        },
        row("a dial at the same", .edge, { $0.route = .endpoint("tenant") }, holds: true) {
            $0.upstreams[0].connections.append(UpstreamConnection())
        },
        row("a byte at another", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.upstreams[1].connections = [UpstreamConnection()]
            $0.upstreams[1].connections[0].leg.receivedCount = 1
        },
        row("none, and none came", .edge, { $0.route = Expectation.Route.none }, holds: true, refused: true),
        row("none, and one came", .edge, { $0.route = Expectation.Route.none }, holds: false),
        row("none, and one was dialled", .edge, { $0.route = Expectation.Route.none }, holds: true, refused: true) {
            $0.upstreams[0].connections = [UpstreamConnection()]
        },
        row("none is dialled", .edge, { $0.dialled = .never }, holds: true, refused: true),
        row("one is dialled", .edge, { $0.dialled = .never }, holds: false, refused: true) {
            $0.upstreams[0].connections = [UpstreamConnection()]
        },
        row("dialled in silence", .edge, { $0.dialled = .silently }, holds: true, refused: true) {
            $0.upstreams[0].connections = [UpstreamConnection()]
        },
        row("dialled with a header", .edge, { $0.dialled = .silently }, holds: false, refused: true) {
            $0.upstreams[0].connections = [UpstreamConnection()]
            $0.tenantConnection.leg.firstReadCount = 28
        },
        row("dialled once", .edge, { $0.dialled = .once }, holds: true),
        row("dialled twice", .edge, { $0.dialled = .once }, holds: false) {
            $0.upstreams[0].connections.append(UpstreamConnection())
        },
        row(
            "one of two dialled",
            .edge,
            { ($0.route, $0.dialled) = (.endpoints(["other", "tenant"]), .once) },
            holds: true
        ),
        row(
            "two of two dialled",
            .edge,
            { ($0.route, $0.dialled) = (.endpoints(["tenant", "other"]), .once) },
            holds: false
        ) {
            $0.upstreams[1].connections = [UpstreamConnection()]
        },
        row("dialled elsewhere too", .edge, { $0.dialled = .once }, holds: false) {
            $0.upstreams[1].connections = [UpstreamConnection()]
        },
    ]

    @Test("route", arguments: Self.routeRows)
    func route(_ row: CheckRow) { self.run(row) }
}
