/// Protocols whose first bytes are a line of text.
enum TextOpenings {
    private struct Pattern {
        let bytes: [UInt8]
        let meaning: NonTLSProtocol
        init(_ text: StaticString, _ meaning: NonTLSProtocol) {
            self.bytes = Array("\(text)".utf8)
            self.meaning = meaning
        }
    }

    /// Compared without case. Where one begins like another, the longer comes first.
    private static let patterns: [Pattern] = [
        Pattern("PRI * HTTP/2.0\r\n", .http2Preface),
        Pattern("CONNECT ", .http),
        Pattern("SSH-", .ssh),
        Pattern("PROXY ", .proxyV1),
        Pattern("EHLO ", .startTLSSMTP),
        Pattern("HELO ", .startTLSSMTP),
        Pattern("LHLO ", .startTLSSMTP),
        Pattern("EHLO\r\n", .startTLSSMTP),
        // IMAP has a tag before its CAPABILITY.
        Pattern("CAPABILITIES\r\n", .startTLSNNTP),
        Pattern("MODE READER\r\n", .startTLSNNTP),
        Pattern("CAPABILITY\r\n", .startTLSSieve),
        Pattern("AUTHENTICATE \"", .startTLSSieve),
        Pattern("CAPA\r\n", .startTLSPOP3),
        Pattern("STLS\r\n", .startTLSPOP3),
        Pattern("USER ", .startTLSPOP3),
        Pattern("APOP ", .startTLSPOP3),
        Pattern("AUTH TLS", .startTLSFTP),
        Pattern("AUTH SSL", .startTLSFTP),
        Pattern("FEAT\r\n", .startTLSFTP),
        Pattern("STARTTLS\r\n", .startTLSIRC),
        Pattern("CAP LS", .startTLSIRC),
        Pattern("CAP REQ", .startTLSIRC),
        Pattern("NICK ", .startTLSIRC),
        Pattern("PASS ", .startTLSIRC),
        Pattern("<?xml", .startTLSXMPP),
        Pattern("<stream:stream", .startTLSXMPP),
        Pattern("<starttls", .startTLSXMPP),
    ]

    /// IMAP commands that may come before a login, each after a tag (RFC 9051 section 6).
    private static let imapCommands: [[UInt8]] = [
        "STARTTLS", "CAPABILITY", "LOGIN ", "AUTHENTICATE ", "NOOP", "ID ", "LOGOUT", "ENABLE ",
    ].map { Array($0.utf8) }

    /// An IMAP tag longer than this is taken for something else.
    private static let maximumTagLength = 32
    /// The longest registered HTTP method has 17 letters.
    private static let maximumMethodLength = 20

    static func match(_ prefix: Span<UInt8>) -> OpeningMatch {
        var isPossible = false
        for pattern in Self.patterns {
            switch Self.compare(prefix, from: 0, with: pattern.bytes) {
            case .whole: return .found(pattern.meaning)
            case .soFar: isPossible = true
            case .no: break
            }
        }
        // `PRI *` would do for HTTP/1 already.
        if isPossible { return .possible }
        for outcome in [Self.matchHTTP(prefix), Self.matchIMAP(prefix)] {
            switch outcome {
            case .found: return outcome
            case .possible: isPossible = true
            case .impossible: break
            }
        }
        return isPossible ? .possible : .impossible
    }

    /// A method of capital letters, a blank, and a target that starts with `/`, `*` or `http`.
    private static func matchHTTP(_ prefix: Span<UInt8>) -> OpeningMatch {
        var length = 0
        while length < prefix.count, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(prefix[length]) { length += 1 }
        guard length <= Self.maximumMethodLength else { return .impossible }
        guard length < prefix.count else { return .possible }
        guard length > 0, prefix[length] == UInt8(ascii: " ") else { return .impossible }
        guard length + 1 < prefix.count else { return .possible }
        if prefix[length + 1] == UInt8(ascii: "/") || prefix[length + 1] == UInt8(ascii: "*") { return .found(.http) }
        switch Self.compare(prefix, from: length + 1, with: Array("http".utf8)) {
        case .whole: return .found(.http)
        case .soFar: return .possible
        case .no: return .impossible
        }
    }

    /// A tag of letters, digits or a dot (as openssl s_client sends), a blank and a command.
    private static func matchIMAP(_ prefix: Span<UInt8>) -> OpeningMatch {
        var length = 0
        while length < prefix.count, Self.isTagByte(prefix[length]) { length += 1 }
        guard length <= Self.maximumTagLength else { return .impossible }
        guard length < prefix.count else { return .possible }
        guard length > 0, prefix[length] == UInt8(ascii: " ") else { return .impossible }
        var isPossible = false
        for command in Self.imapCommands {
            switch Self.compare(prefix, from: length + 1, with: command) {
            case .whole: return .found(.startTLSIMAP)
            case .soFar: isPossible = true
            case .no: break
            }
        }
        return isPossible ? .possible : .impossible
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private enum Comparison { case whole, soFar, no }

    private static func compare(_ prefix: Span<UInt8>, from start: Int, with text: [UInt8]) -> Comparison {
        for (index, byte) in text.enumerated() {
            guard start + index < prefix.count else { return .soFar }
            guard Self.lowercased(prefix[start + index]) == Self.lowercased(byte) else { return .no }
        }
        return .whole
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
