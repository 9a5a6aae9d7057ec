/// Where the parts of a ClientHello are in its handshake message, found and checked in one pass.
struct ClientHelloLayout: Hashable, Sendable {
    /// msg_type and length.
    static let handshakeHeaderLength = 4

    struct ExtensionEntry: Hashable, Sendable {
        var type: UInt16
        var start: UInt32
        var length: UInt16
        var range: Range<Int> { Int(self.start)..<Int(self.start) + Int(self.length) }
    }

    private(set) var random = 0..<0
    private(set) var sessionID = 0..<0
    private(set) var cipherSuites = 0..<0
    private(set) var compressionMethods = 0..<0
    private(set) var hasExtensionBlock = false
    private(set) var extensions: [ExtensionEntry] = []
    private(set) var hostName: Range<Int>?

    func range(of type: ExtensionType) -> Range<Int>? {
        for entry in self.extensions where entry.type == type.rawValue { return entry.range }
        return nil
    }

    /// Reads a message whose header was checked against its size already, or is checked here.
    init(_ message: Span<UInt8>) throws(WireError) {
        var reader = ByteReader(message, range: 0..<message.count)
        guard try reader.readUInt8("msg_type") == 1 else {
            throw WireError(
                .unexpectedHandshakeType,
                field: "msg_type",
                offset: 0,
                detail: "type \(message[0]) is no client_hello"
            )
        }
        let length = Int(try reader.readUInt8("length")) << 16 | Int(try reader.readUInt16("length"))
        guard length == reader.remaining else {
            throw WireError(
                .badLength,
                field: "length",
                offset: 1,
                detail: "says \(length) bytes and \(reader.remaining) follow"
            )
        }
        _ = try reader.readUInt16("legacy_version")
        self.random = try reader.readBytes(32, "random")
        self.sessionID = try reader.readVector8("legacy_session_id", lengths: 0...32)
        self.cipherSuites = try reader.readVector16("cipher_suites", lengths: 2...65_534, multipleOf: 2)
        self.compressionMethods = try reader.readVector8("legacy_compression_methods", lengths: 1...255)
        guard self.compressionMethods.contains(where: { message[$0] == 0 }) else {
            throw WireError(
                .missingNullCompression,
                field: "legacy_compression_methods",
                offset: self.compressionMethods.lowerBound,
                detail: "no null among the methods"
            )
        }
        guard reader.remaining > 0 else { return }
        self.hasExtensionBlock = true
        let block = try reader.readVector16("extensions", lengths: 0...65_535)
        try reader.finish("ClientHello")
        try self.readExtensions(message, block)
    }

    private mutating func readExtensions(_ message: Span<UInt8>, _ block: Range<Int>) throws(WireError) {
        var reader = ByteReader(message, range: block)
        var seen = SeenTypes()
        var preSharedKey: Int?
        // Most hellos have 10 to 20 extensions.
        self.extensions.reserveCapacity(min(24, block.count / 4))
        while reader.remaining > 0 {
            let start = reader.offset
            if let preSharedKey {
                throw WireError(
                    .preSharedKeyNotLast,
                    field: "pre_shared_key",
                    offset: preSharedKey,
                    detail: "another extension follows at byte \(start) of the message"
                )
            }
            let type = try reader.readUInt16("extension_type")
            let body = try reader.readVector16("extension_data", lengths: 0...65_535)
            guard seen.insert(type) else {
                throw WireError(
                    .duplicateExtension,
                    field: "extensions",
                    offset: start,
                    detail: "a second \(ExtensionType(rawValue: type))"
                )
            }
            self.extensions.append(
                ExtensionEntry(type: type, start: UInt32(body.lowerBound), length: UInt16(body.count))
            )
            switch ExtensionType(rawValue: type) {
            case .serverName: self.hostName = try Self.readServerName(message, body)
            case .supportedVersions: try Self.checkSupportedVersions(message, body)
            case .supportedGroups: try Self.checkSupportedGroups(message, body)
            case .applicationLayerProtocolNegotiation: try Self.checkProtocolNames(message, body)
            case .keyShare: try Self.checkKeyShares(message, body)
            case .preSharedKey: preSharedKey = start
            default: break
            }
        }
    }

