package import Addresses

/// Everything that one case saw, on both legs.
package struct Observation: Hashable, Sendable, Codable {
    package var clients: [ClientObservation]
    /// One per endpoint of the case, in its order; plus the decoy (key `decoy`), whose name no client ever asks for.
    package var upstreams: [UpstreamObservation]
    /// The events of the case's endpoints; `nil` when the target writes none.
    package var events: [ConnectionEvent]?
    /// How the steps of a play went; `nil` where there is one connection and nothing else.
    package var steps: [StepObservation]?

    package init(
        clients: [ClientObservation],
        upstreams: [UpstreamObservation],
        events: [ConnectionEvent]? = nil,
        steps: [StepObservation]? = nil
    ) {
        self.clients = clients
        self.upstreams = upstreams
        self.events = events
        self.steps = steps
    }
}

/// One connection of the harness, seen from its own end.
package struct LegObservation: Hashable, Sendable, Codable {
    /// As `getsockname` gives it.
    package var localAddress: TransportAddress?
    package var remoteAddress: TransportAddress?
    /// Bytes on the wire, the first `excerptLimit` of each direction.
    package var sent: ByteString
    package var received: ByteString
    package var sentCount: Int
    package var receivedCount: Int
    /// SHA-256 over everything, in lower-case hexadecimal.
    package var sentDigest: String
    package var receivedDigest: String
    /// What had been sent when our own side began to end: before its close_notify, or its FIN where there is no TLS.
    package var sentBeforeEnd: StreamMark?
    /// How many bytes the first read gave; a PROXY header must be in one segment.
    package var firstReadCount: Int
    /// In how many TCP segments those came; `nil` where more had come by then, or the system does not tell.
    package var firstSegmentCount: Int?
    package var ending: LegEnding
    /// Milliseconds from the start of the connection to its ending.
    package var endedAfter: Double
    package var timeline: [TimelineEntry]
    /// When what came first of each kind; `nil` on connections that were accepted.
    package var phases: Phases?
    /// Milliseconds that the harness itself let pass at most, between what came and what it did next; `nil` where it was
    /// not late.
    package var ownDelay: Double?

    /// 64 KiB and a record header's room: a whole hello of the largest allowed size fits.
    package static let excerptLimit = 66 * 1024

    package init() {
        self.sent = ByteString()
        self.received = ByteString()
        self.sentCount = 0
        self.receivedCount = 0
        self.sentDigest = ""
        self.receivedDigest = ""
        self.firstReadCount = 0
        self.ending = .stillOpen
        self.endedAfter = 0
        self.timeline = []
    }
}

extension LegObservation {
    /// How a client's connection went on: in milliseconds from when it stood, and each `nil` where it did not come to that.
    package struct Phases: Hashable, Sendable, Codable {
        /// From dialling until it stood.
        package var connect: Double
        /// All of the first flight was sent.
        package var helloSent: Double?
        /// The first byte came back.
        package var firstByte: Double?
        /// The handshake was complete on the client's side.
        package var handshake: Double?
        /// The first byte of application data came back.
        package var firstData: Double?

        package init(connect: Double) { self.connect = connect }
    }

    /// What ``Phases`` has a time of, besides the connection itself.
    package enum Phase: Sendable { case helloSent, firstByte, handshake, firstData }
}

extension LegObservation.Phases {
    /// The first time counts.
    package mutating func reach(_ phase: LegObservation.Phase, after milliseconds: Double) {
        switch phase {
        case .helloSent: self.helloSent = self.helloSent ?? milliseconds
        case .firstByte: self.firstByte = self.firstByte ?? milliseconds
        case .handshake: self.handshake = self.handshake ?? milliseconds
        case .firstData: self.firstData = self.firstData ?? milliseconds
        }
    }
}

extension Observation {
    /// The longest that the harness kept any of the connections waiting, and not because the case says so: clients of a
    /// play let what comes wait on purpose, upstreams do not.
    package func ownDelay(inPlay isPlay: Bool) -> Duration {
        let legs = (isPlay ? [] : self.clients.map(\.leg)) + self.upstreams.flatMap(\.connections).map(\.leg)
        return .milliseconds(legs.compactMap(\.ownDelay).max() ?? 0)
    }
}

