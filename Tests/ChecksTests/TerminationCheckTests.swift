import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Who ended TLS, and what an upstream was shown")
struct TerminationCheckTests: CheckRows {
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

    @Test("termination", arguments: Self.terminationRows + Self.exportersRows + Self.upstreamClientCertificateRows)
    func termination(_ row: CheckRow) { self.run(row) }
}
