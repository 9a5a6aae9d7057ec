/// Protocols whose first bytes are binary.
enum BinaryOpenings {
    /// PROXY protocol version 2.
    private static let proxySignature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]
    /// LDAP's StartTLS, 1.3.6.1.4.1.1466.20037 as text (RFC 4511 section 4.14.1).
    private static let startTLSObjectIdentifier = Array("1.3.6.1.4.1.1466.20037".utf8)

    static func match(_ prefix: Span<UInt8>) -> OpeningMatch {
        switch prefix[0] {
        case 0x00: Self.matchPostgres(prefix)
        case 0x03: Self.matchRDP(prefix)
        case 0x04, 0x05: Self.matchSOCKS(prefix)
        case 0x0d: Self.matchProxy(prefix)
        case 0x20: Self.matchMySQL(prefix)
        case 0x30: Self.matchLDAP(prefix)
        case 0x80...0xff: Self.matchSSLv2(prefix)
        default: .impossible
        }
    }

    /// A length and a code, or a length and a protocol version ("Message Formats" in PostgreSQL's manual).
    private static func matchPostgres(_ prefix: Span<UInt8>) -> OpeningMatch {
        // A startup packet stays far below 64 KiB.
        if prefix.count > 1, prefix[1] != 0 { return .impossible }
        guard prefix.count >= 8 else { return .possible }
        switch (prefix.uint16(at: 2), prefix.uint16(at: 4), prefix.uint16(at: 6)) {
        case (8, 1234, 5679): return .found(.postgresSSLRequest)
        case (8, 1234, 5680): return .found(.postgresGSSENCRequest)
        case (_, 1234, 5678): return .found(.postgresCancelRequest)
        case (9..., 3, _): return .found(.postgresStartup)
        default: return .impossible
        }
    }

    /// TPKT and an X.224 connection request (MS-RDPBCGR section 2.2.1.1).
    private static func matchRDP(_ prefix: Span<UInt8>) -> OpeningMatch {
        if prefix.count > 1, prefix[1] != 0 { return .impossible }
        guard prefix.count >= 6 else { return .possible }
        return prefix[5] == 0xe0 ? .found(.rdp) : .impossible
    }

    /// Version 5: a number of methods (RFC 1928). Version 4: connect or bind.
    private static func matchSOCKS(_ prefix: Span<UInt8>) -> OpeningMatch {
        guard prefix.count >= 2 else { return .possible }
        let allowed: ClosedRange<UInt8> = prefix[0] == 5 ? 1...32 : 1...2
        return allowed.contains(prefix[1]) ? .found(.socks) : .impossible
    }

    private static func matchProxy(_ prefix: Span<UInt8>) -> OpeningMatch {
        for (index, byte) in Self.proxySignature.enumerated() {
            guard index < prefix.count else { return .possible }
            guard prefix[index] == byte else { return .impossible }
        }
        return .found(.proxyV2)
    }

    /// A packet of 32 bytes with sequence number 1, whose capabilities have CLIENT_SSL (0x0800) set.
    private static func matchMySQL(_ prefix: Span<UInt8>) -> OpeningMatch {
        let header: [UInt8] = [0x20, 0x00, 0x00, 0x01]
        for (index, byte) in header.enumerated() {
            guard index < prefix.count else { return .possible }
            guard prefix[index] == byte else { return .impossible }
        }
        guard prefix.count >= 6 else { return .possible }
        return prefix[5] & 0x08 != 0 ? .found(.mysqlSSLRequest) : .impossible
    }

    /// A BER SEQUENCE of a message id and an operation (RFC 4511 section 4.1.1).
    private static func matchLDAP(_ prefix: Span<UInt8>) -> OpeningMatch {
        guard prefix.count >= 2 else { return .possible }
        // Active Directory's clients write the length in four bytes where one would do.
        let lengthBytes = prefix[1] < 0x80 ? 1 : 1 + Int(prefix[1] & 0x7f)
        guard lengthBytes <= 5 else { return .impossible }
        let idAt = 1 + lengthBytes
        guard prefix.count > idAt else { return .possible }
        guard prefix[idAt] == 0x02 else { return .impossible }
        guard prefix.count > idAt + 1 else { return .possible }
        guard (1...4).contains(prefix[idAt + 1]) else { return .impossible }
        let operationAt = idAt + 2 + Int(prefix[idAt + 1])
        guard prefix.count > operationAt else { return .possible }
        guard prefix[operationAt] == 0x77 else {
            // An application tag, constructed: a bind or a search.
            return prefix[operationAt] & 0xe0 == 0x60 ? .found(.ldap) : .impossible
        }
        // The operation's length (one or five bytes), then requestName with its own length.
        for start in [operationAt + 4, operationAt + 8] {
            let available = max(0, min(Self.startTLSObjectIdentifier.count, prefix.count - start))
            let matches = (0..<available).allSatisfy { prefix[start + $0] == Self.startTLSObjectIdentifier[$0] }
            if matches { return available == Self.startTLSObjectIdentifier.count ? .found(.startTLSLDAP) : .possible }
        }
        return .found(.ldap)
    }

    /// A two-byte length with its high bit set, message type 1 (CLIENT-HELLO), version 2 or 3.x.
    private static func matchSSLv2(_ prefix: Span<UInt8>) -> OpeningMatch {
        if prefix.count > 2, prefix[2] != 1 { return .impossible }
        guard prefix.count >= 5 else { return .possible }
        return prefix.uint16(at: 3) == 0x0002 || prefix[3] == 3 ? .found(.sslv2) : .impossible
    }
}
