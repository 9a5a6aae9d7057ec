/// Tells TLS from everything else that knocks at a TLS port, on as few bytes as is safe.
///
/// Two bytes name TLS. A name for anything else is for the log alone, because all of it is closed: where two protocols
/// open alike (`STARTTLS` is a command of four), the one whose client speaks first gets the name.
package enum OpeningRecognizer {
    /// Never more bytes than this are needed; no answer waits for more.
    package static let maximumPrefixLength = 512

    /// - Parameter prefix: the stream from its first byte on, as much of it as is here.
    package static func recognize(_ prefix: Span<UInt8>) -> OpeningKind {
        guard !prefix.isEmpty else { return .undecided }
        // Every content type of TLS: the reader answers a wrong one with the alert that is due.
        if (20...24).contains(prefix[0]) {
            guard prefix.count > 1 else { return .undecided }
            return prefix[1] == 3 ? .tls : .notTLS(.unknown)
        }
        let outcome = Self.isText(prefix[0]) ? TextOpenings.match(prefix) : BinaryOpenings.match(prefix)
        switch outcome {
        case .found(let found): return .notTLS(found)
        case .possible where prefix.count < Self.maximumPrefixLength: return .undecided
        case .possible, .impossible: return .notTLS(.unknown)
        }
    }

    /// Takes the first bytes of a stream.
    package static func recognize(_ prefix: [UInt8]) -> OpeningKind { Self.recognize(prefix.span) }

    private static func isText(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "0") }
}

/// What bytes so far say about a protocol.
enum OpeningMatch: Hashable {
    case found(NonTLSProtocol)
    /// More bytes could still make it one.
    case possible
    case impossible
}
