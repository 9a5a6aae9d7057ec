import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("How and when a connection ended")
struct EndingCheckTests: CheckRows {
    private static let phases: LegObservation.Phases = {
        var phases = LegObservation.Phases(connect: 1)
        phases.reach(.firstByte, after: 20)
        phases.reach(.handshake, after: 30)
        return phases
    }()

    static let endingsRows: [CheckRow] = [
        row("close_notify", .edge, { $0.endings = [.closeNotify] }, holds: true),
        row("FIN", .edge, { $0.endings = [.fin] }, holds: true) { $0.clients[0].handshake.closeNotifyReceived = false },
        row("FIN is no close_notify", .edge, { $0.endings = [.closeNotify] }, holds: false) {
            $0.clients[0].handshake.closeNotifyReceived = false
        },
        row("close_notify is no bare FIN", .edge, { $0.endings = [.fin] }, holds: false),
        row("reset", .edge, { $0.endings = [.fin, .reset] }, holds: true) {
            $0.clients[0].leg.ending = .reset
            $0.clients[0].handshake.closeNotifyReceived = false
        },
        row("a reset behind close_notify undoes nothing", .edge, { $0.endings = [.closeNotify] }, holds: true) {
            $0.clients[0].leg.ending = .reset
        },
        row("FIN at a plain upstream", .edge, { $0.upstreamEndings = [.inOrder] }, holds: true),
        row("FIN at a plain upstream is no reset", .edge, { $0.upstreamEndings = [.reset] }, holds: false),
        row("a reset at a plain upstream", .edge, { $0.upstreamEndings = [.reset, .truncated] }, holds: true) {
            $0.tenantConnection.leg.ending = .reset
        },
        row("FIN at an upstream with TLS", .reEncrypt, { $0.upstreamEndings = [.truncated] }, holds: true),
        row(
            "FIN at an upstream with TLS is no end in order",
            .reEncrypt,
            { $0.upstreamEndings = [.inOrder] },
            holds: false
        ),
        row("close_notify at the upstream", .reEncrypt, { $0.upstreamEndings = [.inOrder] }, holds: true) {
            $0.tenantConnection.handshake?.closeNotifyReceived = true
            $0.tenantConnection.leg.ending = .reset
        },
        row(
            "close_notify at the upstream is no truncation",
            .reEncrypt,
            { $0.upstreamEndings = [.truncated] },
            holds: false
        ) {
            $0.tenantConnection.handshake?.closeNotifyReceived = true
        },
        row("still open", .edge, { $0.upstreamEndings = [.inOrder, .reset] }, holds: false) {
            $0.tenantConnection.leg.ending = .stillOpen
        },
        row("open as it should be", .edge, { $0.upstreamEndings = [.open] }, holds: true) {
            $0.tenantConnection.leg.ending = .stillOpen
        },
        row(
            "ended by the upstream itself",
            .edge,
            { $0.upstreamEndings = Expectation.UpstreamEnding.allCases },
            holds: false
        ) {
            $0.tenantConnection.leg.ending = .closedByUs
        },
        row("nobody at the upstream", .edge, { $0.upstreamEndings = Expectation.UpstreamEnding.allCases }, holds: false)
        {
            $0.upstreams[0].connections = []
        },
        row("nor does it hide the close_notify", .edge, { $0.endings = [.fin, .reset] }, holds: false) {
            $0.clients[0].leg.ending = .reset
        },
        row("a reset", .edge, { $0.endings = [.closeNotify, .fin] }, holds: false) {
            $0.clients[0].leg.ending = .reset
            $0.clients[0].handshake.closeNotifyReceived = false
        },
        row("alert", .edge, { $0.endings = [.alert] }, holds: true, refused: true),
        row("alert and the client left", .edge, { $0.endings = [.alert] }, holds: true, refused: true) {
            $0.clients[0].leg.ending = .closedByUs
        },
        row("close_notify and the client left", .edge, { $0.endings = [.closeNotify] }, holds: true) {
            $0.clients[0].leg.ending = .closedByUs
        },
        row(
            "the client left, which is no silence of the peer's",
            .edge,
            { $0.endings = [.silentClose] },
            holds: false,
            refused: true
        ) {
            $0.clients[0].handshake.alertsReceived = []
            $0.clients[0].leg.receivedCount = 0
            $0.clients[0].leg.ending = .closedByUs
        },
        row("alert and still open", .edge, { $0.endings = [.alert] }, holds: false, refused: true) {
            $0.clients[0].leg.ending = .stillOpen
        },
        row("silent close by FIN", .edge, { $0.endings = [.silentClose] }, holds: true, refused: true) {
            $0.clients[0].handshake.alertsReceived = []
            $0.clients[0].leg.receivedCount = 0
        },
        row("silent close by reset", .edge, { $0.endings = [.silentClose] }, holds: true, refused: true) {
            $0.clients[0].handshake.alertsReceived = []
            $0.clients[0].leg.receivedCount = 0
            $0.clients[0].leg.ending = .reset
        },
        row("a byte came back", .edge, { $0.endings = [.silentClose] }, holds: false, refused: true) {
            $0.clients[0].handshake.alertsReceived = []
            $0.clients[0].leg.receivedCount = 1
        },
        row("the client closed first", .edge, { $0.endings = [.fin, .closeNotify] }, holds: false) {
            $0.clients[0].leg.ending = .closedByUs
            $0.clients[0].handshake.closeNotifyReceived = false
        },
        row("in time", .edge, { $0.within = .milliseconds(0...100) }, holds: true),
        row("too late", .edge, { $0.within = .milliseconds(0...49) }, holds: false),
        row("too early", .edge, { $0.within = .milliseconds(60...100) }, holds: false),
        row("not ended in time", .edge, { $0.within = .milliseconds(0...100) }, holds: false) {
            $0.clients[0].leg.ending = .stillOpen
        },
        row("a first byte in time", .edge, { $0.firstByteWithin = .milliseconds(0...100) }, holds: true) {
            $0.clients[0].leg.phases = Self.phases
        },
        row("a first byte too late", .edge, { $0.firstByteWithin = .milliseconds(0...19) }, holds: false) {
            $0.clients[0].leg.phases = Self.phases
        },
        row("a first byte too early", .edge, { $0.firstByteWithin = .deadline(.hello) }, holds: false) {
            $0.clients[0].leg.phases = Self.phases
        },
        row("no first byte", .edge, { $0.firstByteWithin = .milliseconds(0...100) }, holds: false) {
            $0.clients[0].leg.phases = LegObservation.Phases(connect: 1)
        },
        row("a handshake in time", .edge, { $0.handshakeWithin = .milliseconds(0...100) }, holds: true) {
            $0.clients[0].leg.phases = Self.phases
        },
        row("a handshake too late", .edge, { $0.handshakeWithin = .milliseconds(0...29) }, holds: false) {
            $0.clients[0].leg.phases = Self.phases
        },
        row("no handshake", .edge, { $0.handshakeWithin = .milliseconds(0...100) }, holds: false),
        row("at the deadline", .edge, { $0.within = .deadline(.hello) }, holds: true) {
            $0.clients[0].leg.endedAfter = 3050
        },
        row("before the deadline", .edge, { $0.within = .deadline(.hello) }, holds: false) {
            $0.clients[0].leg.endedAfter = 2800
        },
        row("long after the deadline", .edge, { $0.within = .deadline(.hello) }, holds: false) {
            $0.clients[0].leg.endedAfter = 4600
        },
    ]

    @Test("ending and time", arguments: Self.endingsRows)
    func endings(_ row: CheckRow) { self.run(row) }
}
