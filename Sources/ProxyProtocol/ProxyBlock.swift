import Addresses

/// The version 2 header behind its signature (section 2.2).
struct ProxyBlock {
    private let command: ProxyHeader.Command
    private let family: Family
    private let transport: ProxyHeader.Transport
    let totalLength: Int

    private enum Family: UInt8 {
        case unspecified = 0
        case ipv4 = 1
        case ipv6 = 2
        case unix = 3

        /// Two addresses and, for IP, two ports.
        var addressLength: Int {
            switch self {
            case .unspecified: 0
            case .ipv4: 12
            case .ipv6: 36
            case .unix: 2 * ProxyFormat.unixPathLength
            }
        }
    }

    static func checkVersionAndCommand(_ byte: UInt8) throws(ProxyError) {
        guard byte >> 4 == 2 else {
            throw ProxyError(.versionUnsupported, field: "version", offset: 12)
        }
        guard ProxyHeader.Command(rawValue: byte & 0x0f) != nil else {
            throw ProxyError(.commandUnknown, field: "command", offset: 12)
        }
    }

    /// Reads the 16 bytes that every header has.
    init(fixed: ArraySlice<UInt8>) throws(ProxyError) {
        try Self.checkVersionAndCommand(fixed[12])
        self.totalLength = ProxyFormat.fixedLength2 + Int(fixed[14]) << 8 + Int(fixed[15])
        guard fixed[12] & 0x0f == ProxyHeader.Command.proxy.rawValue else {
            // A LOCAL header's family is ignored and its block skipped (section 2.2).
            self.command = .local
            self.family = .unspecified
            self.transport = .unspecified
            return
        }
        self.command = .proxy
        // 0x00 and each named family with each named transport are all that is defined; the rest must be rejected.
        guard let family = Family(rawValue: fixed[13] >> 4),
            let transport = ProxyHeader.Transport(rawValue: fixed[13] & 0x0f),
            (family == .unspecified) == (transport == .unspecified)
        else {
            throw ProxyError(.familyUnknown, field: "family", offset: 13)
        }
        self.family = family
        self.transport = transport
        guard self.totalLength - ProxyFormat.fixedLength2 >= family.addressLength else {
            throw ProxyError(.addressBlockTooShort, field: "length", offset: 14)
        }
    }

    /// Reads addresses and TLVs; `bytes` is the whole header and nothing else.
    func read(_ bytes: [UInt8]) throws(ProxyError) -> ProxyHeader {
        guard self.command == .proxy else {
            return ProxyHeader(version: .two, command: .local, transport: .unspecified, addresses: .unknown)
        }
        let start = ProxyFormat.fixedLength2
        let tlvStart = start + self.family.addressLength
        let tlvs = try ProxyTLV.readAll(bytes[tlvStart...], offset: tlvStart)
        try Self.check(tlvs, at: tlvStart, in: bytes)
        return ProxyHeader(
            version: .two,
            transport: self.transport,
            addresses: self.addresses(bytes[start..<tlvStart]),
            tlvs: tlvs
        )
    }

    private func addresses(_ block: ArraySlice<UInt8>) -> ProxyHeader.Addresses {
        let bytes = Array(block)
        switch self.family {
        case .unspecified:
            return .unknown
        case .ipv4, .ipv6:
            let size = self.family == .ipv4 ? 4 : 16
            guard let source = IPAddress(bytes: bytes[..<size]),
                let destination = IPAddress(bytes: bytes[size..<(2 * size)])
            else { return .unknown }
            let ports = bytes[(2 * size)...].map(UInt16.init)
            return .ip(
                source: TransportAddress(ip: source, port: ports[0] << 8 | ports[1]),
                destination: TransportAddress(ip: destination, port: ports[2] << 8 | ports[3])
            )
        case .unix:
            let half = ProxyFormat.unixPathLength
            return .unix(source: Array(bytes[..<half]), destination: Array(bytes[half...]))
        }
    }

    private static func check(_ tlvs: [ProxyTLV], at start: Int, in bytes: [UInt8]) throws(ProxyError) {
        var offset = start + ProxyTLV.headerLength
        var hasChecksum = false
        for tlv in tlvs {
            switch tlv.kind {
            case .crc32c:
                guard tlv.value.count == 4, !hasChecksum else {
                    throw ProxyError(.checksumInvalid, field: "tlv crc32c", offset: offset)
                }
                hasChecksum = true
                let sent = tlv.value.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                guard CRC32C.checksum(bytes, zeroing: offset..<(offset + 4)) == sent else {
                    throw ProxyError(.checksumWrong, field: "tlv crc32c", offset: offset)
                }
            case .uniqueID where tlv.value.count > ProxyFormat.maximumUniqueIDLength:
                throw ProxyError(.uniqueIDTooLong, field: "tlv unique id", offset: offset)
            case .ssl:
                _ = try ProxySSL(reading: tlv.value, offset: offset)
            default:
                break
            }
            offset += tlv.value.count + ProxyTLV.headerLength
        }
    }
}
