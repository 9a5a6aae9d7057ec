/// What a probe can ask an edge, by the name that people type.
package enum ProbeQuestion: String, CaseIterable, Codable, Hashable, Sendable, Comparable {
    case role
    case largestHello = "largest-hello"
    case helloDeadline = "hello-deadline"
    case handshakeDeadline = "handshake-deadline"
    case idleDeadline = "idle-deadline"
    case halfOpenDeadline = "half-open-deadline"
    case defaultRoute = "default-route"
    case serverName = "server-name"
    case refusals
    case tlsOnly = "tls-only"
    case versions
    case alpn
    case resumption
    case earlyDial = "early-dial"
    case halfClose = "half-close"
    case proxyOut = "proxy-out"
    case proxyIn = "proxy-in"
    case wildcards
    case mutualTLS = "mutual-tls"
    case ipRestrictions = "ip-restrictions"
    case upstreamTLS = "upstream-tls"
    case ipv6
    case events
    case counters

    /// What is asked, and what counts as the answer.
    package var sentence: String {
        switch self {
        case .role:
            "who ends TLS for an endpoint of each role: an echo through it, the certificate and the session's keys"
        case .largestHello: "the largest ClientHello that is answered, in bytes of the handshake message, up to 128 KiB"
        case .helloDeadline: "how long it waits for a hello: silence, and half a hello"
        case .handshakeDeadline: "how long it waits for the rest of a handshake that it has answered"
        case .idleDeadline: "how long it keeps a connection on which nobody says anything"
        case .halfOpenDeadline: "how long it keeps a connection of which one side has said all"
        case .defaultRoute: "what becomes of a client that asks for a name which nobody serves"
        case .serverName: "what becomes of a client that sends no server name"
        case .refusals: "whether clients that are refused see a reset in place of an end"
        case .tlsOnly: "what is said to a client that begins with HTTP, SMTP or garbage"
        case .versions: "which versions of TLS are spoken where the edge ends it"
        case .alpn: "whether one of h2 and http/1.1 is selected"
        case .resumption: "whether a session is resumed, in each version"
        case .earlyDial: "whether the upstream is dialled before the handshake is over"
        case .halfClose: "whether one direction goes on when the other has ended"
        case .proxyOut: "which PROXY headers the upstream gets, and whether they are true"
        case .proxyIn: "whether the PROXY header of a trusted peer is taken, demanded and believed"
        case .wildcards: "which names below a wildcard are served"
        case .mutualTLS: "whether clients without the right certificate are kept out"
        case .ipRestrictions: "whether clients of other addresses are kept out"
        case .upstreamTLS: "whether upstreams are verified, and shown the endpoint's certificate"
        case .ipv6: "whether it listens at ::1"
        case .events: "whether a connection's event is written, and is true"
        case .counters: "whether it tells of every counter that is named"
        }
    }

    package static func < (one: Self, other: Self) -> Bool {
        let order = Self.allCases
        return order.firstIndex(of: one)! < order.firstIndex(of: other)!
    }
}
