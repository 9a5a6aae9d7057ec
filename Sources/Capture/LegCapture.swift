import Addresses
package import ScenarioModel

/// One connection of the harness as a capture file, which Wireshark opens decrypted.
///
/// It is made from what the harness sent and read itself, so no rights are needed, and what the system did below (lost segments,
/// their real sizes) is not in it.
package enum LegCapture {
    package enum Opener: Sendable {
        /// The harness dialled.
        case harness
        /// It was dialled, as upstreams are.
        case peer
    }

    /// - Parameters:
    ///   - secrets: of the TLS session that is spoken on it, as lines of a key log file.
    ///   - start: when the case began, in microseconds since 1970.
    /// - Returns: `nil` for a connection whose addresses are not known, since it never stood.
    package static func file(
        of leg: LegObservation,
        openedBy opener: Opener,
        secrets: [String],
        start: UInt64,
        application: String,
        comment: String
    ) -> [UInt8]? {
        guard let local = leg.localAddress, let remote = leg.remoteAddress else { return nil }
        var writer = PcapngWriter(application: application, comment: comment)
        writer.append(secrets: secrets)
        for packet in Self.conversation(leg, openedBy: opener, local, remote).packets {
            let microseconds = UInt64(max(0, packet.milliseconds * 1_000))
            writer.append(packet: packet.bytes, at: start + microseconds, comment: packet.comment)
        }
        return writer.bytes
    }

    private static func conversation(
        _ leg: LegObservation,
        openedBy opener: Opener,
        _ local: TransportAddress,
        _ remote: TransportAddress
    ) -> TCPConversation {
        let isOurs = opener == .harness
        var conversation = TCPConversation(client: isOurs ? local : remote, server: isOurs ? remote : local)
        let ours: TCPConversation.Side = isOurs ? .client : .server
        let theirs: TCPConversation.Side = isOurs ? .server : .client
        let begin = leg.timeline.first?.at ?? 0
        if leg.ending == .refused {
            conversation.refuse(at: begin)
            return conversation
        }
        conversation.open(at: begin)
        var sent = Stream(leg.sent, leg.sentCount)
        var received = Stream(leg.received, leg.receivedCount)
        var hasFinished = false
        for entry in leg.timeline {
            switch entry.kind {
            case .sent:
                if let bytes = sent.next(entry.count) { conversation.say(bytes, by: ours, at: entry.at) }
            case .received:
                if let bytes = received.next(entry.count) { conversation.say(bytes, by: theirs, at: entry.at) }
            case .closeWrite:
                conversation.finish(by: ours, at: entry.at)
                hasFinished = true
            case .connect, .accept, .handshake, .alert, .application, .end, .note: break
            }
        }
        let end = leg.timeline.last?.at ?? begin
        if !hasFinished { conversation.say(sent.rest, by: ours, at: end, comment: sent.remark) }
        conversation.say(received.rest, by: theirs, at: end, comment: received.remark)
        switch leg.ending {
        case .fin:
            conversation.finish(by: theirs, at: end)
            if !hasFinished { conversation.finish(by: ours, at: end) }
        case .reset: conversation.reset(by: theirs, at: end)
        case .closedByUs: if !hasFinished { conversation.finish(by: ours, at: end) }
        case .stillOpen, .refused: break
        }
        return conversation
    }

    /// One direction, handed out in the pieces in which it went.
    private struct Stream {
        private let bytes: [UInt8]
        /// How many there were in all.
        private let count: Int
        private var offset = 0

        init(_ bytes: ByteString, _ count: Int) {
            self.bytes = bytes.bytes
            self.count = count
        }

        /// `nil` where nothing of them was kept.
        mutating func next(_ count: Int?) -> [UInt8]? {
            guard let count else { return nil }
            let end = min(self.offset + count, self.bytes.count)
            defer { self.offset = end }
            return self.offset < end ? Array(self.bytes[self.offset..<end]) : nil
        }

        /// What was kept and went in pieces that were not.
        var rest: [UInt8] { Array(self.bytes[self.offset...]) }

        var remark: String? {
            self.count > self.bytes.count ? "\(self.count - self.bytes.count) more bytes were not kept" : nil
        }
    }
}
