import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("How a handshake went")
struct HandshakeCheckTests: CheckRows {
    static let handshakeRows: [CheckRow] = [
        row("completed", .edge, { $0.handshake = .completed }, holds: true),
        row("completed without data", .edge, { $0.handshake = .completed }, holds: false) {
            $0.clients[0].applicationReceived = ApplicationObservation()
        },
        row("refused, says a program", .edge, { $0.handshake = .refused }, holds: true, engine: .program, refused: true)
        {
            $0.makeProgram(account: .refused)
        },
        row(
            "broken off by a program that does not believe the certificate",
            .edge,
            { $0.handshake = .refused },
            holds: false,
            engine: .program,
            refused: true
        ) {
            $0.makeProgram(account: .notVerified)
        },
        row("completed, but the exchange broke off", .edge, { $0.handshake = .completed }, holds: false) {
            $0.clients[0].exchangeCompleted = false
        },
        row(
            "closed, and the end broke off",
            .edge,
            { $0.handshake = .completed },
            holds: false,
            exchange: .clientCloses
        ) {
            $0.clients[0].exchangeCompleted = false
        },
        row("idle has no end of its own", .edge, { $0.handshake = .completed }, holds: true, exchange: .idle) {
            $0.clients[0].exchangeCompleted = false
        },
        row(
            "the client reset and the upstream ended",
            .edge,
            { $0.handshake = .completed },
            holds: true,
            exchange: .clientResets
        ),
        row(
            "the client reset and the upstream lives on",
            .edge,
            { $0.handshake = .completed },
            holds: false,
            exchange: .clientResets
        ) {
            $0.tenantConnection.leg.ending = .stillOpen
        },
        row(
            "the client was cut off and the upstream ended",
            .edge,
            { $0.route = .endpoint("tenant") },
            holds: true,
            close: .bareFIN
        ),
        row(
            "the client was cut off and the upstream lives on",
            .edge,
            { $0.route = .endpoint("tenant") },
            holds: false,
            close: .bareFIN
        ) {
            $0.tenantConnection.leg.ending = .stillOpen
        },
        row("not completed", .edge, { $0.handshake = .completed }, holds: false, refused: true),
        row("answered", .edge, { $0.handshake = .answered }, holds: true, engine: .bytes),
        row("not answered", .edge, { $0.handshake = .answered }, holds: false, engine: .bytes, refused: true),
        row("refused", .edge, { $0.handshake = .refused }, holds: true, refused: true),
        row("refused after the client thought it done", .edge, { $0.handshake = .refused }, holds: true, refused: true)
        {
            $0.clients[0].handshake.isCompleted = true
        },
        row("not refused", .edge, { $0.handshake = .refused }, holds: false),
        row("broken off by the client itself", .edge, { $0.handshake = .refused }, holds: false, refused: true) {
            $0.clients[0].handshake.isAnswered = true
            $0.clients[0].handshake.alertsSent = [Made.alert("illegal_parameter")]
        },
        row("a client that has no certificate to show", .edge, { $0.handshake = .refused }, holds: true, refused: true)
        {
            $0.clients[0].handshake.isAnswered = true
            $0.clients[0].handshake.certificateWasRequested = true
            $0.clients[0].handshake.alertsSent = [Made.alert("handshake_failure")]
        },
        row(
            "a byte client was asked for another hello",
            .edge,
            { $0.handshake = .refused },
            holds: false,
            engine: .bytes,
            refused: true
        ) {
            $0.clients[0].handshake.retryRequest = .init(group: "secp256r1")
        },
        row(
            "a byte client was answered",
            .edge,
            { $0.handshake = .refused },
            holds: false,
            engine: .bytes,
            refused: true
        ) {
            $0.clients[0].handshake.isAnswered = true
        },
        row("resumed", .edge, { $0.isResumed = true }, holds: true) { $0.clients[0].handshake.isResumed = true },
        row("resumed, and it was not", .edge, { $0.isResumed = true }, holds: false) {
            $0.clients[0].handshake.isResumed = false
            $0.clients[0].handshake.offeredSession = true
        },
        row("early data rejected", .edge, { $0.earlyData = [.accepted, .rejected] }, holds: true) {
            $0.clients[0].handshake.earlyData = .rejected
        },
        row("early data accepted, and it was not", .edge, { $0.earlyData = [.accepted] }, holds: false) {
            $0.clients[0].handshake.earlyData = .rejected
        },
        row("early data rejected, and none was sent", .edge, { $0.earlyData = [.rejected] }, holds: false) {
            $0.clients[0].handshake.earlyData = .notSent
        },
        row("asked for a second hello", .edge, { $0.isRetried = true }, holds: true) {
            $0.clients[0].handshake.retryRequest = .init(group: "x25519")
        },
        row("asked for a second hello, and it was not", .edge, { $0.isRetried = true }, holds: false),
        row("not asked", .edge, { $0.isRetried = false }, holds: true),
        row("not asked, and it was", .edge, { $0.isRetried = false }, holds: false) {
            $0.clients[0].handshake.retryRequest = .init(group: nil)
        },
        row("a full handshake", .edge, { $0.isResumed = false }, holds: true) {
            $0.clients[0].handshake.isResumed = false
        },
        row("a full handshake, and it was resumed", .edge, { $0.isResumed = false }, holds: false) {
            $0.clients[0].handshake.isResumed = true
        },
        row("a full handshake, and there was none", .edge, { $0.isResumed = false }, holds: false),
        row("version", .edge, { $0.version = .tls13 }, holds: true),
        row("other version", .edge, { $0.version = .tls12 }, holds: false),
        row("no version", .edge, { $0.version = .tls13 }, holds: false, refused: true),
        row("a protocol", .edge, { $0.alpn = .selected("h2") }, holds: true) { $0.clients[0].handshake.alpn = "h2" },
        row("another protocol", .edge, { $0.alpn = .selected("h2") }, holds: false) {
            $0.clients[0].handshake.alpn = "http/1.1"
        },
        row("no protocol", .edge, { $0.alpn = Expectation.ALPN.none }, holds: true),
        row("a protocol nobody wanted", .edge, { $0.alpn = Expectation.ALPN.none }, holds: false) {
            $0.clients[0].handshake.alpn = "h2"
        },
        row(
            "no protocol for want of a handshake",
            .edge,
            { $0.alpn = Expectation.ALPN.none },
            holds: false,
            refused: true
        ),
        row("the alert", .edge, { $0.alerts = ["decode_error", "unrecognized_name"] }, holds: true, refused: true),
        row("another alert", .edge, { $0.alerts = ["decode_error"] }, holds: false, refused: true),
        row("no alert", .edge, { $0.alerts = ["unrecognized_name"] }, holds: false),
        row("a warning is no fatal alert", .edge, { $0.alerts = ["unrecognized_name"] }, holds: false, refused: true) {
            $0.clients[0].handshake.alertsReceived = [Made.alert("unrecognized_name", level: 1)]
        },
        row("the client's name upstream", .passthrough, { $0.upstreamServerName = .clients }, holds: true),
        row("another name upstream", .passthrough, { $0.upstreamServerName = .clients }, holds: false) {
            $0.tenantConnection.handshake?.serverName = "x"
        },
        row("no name upstream", .reEncrypt, { $0.upstreamServerName = Expectation.UpstreamName.none }, holds: true),
        row("a name upstream", .passthrough, { $0.upstreamServerName = Expectation.UpstreamName.none }, holds: false),
        row(
            "no TLS upstream has no name either",
            .edge,
            { $0.upstreamServerName = Expectation.UpstreamName.none },
            holds: false
        ),
        row("that name upstream", .reEncrypt, { $0.upstreamServerName = .name("localhost") }, holds: true) {
            $0.tenantConnection.handshake?.serverName = "localhost"
        },
    ]

    @Test("handshake", arguments: Self.handshakeRows)
    func handshake(_ row: CheckRow) { self.run(row) }
}
