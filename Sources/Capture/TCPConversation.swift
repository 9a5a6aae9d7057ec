package import Addresses

/// The packets that a TCP connection (RFC 9293) would have had, made from what its one end said and heard.
///
/// Nobody captured them: sequence numbers begin at zero, what was one read is one segment, and acknowledgements come at once.
package struct TCPConversation: Sendable {
    package struct Packet: Hashable, Sendable {
        /// With its IP header.
        package var bytes: [UInt8]
        /// Of the connection's time.
        package var milliseconds: Double
        package var comment: String?
    }

    package enum Side: Sendable {
        /// Who opened the connection.
        case client
        case server
    }

    package private(set) var packets: [Packet] = []
    private let client: TransportAddress
    private let server: TransportAddress
    private var clientSequence: UInt32 = 0
    private var serverSequence: UInt32 = 0

    /// What fits into an IPv4 packet with its headers, and into many a buffer.
    private static let segmentLimit = 32_768

    package init(client: TransportAddress, server: TransportAddress) {
        self.client = client
        self.server = server
    }

    /// The three packets of the beginning.
    package mutating func open(at milliseconds: Double) {
        self.add(.client, [.syn], at: milliseconds)
        self.clientSequence = 1
        self.add(.server, [.syn, .ack], at: milliseconds)
        self.serverSequence = 1
        self.add(.client, [.ack], at: milliseconds)
    }

    /// A connection that the server does not take.
    package mutating func refuse(at milliseconds: Double) {
        self.add(.client, [.syn], at: milliseconds)
        self.clientSequence = 1
        self.add(.server, [.rst, .ack], at: milliseconds)
    }

    package mutating func say(_ bytes: [UInt8], by side: Side, at milliseconds: Double, comment: String? = nil) {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + Self.segmentLimit, bytes.count)
            self.add(
                side,
                [.psh, .ack],
                Array(bytes[offset..<end]),
                at: milliseconds,
                comment: offset == 0 ? comment : nil
            )
            self.advance(side, by: UInt32(end - offset))
            self.add(side == .client ? .server : .client, [.ack], at: milliseconds)
            offset = end
        }
    }

    package mutating func finish(by side: Side, at milliseconds: Double) {
        self.add(side, [.fin, .ack], at: milliseconds)
        self.advance(side, by: 1)
        self.add(side == .client ? .server : .client, [.ack], at: milliseconds)
    }

    package mutating func reset(by side: Side, at milliseconds: Double) {
        self.add(side, [.rst, .ack], at: milliseconds)
    }

    private mutating func advance(_ side: Side, by count: UInt32) {
        switch side {
        case .client: self.clientSequence &+= count
        case .server: self.serverSequence &+= count
        }
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 0x01)
        static let syn = Flags(rawValue: 0x02)
        static let rst = Flags(rawValue: 0x04)
        static let psh = Flags(rawValue: 0x08)
        static let ack = Flags(rawValue: 0x10)
    }

    private mutating func add(
        _ side: Side,
        _ flags: Flags,
        _ payload: [UInt8] = [],
        at milliseconds: Double,
        comment: String? = nil
    ) {
        let (source, destination) = side == .client ? (self.client, self.server) : (self.server, self.client)
        let (sequence, acknowledged) =
            side == .client
            ? (self.clientSequence, self.serverSequence) : (self.serverSequence, self.clientSequence)
        var segment = Self.big(source.port) + Self.big(destination.port) + Self.big(sequence)
        segment += Self.big(flags.contains(.ack) ? acknowledged : 0)
        // Five words of header, the largest window, and the checksum to come.
        segment += [0x50, flags.rawValue, 0xff, 0xff, 0, 0, 0, 0] + payload
        let from = source.ip.bytes
        let to = destination.ip.bytes
        let pseudoHeader =
            from.count == 4
            ? from + to + [0, 6] + Self.big(UInt16(segment.count))
            : from + to + Self.big(UInt32(segment.count)) + [0, 0, 0, 6]
        segment.replaceSubrange(16..<18, with: Self.big(Self.checksum(pseudoHeader + segment)))
        let header = from.count == 4 ? Self.header4(from, to, segment.count) : Self.header6(from, to, segment.count)
        self.packets.append(Packet(bytes: header + segment, milliseconds: milliseconds, comment: comment))
    }

    /// RFC 791 section 3.1.
    private static func header4(_ from: [UInt8], _ to: [UInt8], _ count: Int) -> [UInt8] {
        var header: [UInt8] = [0x45, 0] + Self.big(UInt16(count + 20)) + [0, 0, 0x40, 0, 64, 6, 0, 0] + from + to
        header.replaceSubrange(10..<12, with: Self.big(Self.checksum(header)))
        return header
    }

    /// RFC 8200 section 3.
    private static func header6(_ from: [UInt8], _ to: [UInt8], _ count: Int) -> [UInt8] {
        [0x60, 0, 0, 0] + Self.big(UInt16(count)) + [6, 64] + from + to
    }

    /// RFC 1071.
    package static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        var index = 0
        while index < bytes.count {
            let low = index + 1 < bytes.count ? bytes[index + 1] : 0
            sum += UInt32(bytes[index]) << 8 | UInt32(low)
            index += 2
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return ~UInt16(sum)
    }

    private static func big(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
