/// What may be observed, graded.
///
/// The first grade with a matching alternative decides: strict passes, lenient passes with a note, tolerated is
/// informational, anything else fails. `never` is looked at first: a security invariant that was broken fails, whatever
/// else was seen.
package struct GradedExpectation: Hashable, Sendable, Codable {
    package var strict: [Expectation]
    package var lenient: [Expectation]
    package var tolerated: [Expectation]
    package var never: [Invariant]

    /// Every grade's, in the order in which they are looked at.
    package var alternatives: [Expectation] { self.strict + self.lenient + self.tolerated }

    package init(
        strict: [Expectation],
        lenient: [Expectation] = [],
        tolerated: [Expectation] = [],
        never: [Invariant] = []
    ) {
        self.strict = strict
        self.lenient = lenient
        self.tolerated = tolerated
        self.never = never
    }
}

/// One alternative: everything that is set must hold.
package struct Expectation: Hashable, Sendable, Codable {
    /// Which upstream got the client's bytes.
    package var route: Route?
    /// Whether upstreams were so much as dialled.
    package var dialled: Dialled?
    package var handshake: Handshake?
    /// Whose certificate was presented and whose exporter value equals the client's.
    package var terminatedBy: Party?
    /// The recipe of the presented certificate, where a scenario has more than the default one.
    package var certificate: String?
    package var version: TLSVersion?
    /// Whether the client's handshake resumes the session that it offered.
    package var isResumed: Bool?
    /// What became of the client's early data; any of these.
    package var earlyData: [HandshakeObservation.EarlyData]
    /// Whether the server asked for a second hello.
    package var isRetried: Bool?
    package var alpn: ALPN?
    package var bytes: Fidelity?
    /// Any of these fatal alerts, by their RFC names: `unrecognized_name`.
    package var alerts: [String]
    /// Any of these.
    package var endings: [Ending]
    /// How the upstream's connection ended; any of these.
    package var upstreamEndings: [UpstreamEnding]
    package var within: Within?
    /// When the first byte came back, and when the handshake was complete.
    package var firstByteWithin: Within?
    package var handshakeWithin: Within?
    package var proxy: ProxyHeader?
    package var event: Event?
    /// The server name that the upstream's TLS side saw.
    package var upstreamServerName: UpstreamName?
    /// What the edge or the agent showed the upstream's TLS side.
    package var upstreamClientCertificate: ShownCertificate?

    package init() {
        self.earlyData = []
        self.alerts = []
        self.endings = []
        self.upstreamEndings = []
    }

    /// All that it says about time.
    package var times: [Within] { [self.within, self.firstByteWithin, self.handshakeWithin].compactMap(\.self) }

    package enum Route: Hashable, Sendable, Codable {
        /// The upstream of one of the endpoints with these keys, and no other. The first is whose name the client asks for.
        case endpoints([String])
        /// No upstream got a byte of the client.
        case none

        package static func endpoint(_ key: String) -> Route { .endpoints([key]) }

        package var keys: [String] {
            switch self {
            case .endpoints(let keys): keys
            case .none: []
            }
        }
    }

    package enum Dialled: String, CaseIterable, Codable, Hashable, Sendable {
        /// No upstream saw a connection.
        case never = "none"
        /// Upstreams may have seen connections, and not a byte on them.
        case silently = "silent"
        /// One connection for each client on the upstream that the route names, and none elsewhere.
        case once
    }

    package enum Handshake: String, Codable, Hashable, Sendable {
        /// Completed on the client's side, and application data came back.
        case completed
        /// A ServerHello came back; a byte client cannot go further.
        case answered
        /// It did not complete.
        case refused
    }

    package enum ALPN: Hashable, Sendable, Codable {
        case selected(String)
        case none
    }

    package enum Fidelity: String, Codable, Hashable, Sendable {
        /// Passthrough: the upstream's TLS bytes are exactly the client's, in both directions. Otherwise: the
        /// application bytes are.
        case identical
    }

    /// How the client's connection ended, as the client saw it.
    package enum Ending: String, CaseIterable, Codable, Hashable, Sendable {
        /// A fatal alert came, then the end of the connection.
        case alert
        /// FIN or RST before a single byte came back.
        case silentClose = "silent-close"
        /// close_notify, and then the end of the connection in one way or another.
        case closeNotify = "close-notify"
        /// FIN without close_notify, after some bytes.
        case fin
        case reset
    }

    /// How the connection of an upstream ended, as the upstream saw it.
    package enum UpstreamEnding: String, CaseIterable, Codable, Hashable, Sendable {
        /// As one ends that has said all: close_notify where the upstream has TLS, FIN where it has none.
        case inOrder = "in-order"
        /// FIN without the close_notify that TLS owes.
        case truncated
        case reset
        /// Nobody ended it for as long as the case lasted.
        case open
    }

    package enum Within: Hashable, Sendable, Codable {
        /// Milliseconds from when the connection stood.
        case milliseconds(ClosedRange<Int>)
        /// Around one of the target's deadlines, from 0.1 s before it to 1.5 s after it.
        case deadline(Deadline)
    }

    package enum ProxyHeader: Hashable, Sendable, Codable {
        /// A header of this version, first and once, with the client's real address and the edge's.
        case version(Int)
        case absent
    }

    package enum Event: Hashable, Sendable, Codable {
        /// One `tcp_connection_closed.v0` for the connection, with true addresses, name, times and byte counts; where it is said,
        /// with what the IP rules decided and with what the traffic policies wrote down, in this order.
        case one(ipPolicyDecision: String? = nil, logs: [[String: String]]? = nil)
        case none
    }

    package enum ShownCertificate: Hashable, Sendable, Codable {
        case recipe(String)
        /// An upstream that asks is shown none.
        case none
    }

    package enum UpstreamName: Hashable, Sendable, Codable {
        /// The name that the client sent.
        case clients
        case name(String)
        case none
    }
}

/// What must never be seen, whatever the grade.
package enum Invariant: Hashable, Sendable, Codable {
    /// An upstream other than the expected one got bytes of the client.
    case otherContacted
    /// Any upstream at all got bytes of the client.
    case anyContacted
    /// An upstream got application data, in clear or inside TLS.
    case upstreamGotData
    /// A client without an acceptable certificate got through to application data.
    case clientCertificateSkipped
    /// The target answered with something that is not a TLS record (a STARTTLS reply, an HTTP error page).
    case plaintextReply
}

/// The limits of a target that scenarios wait for.
package enum Deadline: String, CaseIterable, Codable, Hashable, Sendable {
    /// From accepting to the complete ClientHello.
    case hello
    /// From the ClientHello to the end of the handshake.
    case handshake
    /// Without a byte in either direction.
    case idle
    /// The same, once one direction has ended.
    case halfOpen = "half-open"
}
