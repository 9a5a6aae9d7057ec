/// A record's content type (IANA "TLS ContentType").
package struct ContentType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let changeCipherSpec = ContentType(rawValue: 20)
    package static let alert = ContentType(rawValue: 21)
    package static let handshake = ContentType(rawValue: 22)
    package static let applicationData = ContentType(rawValue: 23)
    /// RFC 6520.
    package static let heartbeat = ContentType(rawValue: 24)
}

extension ContentType: CustomStringConvertible {
    /// The RFC's name, or `type(99)`.
    package var description: String {
        switch self {
        case .changeCipherSpec: "change_cipher_spec"
        case .alert: "alert"
        case .handshake: "handshake"
        case .applicationData: "application_data"
        case .heartbeat: "heartbeat"
        default: "type(\(self.rawValue))"
        }
    }
}

/// One TLS record, as it is on the wire: TLSPlaintext or TLSCiphertext (RFC 9846 sections 5.1 and 5.2).
package struct TLSRecord: Hashable, Sendable {
    /// Type, version and length.
    package static let headerLength = 5
    /// 2^14 bytes, the most that a plaintext record may carry (RFC 9846 section 5.1).
    package static let maximumPlaintextLength = 16_384
    /// 2^14 + 2048 bytes, the most that any protected record may carry (RFC 5246 section 6.2.3; TLS 1.3 allows less).
    package static let maximumCiphertextLength = 18_432

    package var type: ContentType
    package var version: UInt16
    package var payload: [UInt8]

    package init(type: ContentType, version: UInt16 = 0x0303, payload: [UInt8]) {
        self.type = type
        self.version = version
        self.payload = payload
    }

    /// The header and the payload. `lengthDelta` is added to the header's length field, to make a wrong one.
    package func encoded(lengthDelta: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerLength + self.payload.count)
        bytes.append(self.type.rawValue)
        bytes.append(uint16: Int(self.version))
        bytes.append(uint16: self.payload.count + lengthDelta)
        bytes.append(contentsOf: self.payload)
        return bytes
    }
}
