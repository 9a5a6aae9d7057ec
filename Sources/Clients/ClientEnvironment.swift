package import Addresses
package import ClientPrograms
package import Exchanges
package import Legs
package import NIOCore
package import ScenarioModel

/// What a client needs besides its plan: where to go, who it is, and how long it has.
package struct ClientEnvironment: Sendable {
    /// The target's address in the family of the plan's source.
    package var edgeAddress: TransportAddress
    /// What the plan's `certificate` recipe was minted to.
    package var credential: Credential?
    /// What the client offers to resume.
    package var resumes: SavedSession?
    /// The client's session will be resumed: before it ends, it waits a while for what it needs to be.
    package var savesSession: Bool
    /// The first is in the first line of every exchange that carries data.
    package var nonces: [String]
    /// Payloads and the byte client's random values come from it. The upstream has the same.
    package var seed: UInt64
    /// Which of the case's connections it is: byte clients of one case say different hellos, by which they are told apart.
    package var connection = 0
    package var exchange: Exchange
    /// The whole case has so long, counted from ``caseStart``.
    package var deadline: Duration
    package var caseStart: ContinuousClock.Instant
    package var eventLoopGroup: any EventLoopGroup
    /// How long a byte client stays after a ServerHello, for the rest of the server's flight.
    package var answerLinger = Duration.milliseconds(100)
    /// Of a client that is a program.
    package var program: ClientKit?
    /// What the client does in place of its half of the exchange.
    package var choreography: (any Choreography)?
    /// Is told each connection's first flight before it is sent.
    package var announce: @Sendable (_ firstFlight: [UInt8]) -> Void

    package init(
        edgeAddress: TransportAddress,
        credential: Credential? = nil,
        resumes: SavedSession? = nil,
        savesSession: Bool = false,
        nonces: [String],
        seed: UInt64,
        exchange: Exchange,
        deadline: Duration,
        caseStart: ContinuousClock.Instant = .now,
        eventLoopGroup: any EventLoopGroup,
        choreography: (any Choreography)? = nil,
        announce: @escaping @Sendable (_ firstFlight: [UInt8]) -> Void = { _ in }
    ) {
        self.edgeAddress = edgeAddress
        self.credential = credential
        self.resumes = resumes
        self.savesSession = savesSession
        self.nonces = nonces
        self.seed = seed
        self.exchange = exchange
        self.deadline = deadline
        self.caseStart = caseStart
        self.eventLoopGroup = eventLoopGroup
        self.choreography = choreography
        self.announce = announce
    }

    /// What is said first where the client speaks first.
    var firstLine: [UInt8] { ExchangeLine.opening(nonce: self.nonces.first ?? "") }

    var end: ContinuousClock.Instant { self.caseStart + self.deadline }
}

/// Why a client could not do what its plan says: the plan's fault or ours, never the target's.
///
/// Two are equal when their ``code`` is.
package struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let detail: String

    package enum Code: String, Sendable {
        /// A TLS engine was asked for an opening of its own making.
        case openingNeedsBytes = "only the bytes engine can open like this"
        /// A byte client cannot speak inside TLS.
        case exchangeNeedsTLS = "the bytes engine can only wait or stay idle"
        /// A program asks for a page, and holds no other conversation.
        case exchangeNeedsEngine = "a program can only play the exchange request"
        /// The plan's client is a program that nobody has found.
        case noProgram = "there is no such program"
        /// The engine made no first flight from this plan.
        case noFirstFlight = "the engine gave no first flight"
        /// The plan asks an engine for what it cannot do.
        case unable = "the engine cannot do this"
    }

    init(_ code: Code, _ detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
    package var description: String {
        self.detail.isEmpty ? self.code.rawValue : "\(self.code.rawValue): \(self.detail)"
    }
}
