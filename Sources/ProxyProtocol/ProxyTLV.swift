/// A type, length and value of a version 2 header (PROXY protocol section 2.2).
package struct ProxyTLV: Hashable, Sendable {
    package var kind: Kind
    /// At most 65,535 bytes; the writer refuses more.
    package var value: [UInt8]

    package init(_ kind: Kind, _ value: [UInt8]) {
        self.kind = kind
        self.value = value
    }

    /// The type byte. Types 0x20 and up inside an SSL value are a space of their own, shared with the outer one here
    /// because the specification never gives one number two meanings.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let alpn = Kind(rawValue: 0x01)
        package static let authority = Kind(rawValue: 0x02)
        package static let crc32c = Kind(rawValue: 0x03)
        package static let noOperation = Kind(rawValue: 0x04)
        /// At most 128 bytes.
        package static let uniqueID = Kind(rawValue: 0x05)
        package static let ssl = Kind(rawValue: 0x20)
        package static let sslVersion = Kind(rawValue: 0x21)
        package static let sslCommonName = Kind(rawValue: 0x22)
        package static let sslCipher = Kind(rawValue: 0x23)
        package static let sslSignatureAlgorithm = Kind(rawValue: 0x24)
        package static let sslKeyAlgorithm = Kind(rawValue: 0x25)
        package static let sslGroup = Kind(rawValue: 0x26)
        package static let sslSignatureScheme = Kind(rawValue: 0x27)
        /// The client's certificate in DER.
        package static let sslClientCertificate = Kind(rawValue: 0x28)
        package static let networkNamespace = Kind(rawValue: 0x30)
    }
}

extension ProxyTLV {
    /// Type and length.
    static let headerLength = 3

    /// Splits a run of TLVs; `offset` is where it starts in the header, for errors.
    static func readAll(_ bytes: ArraySlice<UInt8>, offset: Int) throws(ProxyError) -> [ProxyTLV] {
        var rest = bytes
        var tlvs: [ProxyTLV] = []
        while !rest.isEmpty {
            let position = offset + rest.startIndex - bytes.startIndex
            guard rest.count >= Self.headerLength else {
                throw ProxyError(.tlvTruncated, field: "tlv header", offset: position)
            }
            let start = rest.startIndex
            let length = Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            guard rest.count - Self.headerLength >= length else {
                throw ProxyError(.tlvTruncated, field: "tlv value", offset: position)
            }
            let value = rest[(start + Self.headerLength)..<(start + Self.headerLength + length)]
            tlvs.append(ProxyTLV(Kind(rawValue: rest[start]), Array(value)))
            rest = rest.dropFirst(Self.headerLength + length)
        }
        return tlvs
    }

    func write(to bytes: inout [UInt8]) throws(ProxyError) {
        guard self.value.count <= 65_535 else {
            throw ProxyError(.tooLong, field: "tlv value", offset: bytes.count)
        }
        bytes.append(self.kind.rawValue)
        bytes.append(UInt8(self.value.count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: self.value.count))
        bytes += self.value
    }
}