    /// RFC 6066 section 3. The host name's range.
    private static func readServerName(_ message: Span<UInt8>, _ body: Range<Int>) throws(WireError) -> Range<Int>? {
        var reader = ByteReader(message, range: body)
        let list = try reader.readVector16("server_name_list", lengths: 1...65_535)
        try reader.finish("server_name")
        var entries = ByteReader(message, range: list)
        var hostName: Range<Int>?
        while entries.remaining > 0 {
            let start = entries.offset
            let type = try entries.readUInt8("name_type")
            guard type == 0 else {
                throw WireError(
                    .unknownNameType,
                    field: "name_type",
                    offset: start,
                    detail: "type \(type) is no host_name"
                )
            }
            let name = try entries.readVector16("host_name", lengths: 1...65_535)
            guard hostName == nil else {
                throw WireError(
                    .duplicateServerName,
                    field: "server_name_list",
                    offset: start,
                    detail: "a second host_name"
                )
            }
            if let problem = HostNameSyntax.problem(in: message, range: name) {
                throw WireError(
                    .invalidServerName,
                    field: "host_name",
                    offset: name.lowerBound + problem.offset,
                    detail: problem.detail
                )
            }
            hostName = name
        }
        return hostName
    }

    /// RFC 9846 section 4.3.1.
    private static func checkSupportedVersions(_ message: Span<UInt8>, _ body: Range<Int>) throws(WireError) {
        var reader = ByteReader(message, range: body)
        _ = try reader.readVector8("supported_versions", lengths: 2...254, multipleOf: 2)
        try reader.finish("supported_versions")
    }

    /// RFC 9846 section 4.3.7.
    private static func checkSupportedGroups(_ message: Span<UInt8>, _ body: Range<Int>) throws(WireError) {
        var reader = ByteReader(message, range: body)
        _ = try reader.readVector16("named_group_list", lengths: 2...65_534, multipleOf: 2)
        try reader.finish("supported_groups")
    }

    /// RFC 7301 section 3.1.
    private static func checkProtocolNames(_ message: Span<UInt8>, _ body: Range<Int>) throws(WireError) {
        var reader = ByteReader(message, range: body)
        let list = try reader.readVector16("protocol_name_list", lengths: 2...65_535)
        try reader.finish("application_layer_protocol_negotiation")
        var names = ByteReader(message, range: list)
        while names.remaining > 0 {
            _ = try names.readVector8("ProtocolName", lengths: 1...255)
        }
    }

    /// RFC 9846 section 4.3.8. An empty list is legal: it asks for a HelloRetryRequest.
    private static func checkKeyShares(_ message: Span<UInt8>, _ body: Range<Int>) throws(WireError) {
        var reader = ByteReader(message, range: body)
        let list = try reader.readVector16("client_shares", lengths: 0...65_535)
        try reader.finish("key_share")
        var shares = ByteReader(message, range: list)
        while shares.remaining > 0 {
            _ = try shares.readUInt16("KeyShareEntry.group")
            _ = try shares.readVector16("key_exchange", lengths: 1...65_535)
        }
    }
}

/// The extension types met so far. The usual ones are below 64 and cost a bit each; the first one beyond costs a
/// bitmap over all 65,536, so that a hello of 16,000 empty extensions is still read in linear time.
private struct SeenTypes {
    private var low: UInt64 = 0
    private var high: [UInt16] = []
    private var bitmap: [UInt64] = []
    /// So many types are found faster by looking at each than by clearing 8 KiB.
    private static let linearLimit = 24

    /// Whether it is new.
    mutating func insert(_ type: UInt16) -> Bool {
        if type < 64 {
            defer { self.low |= 1 << UInt64(type) }
            return self.low & (1 << UInt64(type)) == 0
        }
        if self.bitmap.isEmpty {
            guard !self.high.contains(type) else { return false }
            self.high.append(type)
            if self.high.count > Self.linearLimit {
                self.bitmap = Array(repeating: 0, count: 1024)
                for seen in self.high { self.bitmap[Int(seen >> 6)] |= 1 << UInt64(seen & 63) }
            }
            return true
        }
        let bit: UInt64 = 1 << UInt64(type & 63)
        defer { self.bitmap[Int(type >> 6)] |= bit }
        return self.bitmap[Int(type >> 6)] & bit == 0
    }
}
