/// A capture file: pcapng (draft-ietf-opsawg-pcapng, sections 3 and 4), little-endian, with times in microseconds.
package struct PcapngWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    /// What the packets begin with.
    package enum LinkType: UInt16, Sendable {
        /// An IPv4 or IPv6 header; no link is told of (LINKTYPE_RAW).
        case raw = 101
    }

    /// - Parameters:
    ///   - application: who wrote it: `shakedown 0.1.0`.
    ///   - comment: what it is.
    package init(application: String, comment: String, linkType: LinkType = .raw) {
        // Section Header Block: byte-order magic, version 1.0, a section of unknown length.
        var header = Self.little(UInt32(0x1a2b_3c4d)) + Self.little(UInt16(1)) + Self.little(UInt16(0))
        header += Self.little(UInt64.max)
        header += Self.options([(code: 1, text: comment), (code: 4, text: application)])
        self.append(type: 0x0a0d_0d0a, header)
        // Interface Description Block: no limit of the packets' length.
        let interface = Self.little(linkType.rawValue) + Self.little(UInt16(0)) + Self.little(UInt32(0))
        self.append(type: 1, interface + Self.options([(code: 2, text: "what the harness sent and read")]))
    }

    /// Adds the secrets of the TLS sessions that follow, as lines of a key log file (RFC 9850): a Decryption Secrets Block.
    package mutating func append(secrets lines: [String]) {
        guard !lines.isEmpty else { return }
        let text = Array(lines.map { "\($0)\n" }.joined().utf8)
        // "TLSK"
        let body = Self.little(UInt32(0x544c_534b)) + Self.little(UInt32(text.count)) + Self.padded(text)
        self.append(type: 10, body)
    }

    /// - Parameters:
    ///   - microseconds: since 1970.
    ///   - comment: shown with the packet.
    package mutating func append(packet: [UInt8], at microseconds: UInt64, comment: String? = nil) {
        var body = Self.little(UInt32(0))
        body += Self.little(UInt32(truncatingIfNeeded: microseconds >> 32))
        body += Self.little(UInt32(truncatingIfNeeded: microseconds))
        body += Self.little(UInt32(packet.count)) + Self.little(UInt32(packet.count)) + Self.padded(packet)
        if let comment { body += Self.options([(code: 1, text: comment)]) }
        self.append(type: 6, body)
    }

    private mutating func append(type: UInt32, _ body: [UInt8]) {
        let length = Self.little(UInt32(body.count + 12))
        self.bytes += Self.little(type) + length + body + length
    }

    /// An option's length counts without what it is padded by.
    private static func options(_ options: [(code: UInt16, text: String)]) -> [UInt8] {
        guard !options.isEmpty else { return [] }
        return options.flatMap { code, text in
            let text = Array(text.utf8.prefix(Int(UInt16.max)))
            return Self.little(code) + Self.little(UInt16(text.count)) + Self.padded(text)
        } + [0, 0, 0, 0]
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
