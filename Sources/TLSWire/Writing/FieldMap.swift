/// Where the fields of a ClientHello are in its handshake message, header included.
///
/// A field that is not there is `nil`. Found by a walk that believes the vectors it walks over but checks nothing else,
/// so that it works on a hello that is wrong on purpose, as far as the lengths on the way to a field are right.
package struct FieldMap: Hashable, Sendable {
    /// msg_type and length, four bytes.
    package private(set) var handshakeHeader: Range<Int>
    /// The vectors, without their length fields.
    package private(set) var sessionID: Range<Int>?
    package private(set) var cipherSuites: Range<Int>?
    package private(set) var compressionMethods: Range<Int>?
    package private(set) var extensions: Range<Int>?
    /// The whole extension: type, length and data.
    package private(set) var serverNameExtension: Range<Int>?
    /// server_name_list, without its length field.
    package private(set) var serverNameList: Range<Int>?
    /// The first host_name's bytes.
    package private(set) var hostName: Range<Int>?

    package init(_ message: [UInt8]) {
        self.handshakeHeader = 0..<min(4, message.count)
        // legacy_version and random have a fixed size.
        var offset = 38
        self.sessionID = Self.vector(in: message, at: &offset, lengthBytes: 1)
        guard self.sessionID != nil else { return }
        self.cipherSuites = Self.vector(in: message, at: &offset, lengthBytes: 2)
        guard self.cipherSuites != nil else { return }
        self.compressionMethods = Self.vector(in: message, at: &offset, lengthBytes: 1)
        guard self.compressionMethods != nil, offset + 2 <= message.count else { return }
        let blockStart = offset + 2
        let blockLength = Int(message[offset]) << 8 | Int(message[offset + 1])
        let blockEnd = min(message.count, blockStart + blockLength)
        self.extensions = blockStart..<blockEnd
        offset = blockStart
        while offset + 4 <= message.count {
            let start = offset
            let type = UInt16(message[offset]) << 8 | UInt16(message[offset + 1])
            offset += 2
            guard let body = Self.vector(in: message, at: &offset, lengthBytes: 2) else { return }
            guard type == ExtensionType.serverName.rawValue else { continue }
            self.serverNameExtension = start..<body.upperBound
            self.readServerNameList(message, body)
            return
        }
    }

    private mutating func readServerNameList(_ message: [UInt8], _ body: Range<Int>) {
        var offset = body.lowerBound
        guard let list = Self.vector(in: message, at: &offset, lengthBytes: 2) else { return }
        self.serverNameList = list
        offset = list.lowerBound + 1
        guard list.count > 3, message[list.lowerBound] == 0,
            let name = Self.vector(in: message, at: &offset, lengthBytes: 2)
        else { return }
        self.hostName = name
    }

    private static func vector(in message: [UInt8], at offset: inout Int, lengthBytes: Int) -> Range<Int>? {
        guard offset + lengthBytes <= message.count else { return nil }
        let length = message[offset..<offset + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
        let start = offset + lengthBytes
        guard start + length <= message.count else { return nil }
        offset = start + length
        return start..<offset
    }
}