/// A place in a stream of bytes: how many there were, and the SHA-256 of them.
package struct StreamMark: Hashable, Sendable, Codable {
    package var count: Int
    package var digest: String
    package init(count: Int, digest: String) {
        self.count = count
        self.digest = digest
    }
}

/// How a TCP connection ended, as its one end saw it.
package enum LegEnding: String, Codable, Hashable, Sendable {
    /// The peer closed its sending side.
    case fin
    case reset
    /// Connecting failed.
    case refused
    /// The harness stopped waiting while the peer still held it open.
    case stillOpen = "still-open"
    /// The harness closed first, as the exchange wanted.
    case closedByUs = "closed-by-us"
}

package struct TimelineEntry: Hashable, Sendable, Codable {
    /// Milliseconds since the case began.
    package var at: Double
    package var kind: Kind
    package var detail: String
    /// How many bytes were sent or received; `nil` for what is neither.
    package var count: Int?
    package init(at: Double, kind: Kind, detail: String, count: Int? = nil) {
        self.at = at
        self.kind = kind
        self.detail = detail
        self.count = count
    }

    package enum Kind: String, Codable, Hashable, Sendable {
        case connect, accept, sent, received, handshake, alert, application, closeWrite = "close-write", end, note
    }
}

/// What one side of the harness learned of a TLS handshake.
package struct HandshakeObservation: Hashable, Sendable, Codable {
    package var isCompleted: Bool
    /// A ServerHello (or, on the server's side, a ClientHello) came.
    package var isAnswered: Bool
    /// On a client: the server asked for another ClientHello first, which is no answer yet (RFC 8446 section 4.1.4).
    package var retryRequest: RetryRequest?
    package var version: TLSVersion?
    package var cipherSuite: String?
    package var alpn: String?
    /// Whether it resumes an earlier session; `nil` where the handshake did not complete or the engine cannot tell.
    package var isResumed: Bool?
    /// On a client: `true` where its first hello offered a session that an earlier one was given.
    package var offeredSession: Bool?
    /// What became of the data that a client sent with its first flight; `nil` where it was to send none. At a server only
    /// what came is told.
    package var earlyData: EarlyData?
    /// On a client: how many bytes of it the session's ticket allows.
    package var earlyDataAllowance: Int?
    /// The peer's chain, leaf first, DER. Of a resumed session the leaf that it began with, since no other is shown.
    package var peerCertificates: [ByteString]
    /// RFC 8446 section 7.5, RFC 5705: label `EXPORTER-shakedown`, no context, 32 bytes. Equal on both ends of one TLS session.
    package var exporter: ByteString?
    /// The session's secrets, as lines of a key log file (RFC 9850); `nil` where it did not come to any.
    package var secrets: [String]?
    /// On a server: the name in the client's server_name extension.
    package var serverName: String?
    /// On a client: the server asked for a certificate.
    package var certificateWasRequested: Bool
    package var alertsReceived: [Alert]
    package var alertsSent: [Alert]
    package var closeNotifyReceived: Bool
    /// The stack's own words when it gave up.
    package var failure: String?

    package init() {
        self.isCompleted = false
        self.isAnswered = false
        self.peerCertificates = []
        self.certificateWasRequested = false
        self.alertsReceived = []
        self.alertsSent = []
        self.closeNotifyReceived = false
    }

    package enum EarlyData: String, CaseIterable, Hashable, Sendable, Codable {
        case accepted
        /// It was said again once the handshake was done, where it came to that.
        case rejected
        /// There was no session of TLS 1.3 to resume.
        case notSent = "not-sent"
    }

    /// It has the form of a ServerHello, and is told from one by its random (RFC 8446 section 4.1.3).
    package struct RetryRequest: Hashable, Sendable, Codable, CustomStringConvertible {
        /// The group that it wants a share in, such as `secp384r1`.
        package var group: String?
        package init(group: String?) { self.group = group }
        package var description: String { "HelloRetryRequest" + (self.group.map { " for \($0)" } ?? "") }
    }

    package struct Alert: Hashable, Sendable, Codable, CustomStringConvertible {
        /// 1 warning, 2 fatal.
        package var level: UInt8
        /// The code; `TLSWire.AlertDescription` has its name.
        package var code: UInt8
        /// The RFC's name, such as `unrecognized_name`, or `alert(200)`.
        package var name: String
        package init(level: UInt8, code: UInt8, name: String) {
            self.level = level
            self.code = code
            self.name = name
        }
        package var description: String { "\(self.level == 2 ? "fatal" : "warning") \(self.name) (\(self.code))" }
    }
}

