/// The fields of a ClientHello's handshake message.
struct HelloWalk {
    private let message: [UInt8]
    /// Where in the stream each byte of the message is.
    private let origins: [Int]
    private(set) var fields: [AnnotatedField] = []

    init(message: [UInt8], origins: [Int]) {
        self.message = message
        self.origins = origins
    }

    /// Reads as far as it goes; what cannot be read is told in the last field of its vector.
    mutating func run() {
        do {
            try self.readMessage()
        } catch {
            self.add(malformed: error)
        }
    }

    private mutating func readMessage() throws(WireError) {
        self.add("Handshake", 0..<self.message.count, "\(self.message.count) bytes", 1)
        // A copy of its own (no bytes move), because fields are added while it is being read.
        let message = self.message
        var reader = ByteReader(message.span, range: 0..<message.count)
        let type = try reader.readUInt8("msg_type")
        self.add("msg_type", 0..<1, type == 1 ? "client_hello (1)" : "\(type)", 2)
        let length = Int(try reader.readUInt8("length")) << 16 | Int(try reader.readUInt16("length"))
        self.add("length", 1..<4, "\(length)", 2)
        guard type == 1 else {
            throw WireError(.unexpectedHandshakeType, field: "msg_type", offset: 0, detail: "type \(type)")
        }
        let version = try reader.readUInt16("legacy_version")
        self.add("legacy_version", 4..<6, VersionName.name(of: version), 2)
        let random = try reader.readBytes(32, "random")
        self.add("random", random, hexadecimal(self.message[random]), 2)
        let sessionID = try reader.readVector8("legacy_session_id", lengths: 0...255)
        self.add("legacy_session_id", sessionID, hexadecimal(self.message[sessionID]), 2)
        let suites = try reader.readVector16("cipher_suites", lengths: 0...65_535)
        self.add("cipher_suites", suites, self.list(self.message.uint16s(in: suites).map(CipherSuite.init)), 2)
        let compression = try reader.readVector8("legacy_compression_methods", lengths: 0...255)
        self.add("legacy_compression_methods", compression, self.compressionNames(compression), 2)
        guard reader.remaining > 0 else { return }
        let announced = Int(try reader.readUInt16("extensions"))
        let block = reader.offset..<min(self.message.count, reader.offset + announced)
        self.add("extensions", block, "\(announced) bytes", 2)
        try self.readExtensions(block)
        if block.upperBound < self.message.count {
            throw WireError(
                .trailingBytes,
                field: "ClientHello",
                offset: block.upperBound,
                detail: "\(self.message.count - block.upperBound) bytes are left over"
            )
        }
        // All fields could be read; a duplicate or a bad name is still to be told.
        _ = try ClientHello(message: message)
    }

    private mutating func readExtensions(_ block: Range<Int>) throws(WireError) {
        let message = self.message
        var reader = ByteReader(message.span, range: block)
        while reader.remaining > 0 {
            let start = reader.offset
            let type = ExtensionType(rawValue: try reader.readUInt16("extension_type"))
            let body = try reader.readVector16("extension_data", lengths: 0...65_535)
            self.add("\(type)", start..<body.upperBound, self.summary(of: type, body), 3)
            if type == .serverName { self.readServerName(body) }
        }
    }

    /// The parts of server_name, because most of what goes wrong goes wrong there.
    private mutating func readServerName(_ body: Range<Int>) {
        let message = self.message
        var reader = ByteReader(message.span, range: body)
        do {
            let list = try reader.readVector16("server_name_list", lengths: 0...65_535)
            self.add("server_name_list", list, "\(list.count) bytes", 4)
            var entries = ByteReader(message.span, range: list)
            while entries.remaining > 0 {
                let type = try entries.readUInt8("name_type")
                self.add(
                    "name_type",
                    entries.offset - 1..<entries.offset,
                    type == 0 ? "host_name (0)" : "\(type)",
                    5
                )
                let name = try entries.readVector16("host_name", lengths: 0...65_535)
                self.add("host_name", name, Self.escaped(self.message[name]), 5)
            }
            try reader.finish("server_name")
        } catch {
            self.add(malformed: error)
        }
    }

    private func summary(of type: ExtensionType, _ body: Range<Int>) -> String {
        let bytes = self.message[body]
        switch type {
        case .serverName: return "\(body.count) bytes"
        case .supportedVersions where body.count >= 1:
            let numbers = self.message.uint16s(in: body.lowerBound + 1..<body.upperBound)
            return numbers.map(VersionName.name(of:)).joined(separator: ", ")
        case .supportedGroups where body.count >= 2:
            return self.list(self.message.uint16s(in: body.lowerBound + 2..<body.upperBound).map(NamedGroup.init))
        case .applicationLayerProtocolNegotiation: return self.protocolNames(body)
        case .keyShare: return self.keyShares(body)
        case .padding: return "\(body.count) bytes"
        default: return hexadecimal(bytes)
        }
    }

    private func protocolNames(_ body: Range<Int>) -> String {
        var names: [String] = []
        var offset = body.lowerBound + 2
        while offset < body.upperBound {
            let end = offset + 1 + Int(self.message[offset])
            guard end <= body.upperBound else { break }
            names.append(Self.escaped(self.message[offset + 1..<end]))
            offset = end
        }
        return names.joined(separator: ", ")
    }

    private func keyShares(_ body: Range<Int>) -> String {
        var shares: [String] = []
        var offset = body.lowerBound + 2
        while offset + 4 <= body.upperBound {
            let group = NamedGroup(rawValue: self.message.span.uint16(at: offset))
            let length = Int(self.message.span.uint16(at: offset + 2))
            shares.append("\(group) (\(length) bytes)")
            offset += 4 + length
        }
        return shares.joined(separator: ", ")
    }

    private func compressionNames(_ range: Range<Int>) -> String {
        self.message[range].map { $0 == 0 ? "null" : "\($0)" }.joined(separator: ", ")
    }

    /// The first 64; a hello may list 32,767 suites.
    private func list(_ values: [some CustomStringConvertible]) -> String {
        let shown = values.prefix(64).map(\.description).joined(separator: ", ")
        return shown + (values.count > 64 ? ", … (\(values.count))" : "")
    }

    /// Printable ASCII as it is, everything else as `\x00`: names are an attacker's to choose. The first 300 bytes.
    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in bytes.prefix(300) {
            if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + hexadecimal(CollectionOfOne(byte))
            }
        }
        return text + (bytes.count > 300 ? "… (\(bytes.count) bytes)" : "")
    }

    private mutating func add(_ name: String, _ range: Range<Int>, _ value: String, _ depth: Int) {
        self.fields.append(AnnotatedField(name: name, range: self.streamRange(range), value: value, depth: depth))
    }

    private mutating func add(malformed error: WireError) {
        let start = min(error.offset, self.message.count)
        self.add("malformed: \(error.code) in \(error.field)", start..<self.message.count, error.detail, 2)
    }

    private func streamRange(_ range: Range<Int>) -> Range<Int> {
        guard let last = self.origins.last else { return 0..<0 }
        let start = range.lowerBound < self.origins.count ? self.origins[range.lowerBound] : last + 1
        return range.isEmpty ? start..<start : start..<self.origins[range.upperBound - 1] + 1
    }
}
