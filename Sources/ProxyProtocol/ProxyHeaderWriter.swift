import Addresses

/// Writes PROXY headers, version 1 and 2.
///
/// A header names both ends in one family. When one end is IPv4 and the other IPv6, the IPv4 end is written as `::ffff:a.b.c.d`
/// (as HAProxy does); when both ends are v4-mapped, as on a dual-stack listener, both are written as IPv4.
package enum ProxyHeaderWriter {
    /// Writes the header in the version it carries.
    package static func write(_ header: ProxyHeader, crc32c: Bool = false) throws(ProxyError) -> [UInt8] {
        switch header.version {
        case .one: try Self.version1(header)
        case .two: try Self.version2(header, crc32c: crc32c)
        }
    }

    /// One line, at most 107 bytes with its CRLF. A LOCAL command and addresses that are not IP become `UNKNOWN`;
    /// TLVs have no place in version 1 and are left out.
    ///
    /// - Throws: `notRepresentable` for datagrams.
    package static func version1(_ header: ProxyHeader) throws(ProxyError) -> [UInt8] {
        guard header.transport != .datagram else {
            throw ProxyError(.notRepresentable, field: "transport", offset: 6)
        }
        guard header.command == .proxy, case .ip(let from, let to) = header.addresses else {
            return Array("PROXY UNKNOWN\r\n".utf8)
        }
        let (source, destination) = Self.inOneFamily(from, to)
        let family = source.ip.isIPv4 ? "TCP4" : "TCP6"
        let line =
            "PROXY \(family) \(source.ip) \(destination.ip) \(source.port) \(destination.port)\r\n"
        return Array(line.utf8)
    }

    /// The binary header.
    ///
    /// - Parameter crc32c: Appends a CRC32C TLV. One that the header already has is computed anew in its place.
    /// - Throws: `tooLong` when the header does not fit its 16-bit length, `uniqueIDTooLong`, `addressInvalid` for a path
    ///   above 108 bytes.
    package static func version2(_ header: ProxyHeader, crc32c: Bool = false) throws(ProxyError) -> [UInt8] {
        var bytes = ProxyFormat.signature2
        bytes.append(0x20 | header.command.rawValue)
        var block: [UInt8] = []
        switch header.addresses {
        case .unknown:
            bytes.append(0x00)
        case .ip(let from, let to):
            let (source, destination) = Self.inOneFamily(from, to)
            bytes.append((source.ip.isIPv4 ? 0x10 : 0x20) | Self.transport(header))
            block += source.ip.bytes + destination.ip.bytes
            for port in [source.port, destination.port] {
                block += [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
            }
        case .unix(let source, let destination):
            bytes.append(0x30 | Self.transport(header))
            for path in [source, destination] {
                guard path.count <= ProxyFormat.unixPathLength else {
                    throw ProxyError(.addressInvalid, field: "unix path", offset: ProxyFormat.fixedLength2)
                }
                block += path + [UInt8](repeating: 0, count: ProxyFormat.unixPathLength - path.count)
            }
        }
        var tlvs = header.tlvs
        if crc32c, !tlvs.contains(where: { $0.kind == .crc32c }) {
            tlvs.append(ProxyTLV(.crc32c, []))
        }
        var checksumField: Range<Int>?
        for tlv in tlvs {
            switch tlv.kind {
            case .crc32c:
                guard checksumField == nil else {
                    throw ProxyError(.checksumInvalid, field: "tlv crc32c", offset: 0)
                }
                try ProxyTLV(.crc32c, [0, 0, 0, 0]).write(to: &block)
                let end = ProxyFormat.fixedLength2 + block.count
                checksumField = (end - 4)..<end
            case .uniqueID where tlv.value.count > ProxyFormat.maximumUniqueIDLength:
                throw ProxyError(.uniqueIDTooLong, field: "tlv unique id", offset: 0)
            default:
                try tlv.write(to: &block)
            }
        }
        guard block.count <= 65_535 else {
            throw ProxyError(.tooLong, field: "length", offset: 14)
        }
        bytes += [UInt8(block.count >> 8), UInt8(truncatingIfNeeded: block.count)]
        bytes += block
        if let checksumField {
            bytes.replaceSubrange(checksumField, with: IPAddress.v4(CRC32C.checksum(bytes)).bytes)
        }
        return bytes
    }

    /// Addresses are only defined with a transport, so an unspecified one is written as a stream.
    private static func transport(_ header: ProxyHeader) -> UInt8 {
        header.transport == .datagram ? 2 : 1
    }

    private static func inOneFamily(
        _ source: TransportAddress,
        _ destination: TransportAddress
    ) -> (TransportAddress, TransportAddress) {
        var (source, destination) = (source, destination)
        if let inner = source.ip.unmapped, let other = destination.ip.unmapped {
            (source.ip, destination.ip) = (inner, other)
        } else if source.ip.isIPv4 != destination.ip.isIPv4 {
            (source.ip, destination.ip) = (source.ip.mapped, destination.ip.mapped)
        }
        return (source, destination)
    }
}

/// Constants of both formats.
enum ProxyFormat {
    static let prefix1 = Array("PROXY ".utf8)
    /// With CRLF (section 2.1: "a 108-byte buffer is always enough" with its trailing zero).
    static let maximumLine = 107
    static let signature2: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// Signature, version and command, family and transport, length.
    static let fixedLength2 = 16
    static let unixPathLength = 108
    static let maximumUniqueIDLength = 128
}
