package import Addresses

/// The client of a case: which stack makes the first flight, what is in it, and how it is cut up on its way.
package struct ClientPlan: Hashable, Sendable, Codable {
    package var engine: Engine
    /// Of the engine `program` which one, as ``Case/Choice`` names it; `nil` for the others.
    package var program: String?
    /// The server name to send; `nil` sends no server_name extension.
    package var serverName: String?
    package var minimumVersion: TLSVersion
    package var maximumVersion: TLSVersion
    package var alpn: [String]
    /// Whether it asks for session tickets. Without them only TLS 1.2 sessions can be resumed, by their id.
    package var usesTickets: Bool
    /// The key exchange groups, by the engine's names, the first of which comes with a key share; empty leaves the
    /// engine's own.
    package var groups: [String] = []
    /// The cipher suites and signature algorithms, as ``OfferedNames`` has them; empty leaves the engine's own.
    package var ciphers: [String] = []
    package var signatureAlgorithms: [String] = []
    /// The server name of the second hello, where a HelloRetryRequest asks for one; `nil` keeps the first one's.
    package var serverNameAfterRetry: String?
    /// Its first line goes out with its first flight, before the server has said a word.
    package var sendsEarlyData = false
    /// What is sent in front of everything else, such as a PROXY header.
    package var preface = ByteString()
    /// The preface is sent in pieces of so many bytes, with the delivery's gap between two; the last goes with the first
    /// segment. `nil` leaves it whole.
    package var prefaceSize: Int?
    /// Whose connection the preface says it is, where it is a PROXY header that says so.
    package var announced: Announcement?
    /// The recipe of the client certificate; `nil` has none to offer.
    package var certificate: String?
    package var source: Source
    /// How it ends its side; `nil` ends it in order, and of a byte client leaves that to the peer.
    package var close: Close?
    /// What is sent first.
    package var opening: Opening
    /// What a byte client sends once the server has said something.
    package var secondFlight: SecondFlight?
    package var delivery: Delivery

    package init(
        engine: Engine,
        serverName: String?,
        minimumVersion: TLSVersion = .tls12,
        maximumVersion: TLSVersion = .tls13,
        alpn: [String] = [],
        usesTickets: Bool = true,
        certificate: String? = nil,
        source: Source = .loopback,
        opening: Opening = .engineHello,
        delivery: Delivery = Delivery()
    ) {
        self.engine = engine
        self.serverName = serverName
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.alpn = alpn
        self.usesTickets = usesTickets
        self.certificate = certificate
        self.source = source
        self.opening = opening
        self.delivery = delivery
    }

    package struct SecondFlight: Hashable, Sendable, Codable {
        package var cue: Cue
        package var content: Content

        package init(after cue: Cue, _ content: Content) {
            self.cue = cue
            self.content = content
        }

        /// What the server must have said.
        package enum Cue: String, CaseIterable, Codable, Hashable, Sendable {
            case serverHello = "server-hello"
            case retryRequest = "retry-request"
            /// A fatal one.
            case alert
        }

        package enum Content: Hashable, Sendable, Codable {
            /// Another ClientHello with the random of the first.
            case hello(HelloPlan, serverName: String?)
            case records([HelloPlan.RawRecord])
        }
    }

    package enum Engine: String, CaseIterable, Codable, Hashable, Sendable {
        /// The system's OpenSSL.
        case openssl
        /// BoringSSL, through swift-nio-ssl.
        case boringssl
        /// No TLS stack: bytes are built by us, and the answer is read as records.
        case bytes
        /// A stack of its own, in a program that somebody else has written: `Scenarios/Clients` says which there are.
        case program

        /// swift-nio-ssl hands out no session, and the byte client has none.
        package func can(_ ability: Ability) -> Bool {
            switch ability {
            case .resumption, .earlyData, .groups, .ciphers: self == .openssl
            }
        }
    }

    /// What only some engines can do: asked of another, it is an error of the scenario file.
    package enum Ability: String, CaseIterable, Sendable {
        /// Resuming a session that an earlier client saved, telling whether it was, and going without tickets.
        case resumption
        /// Sending application data with the first flight of a resumed session.
        case earlyData = "early data"
        /// Choosing key exchange groups, and changing the second hello.
        case groups
        /// Choosing cipher suites and signature algorithms.
        case ciphers
    }

    /// An end that is not in order: of a byte client right behind its first flight, of a TLS client where its exchange would
    /// have it say close_notify.
    package enum Close: String, CaseIterable, Codable, Hashable, Sendable {
        /// FIN, and no close_notify before it.
        case bareFIN = "bare-fin"
        case reset
    }

    /// The address the client connects from; the edge is dialled over the same family.
    package enum Source: String, CaseIterable, Codable, Hashable, Sendable {
        /// 127.0.0.1
        case loopback
        /// 127.0.0.66, another IPv4 client.
        case otherLoopback = "other-loopback"
        /// ::1
        case loopback6
        /// 127.0.0.67, which targets are told to trust: it says in a PROXY header whose connection it brings.
        case trustedProxy = "trusted-proxy"

        package var ip: IPAddress {
            switch self {
            case .loopback: .loopback
            case .otherLoopback: .v4(0x7f00_0042)
            case .loopback6: .loopback6
            case .trustedProxy: .v4(0x7f00_0043)
            }
        }
    }

    /// The two ends of a connection, as a proxy in front of the edge tells them.
    package struct Announcement: Hashable, Sendable, Codable {
        package var client: TransportAddress
        package var server: TransportAddress
        package init(client: TransportAddress, server: TransportAddress) {
            self.client = client
            self.server = server
        }
    }

    /// What the edge has to believe of the preface: a stranger's says nothing.
    package var believed: Announcement? { self.source == .trustedProxy ? self.announced : nil }
}