/// The bytes of the exchange itself, inside TLS where there is TLS.
package struct ApplicationObservation: Hashable, Sendable, Codable {
    package var count: Int
    package var digest: String
    /// The first 4 KiB.
    package var excerpt: ByteString
    package init(count: Int = 0, digest: String = "", excerpt: ByteString = ByteString()) {
        self.count = count
        self.digest = digest
        self.excerpt = excerpt
    }
}

package struct ClientObservation: Hashable, Sendable, Codable {
    /// Of a play's client what it is called there.
    package var name: String?
    package var leg: LegObservation
    package var handshake: HandshakeObservation
    package var applicationSent: ApplicationObservation
    package var applicationReceived: ApplicationObservation
    /// The exchange came to its proper end, on this side.
    package var exchangeCompleted: Bool
    /// Of a client that is a program what it did itself.
    package var program: ProgramObservation?
    package init(leg: LegObservation = LegObservation(), handshake: HandshakeObservation = HandshakeObservation()) {
        self.leg = leg
        self.handshake = handshake
        self.applicationSent = ApplicationObservation()
        self.applicationReceived = ApplicationObservation()
        self.exchangeCompleted = false
    }
}

package struct UpstreamObservation: Hashable, Sendable, Codable {
    package var endpoint: String
    package var connections: [UpstreamConnection]
    package init(endpoint: String, connections: [UpstreamConnection] = []) {
        self.endpoint = endpoint
        self.connections = connections
    }
}

package struct UpstreamConnection: Hashable, Sendable, Codable {
    package var leg: LegObservation
    package var proxyHeader: ProxyHeaderObservation
    /// `nil` on a plain upstream.
    package var handshake: HandshakeObservation?
    package var applicationSent: ApplicationObservation
    package var applicationReceived: ApplicationObservation
    package var exchangeCompleted: Bool
    package init(leg: LegObservation = LegObservation()) {
        self.leg = leg
        self.proxyHeader = .absent
        self.applicationSent = ApplicationObservation()
        self.applicationReceived = ApplicationObservation()
        self.exchangeCompleted = false
    }
}

/// What stood before everything else on an upstream's connection.
package enum ProxyHeaderObservation: Hashable, Sendable, Codable {
    case absent
    /// A header that the strict reader accepted. The addresses are `nil` for LOCAL, UNKNOWN and UNSPEC.
    case valid(
        version: Int,
        source: TransportAddress?,
        destination: TransportAddress?,
        command: String,
        length: Int,
        tlvs: [TLV]
    )
    /// It began like a header and is none.
    case invalid(reason: String, bytes: ByteString)

    package struct TLV: Hashable, Sendable, Codable {
        package var type: UInt8
        package var value: ByteString
        package init(type: UInt8, value: ByteString) {
            self.type = type
            self.value = value
        }
    }
}

/// A `tcp_connection_closed.v0` event, as ngrok's documentation has it, with the address that makes it findable.
package struct ConnectionEvent: Hashable, Sendable, Codable {
    package var eventID: String
    package var eventType: String
    package var serverName: String
    package var clientIP: String
    package var serverIP: String
    package var serverPort: Int?
    package var bytesIn: Int
    package var bytesOut: Int
    /// RFC 3339.
    package var startTimestamp: String
    package var endTimestamp: String
    package var ipPolicyDecision: String?
    /// What the actions `log` of traffic policies wrote down; `nil` where the event tells of none.
    package var logs: [[String: String]]?

    package init(
        eventID: String,
        eventType: String,
        serverName: String,
        clientIP: String,
        serverIP: String,
        serverPort: Int?,
        bytesIn: Int,
        bytesOut: Int,
        startTimestamp: String,
        endTimestamp: String,
        ipPolicyDecision: String?
    ) {
        self.eventID = eventID
        self.eventType = eventType
        self.serverName = serverName
        self.clientIP = clientIP
        self.serverIP = serverIP
        self.serverPort = serverPort
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.startTimestamp = startTimestamp
        self.endTimestamp = endTimestamp
        self.ipPolicyDecision = ipPolicyDecision
    }
}
