import Addresses
import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Checks of a connection")
struct CheckTests: CheckRows {
    private static let phases: LegObservation.Phases = {
        var phases = LegObservation.Phases(connect: 1)
        phases.reach(.firstByte, after: 20)
        phases.reach(.handshake, after: 30)
        return phases
    }()

    static let routeRows: [CheckRow] = [
        row("tenant alone", .edge, { $0.route = .endpoint("tenant") }, holds: true),
        row("tenant alone, passthrough", .passthrough, { $0.route = .endpoint("tenant") }, holds: true),
        row("nobody at all", .edge, { $0.route = .endpoint("tenant") }, holds: false) {
            $0.upstreams[0].connections = []
        },
        row("another", .edge, { $0.route = .endpoint("other") }, holds: false),
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
        row("dialled elsewhere too", .edge, { $0.dialled = .once }, holds: false) {
            $0.upstreams[1].connections = [UpstreamConnection()]
        },
    ]

    static let handshakeRows: [CheckRow] = [
        row("completed", .edge, { $0.handshake = .completed }, holds: true),
        row("completed without data", .edge, { $0.handshake = .completed }, holds: false) {
            $0.clients[0].applicationReceived = ApplicationObservation()
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

    /// The upstream was connected to so often, and shown these.
    private static func show(_ leaves: [UInt8]..., in observation: inout Observation) {
        let connection = observation.tenantConnection
        observation.upstreams[0].connections = leaves.map { leaf in
            var connection = connection
            connection.handshake?.peerCertificates = leaf.isEmpty ? [] : [ByteString(leaf)]
            return connection
        }
    }

    static let upstreamClientCertificateRows: [CheckRow] = [
        row("the endpoint's", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: true) {
            Self.show([4], in: &$0)
        },
        row("another's", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false) {
            Self.show([3], in: &$0)
        },
        row("a stranger's", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false) {
            Self.show([99], in: &$0)
        },
        row("no certificate", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false),
        row("who left before it", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: true) {
            Self.show([], [4], in: &$0)
            $0.upstreams[0].connections[0].handshake?.isCompleted = false
        },
        row("nobody came so far", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false) {
            $0.tenantConnection.handshake?.isCompleted = false
        },
        row("none first", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false) {
            Self.show([], [4], in: &$0)
            $0.upstreams[0].connections[0].handshake?.isCompleted = false
            $0.upstreams[0].connections[0].handshake?.alertsSent = [Made.alert("certificate_required")]
        },
        row("a session of nobody's", .reEncrypt, { $0.upstreamClientCertificate = .recipe("special") }, holds: false) {
            Self.show([4], [], in: &$0)
            $0.upstreams[0].connections[1].handshake?.isResumed = true
        },
        row("none where none is wanted", .reEncrypt, { $0.upstreamClientCertificate = .some(.none) }, holds: true),
        row("one where none is wanted", .reEncrypt, { $0.upstreamClientCertificate = .some(.none) }, holds: false) {
            Self.show([4], in: &$0)
        },
        row("another's first", .reEncrypt, { $0.upstreamClientCertificate = .some(.none) }, holds: false) {
            Self.show([4], [], in: &$0)
        },
        row("nobody said hello", .reEncrypt, { $0.upstreamClientCertificate = .some(.none) }, holds: false) {
            $0.tenantConnection.handshake = HandshakeObservation()
        },
        row("no upstream was dialled", .reEncrypt, { $0.upstreamClientCertificate = .some(.none) }, holds: false) {
            $0.upstreams[0].connections = []
        },
        row("no TLS", .edge, { $0.upstreamClientCertificate = .some(.none) }, holds: false),
    ]

    static let terminationRows: [CheckRow] = Role.allCases.flatMap { role in
        [
            row("\(role): its party's certificate", role, { $0.terminatedBy = role.terminatingParty }, holds: true),
            row("\(role): another certificate", role, { $0.terminatedBy = role.terminatingParty }, holds: false) {
                $0.clients[0].handshake.peerCertificates = [ByteString([4])]
            },
            row("\(role): no certificate", role, { $0.terminatedBy = role.terminatingParty }, holds: false) {
                $0.clients[0].handshake.peerCertificates = []
            },
        ]
    }

    static let exportersRows: [CheckRow] = [
        row("passthrough with two sessions", .passthrough, { $0.terminatedBy = .upstream }, holds: false) {
            $0.tenantConnection.handshake?.exporter = ByteString([43])
        },
        row("passthrough without a session upstream", .passthrough, { $0.terminatedBy = .upstream }, holds: false) {
            $0.tenantConnection.handshake = nil
        },
        row(
            "passthrough with an engine that has no exporter",
            .passthrough,
            { $0.terminatedBy = .upstream },
            holds: true
        ) {
            $0.clients[0].handshake.exporter = nil
        },
        row("re-encryption with one session", .reEncrypt, { $0.terminatedBy = .edge }, holds: false) {
            $0.tenantConnection.handshake?.exporter = ByteString([42])
        },
        row("the certificate by name", .edge, { $0.certificate = "special" }, holds: true) {
            $0.clients[0].handshake.peerCertificates = [ByteString([4])]
        },
        row("not the certificate by name", .edge, { $0.certificate = "special" }, holds: false),
    ]

    private static func loseUpstreamsEnd(of observation: inout Observation) {
        observation.tenantConnection.leg.sentBeforeEnd = StreamMark(count: 4, digest: "down")
        observation.tenantConnection.leg.sentCount = 28
        observation.tenantConnection.leg.sentDigest = "down and close_notify"
    }

    private static func loseClientsEnd(of observation: inout Observation) {
        observation.clients[0].leg.sentBeforeEnd = StreamMark(count: Made.hello.count, digest: "up")
        observation.clients[0].leg.sentCount += 24
        observation.clients[0].leg.sentDigest = "up and close_notify"
    }

    static let bytesRows: [CheckRow] =
        [
            row("passthrough", .passthrough, { $0.bytes = .identical }, holds: true),
            row("terminated", .edge, { $0.bytes = .identical }, holds: true),
            row("passthrough, changed up", .passthrough, { $0.bytes = .identical }, holds: false) {
                $0.tenantConnection.leg.receivedDigest = "other"
            },
            row("passthrough, lost up", .passthrough, { $0.bytes = .identical }, holds: false) {
                $0.tenantConnection.leg.receivedCount = 5
            },
            row("passthrough, changed down", .passthrough, { $0.bytes = .identical }, holds: false) {
                $0.clients[0].leg.receivedDigest = "other"
            },
            row(
                "passthrough, a byte client missed the end",
                .passthrough,
                { $0.bytes = .identical },
                holds: true,
                engine: .bytes
            ) {
                $0.clients[0].leg.received = ByteString([22, 3])
                $0.clients[0].leg.receivedCount = 2
                $0.clients[0].leg.receivedDigest = "half"
            },
            row(
                "passthrough, a byte client got other bytes",
                .passthrough,
                { $0.bytes = .identical },
                holds: false,
                engine: .bytes
            ) {
                $0.clients[0].leg.received = ByteString([22, 9])
                $0.clients[0].leg.receivedCount = 2
                $0.clients[0].leg.receivedDigest = "half"
            },
            row("terminated, changed up", .edge, { $0.bytes = .identical }, holds: false) {
                $0.tenantConnection.applicationReceived.digest = "other"
            },
            row("terminated, lost down", .edge, { $0.bytes = .identical }, holds: false) {
                $0.clients[0].applicationReceived.count = 3
            },
            row("the upstream's close_notify was not handed back", .passthrough, { $0.bytes = .identical }, holds: true)
            {
                Self.loseUpstreamsEnd(of: &$0)
            },
            row("the client's close_notify was not handed on", .passthrough, { $0.bytes = .identical }, holds: true) {
                Self.loseClientsEnd(of: &$0)
            },
            row("something before the upstream's end was lost", .passthrough, { $0.bytes = .identical }, holds: false) {
                Self.loseUpstreamsEnd(of: &$0)
                $0.tenantConnection.leg.sentBeforeEnd?.count += 1
            },
            row("something before the client's end was changed", .passthrough, { $0.bytes = .identical }, holds: false)
            {
                Self.loseClientsEnd(of: &$0)
                $0.tenantConnection.leg.receivedDigest = "other"
            },
            row("no end of ours, and bytes are missing", .passthrough, { $0.bytes = .identical }, holds: false) {
                $0.tenantConnection.leg.sentCount = 28
                $0.tenantConnection.leg.sentDigest = "down and close_notify"
            },
        ]
        + [Exchange.clientHalfClose, .upstreamHalfClose, .clientCloses].flatMap { exchange in
            [
                row(
                    "\(exchange): the upstream's end",
                    .passthrough,
                    { $0.bytes = .identical },
                    holds: false,
                    exchange: exchange
                ) {
                    Self.loseUpstreamsEnd(of: &$0)
                },
                row(
                    "\(exchange): the client's end",
                    .passthrough,
                    { $0.bytes = .identical },
                    holds: false,
                    exchange: exchange
                ) {
                    Self.loseClientsEnd(of: &$0)
                },
            ]
        } + [
            row(
                "the upstream's end is what came",
                .passthrough,
                { $0.bytes = .identical },
                holds: false,
                exchange: .upstreamCloses
            ) {
                Self.loseUpstreamsEnd(of: &$0)
            },
            row(
                "the client's answer to it is not",
                .passthrough,
                { $0.bytes = .identical },
                holds: true,
                exchange: .upstreamCloses
            ) {
                Self.loseClientsEnd(of: &$0)
            },
            row("no connection", .edge, { $0.bytes = .identical }, holds: false, refused: true),
            row("the exchange broke off", .edge, { $0.bytes = .identical }, holds: false) {
                $0.clients[0].exchangeCompleted = false
            },
        ]

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

    @Test("route", arguments: Self.routeRows)
    func route(_ row: CheckRow) { self.run(row) }

    @Test("handshake", arguments: Self.handshakeRows)
    func handshake(_ row: CheckRow) { self.run(row) }

    @Test("termination", arguments: Self.terminationRows + Self.exportersRows + Self.upstreamClientCertificateRows)
    func termination(_ row: CheckRow) { self.run(row) }

    @Test("bytes", arguments: Self.bytesRows)
    func bytes(_ row: CheckRow) { self.run(row) }

    @Test("ending and time", arguments: Self.endingsRows)
    func endings(_ row: CheckRow) { self.run(row) }
}