/// The first bytes of a client.
package enum Opening: Hashable, Sendable, Codable {
    /// The engine's own ClientHello (all but `bytes`).
    case engineHello
    /// A ClientHello built field by field, right or wrong on purpose (`bytes`).
    case builtHello(HelloPlan)
    /// Bytes that are no ClientHello: `EHLO`, `GET /`, garbage (`bytes`).
    case raw(name: String, bytes: ByteString)
    /// Nothing at all (`bytes`).
    case nothing

    package var isClientHello: Bool {
        switch self {
        case .engineHello, .builtHello: true
        case .raw, .nothing: false
        }
    }
}

/// A ClientHello for `ByteClient`: a good TLS 1.2 and 1.3 hello, with these changes.
///
/// `nil` and empty leave the good value.
package struct HelloPlan: Hashable, Sendable, Codable {
    package var legacyVersion: UInt16?
    package var sessionIDLength: Int?
    package var cipherSuites: [UInt16]?
    package var compressionMethods: [UInt8]?
    /// Drops the extension block altogether, as clients before RFC 3546 did.
    package var omitsExtensions = false
    /// supported_versions values; an empty list removes the extension, as a TLS 1.2 client.
    package var supportedVersions: [UInt16]?
    /// Entries of the server_name list in place of the client's one host_name.
    package var serverNames: [ServerNameEntry]?
    /// The whole extension_data of server_name, in place of a list.
    package var serverNameData: ByteString?
    package var extensionEdits: [ExtensionEdit] = []
    /// What is added to a length field after everything else was written: `server-name-list: +1`.
    package var lengthErrors: [LengthError] = []
    /// Pads the handshake message to this many bytes (RFC 7685 padding, split over unknown extensions beyond 65,535).
    package var paddedSize: Int?
    package var handshakeType: UInt8?
    /// Bytes after the ClientHello inside the same record.
    package var trailingBytes = ByteString()
    package var recordVersion: UInt16?
    package var recordType: UInt8?
    /// Complete records, sent before and after those of the ClientHello.
    package var recordsBefore: [RawRecord] = []
    package var recordsAfter: [RawRecord] = []
    /// Sends only this many bytes of the first flight and then nothing.
    package var truncatedTo: Int?

    package init() {}

    package struct ServerNameEntry: Hashable, Sendable, Codable {
        package var type: UInt8
        package var name: ByteString
        package init(type: UInt8, name: ByteString) {
            self.type = type
            self.name = name
        }
    }

    package enum ExtensionEdit: Hashable, Sendable, Codable {
        case remove(type: UInt16)
        /// Adds a second extension of the type, with the same bytes.
        case duplicate(type: UInt16)
        case moveToEnd(type: UInt16)
        case prepend(type: UInt16, data: ByteString)
        case append(type: UInt16, data: ByteString)
        /// Adds so many empty extensions of unknown types.
        case appendUnknown(count: Int)
        /// Puts these bytes in place of the extension's data.
        case replace(type: UInt16, data: ByteString)
    }

    package struct LengthError: Hashable, Sendable, Codable {
        package var field: Field
        package var delta: Int
        package init(field: Field, delta: Int) {
            self.field = field
            self.delta = delta
        }

        package enum Field: String, CaseIterable, Codable, Hashable, Sendable {
            case record, handshake
            case sessionID = "session-id"
            case cipherSuites = "cipher-suites"
            case compressionMethods = "compression-methods"
            case extensions
            case serverNameExtension = "server-name-extension"
            case serverNameList = "server-name-list"
            case hostName = "host-name"
        }
    }

    package struct RawRecord: Hashable, Sendable, Codable {
        package var type: UInt8
        package var version: UInt16
        package var payload: ByteString
        package init(type: UInt8, version: UInt16 = 0x0303, payload: ByteString) {
            self.type = type
            self.version = version
            self.payload = payload
        }
    }
}

/// How a first flight is cut into TLS records and TCP segments. The default is one record, one segment.
///
/// Cutting into records leaves the handshake bytes as they are, so a real engine's handshake still completes.
package struct Delivery: Hashable, Sendable, Codable {
    package var recordCuts: [CutPoint]
    /// Every record carries at most so many bytes of the handshake message.
    package var recordSize: Int?
    package var segmentCuts: [CutPoint]
    /// Every segment carries at most so many bytes.
    package var segmentSize: Int?
    /// Milliseconds between two segments.
    package var gapMilliseconds: Int

    package init(
        recordCuts: [CutPoint] = [],
        recordSize: Int? = nil,
        segmentCuts: [CutPoint] = [],
        segmentSize: Int? = nil,
        gapMilliseconds: Int = 0
    ) {
        self.recordCuts = recordCuts
        self.recordSize = recordSize
        self.segmentCuts = segmentCuts
        self.segmentSize = segmentSize
        self.gapMilliseconds = gapMilliseconds
    }

    /// A place in the first flight. For records it counts bytes of the handshake message, for segments bytes on the wire.
    package enum CutPoint: Hashable, Sendable, Codable {
        /// After the second byte of a record header; segments only.
        case insideRecordHeader
        /// After the second byte of the handshake header.
        case insideHandshakeHeader
        /// Before the server_name extension's type.
        case beforeServerName
        /// In the middle of the host name.
        case insideServerName
        case afterServerName
        case middle
        case beforeLastByte
        case offset(Int)
    }
}
