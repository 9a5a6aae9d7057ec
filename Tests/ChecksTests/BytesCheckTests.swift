import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("What arrived")
struct BytesCheckTests: CheckRows {
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

    @Test("bytes", arguments: Self.bytesRows)
    func bytes(_ row: CheckRow) { self.run(row) }
}
