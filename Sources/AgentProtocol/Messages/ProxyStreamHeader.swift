package import JSONText

/// What the edge says in front of a proxied connection's bytes: an 8-byte little-endian length, then JSON.
package struct ProxyStreamHeader: AgentMessage {
    /// The bind's id.
    package var id: String
    /// `ip:port` of the client.
    package var clientAddr: String
    package var proto: String
    package var edgeType: EdgeType
    /// The payload is the client's TLS as it came.
    package var passthroughTLS: Bool

    package init(id: String, clientAddr: String, proto: String, edgeType: EdgeType, passthroughTLS: Bool) {
        self.id = id
        self.clientAddr = clientAddr
        self.proto = proto
        self.edgeType = edgeType
        self.passthroughTLS = passthroughTLS
    }

    /// Which kind of labelled edge took the connection; written as a string of one digit.
    package struct EdgeType: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let undefined = EdgeType(rawValue: "0")
        package static let tcp = EdgeType(rawValue: "1")
        package static let tls = EdgeType(rawValue: "2")
        package static let https = EdgeType(rawValue: "3")
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json, field: "header")
        self.id = try fields.string("Id")
        self.clientAddr = try fields.string("ClientAddr")
        self.proto = try fields.string("Proto")
        self.edgeType = EdgeType(rawValue: try fields.optionalString("EdgeType") ?? "0")
        self.passthroughTLS = try fields.bool("PassthroughTLS")
    }

    package var json: JSONValue {
        .fields([
            "Id": .string(self.id),
            "ClientAddr": .string(self.clientAddr),
            "Proto": .string(self.proto),
            "EdgeType": .string(self.edgeType.rawValue),
            "PassthroughTLS": .bool(self.passthroughTLS),
        ])
    }

    /// Length and JSON, ready for the stream. (``AgentMessage/encoded`` is the JSON alone.)
    package var framed: [UInt8] {
        let text = self.json.encoded
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}

/// Reads a ``ProxyStreamHeader`` in any number of pieces.
package struct ProxyStreamHeaderReader: Sendable {
    package enum Progress: Hashable, Sendable {
        case needsMore
        /// The header, and its length counted from the first byte that was appended; what follows is payload.
        case complete(ProxyStreamHeader, length: Int)
    }

    private let limit: Int
    private var bytes: [UInt8] = []
    private var outcome: Progress?
    private static let prefixLength = 8

    /// - Parameter limit: Of the JSON, in bytes. Real ones have less than 300.
    package init(limit: Int = 65_536) {
        self.limit = limit
    }

    /// - Throws: `tooLong` for a length above the limit or below zero, `malformed` and `wrongType` for the JSON.
    package mutating func append(_ more: some Collection<UInt8>) throws(MessageError) -> Progress {
        if let outcome = self.outcome { return outcome }
        for byte in more {
            self.bytes.append(byte)
            guard self.bytes.count >= Self.prefixLength else { continue }
            let length = self.bytes.prefix(Self.prefixLength).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= self.limit else {
                throw MessageError(.tooLong, field: "stream header length")
            }
            let total = Self.prefixLength + Int(length)
            guard self.bytes.count == total else { continue }
            let header = try ProxyStreamHeader(decoding: Array(self.bytes[Self.prefixLength...]))
            let outcome = Progress.complete(header, length: total)
            self.outcome = outcome
            return outcome
        }
        return .needsMore
    }
}
