import TLSWire
import Testing

@Suite("Opening recognition")
struct OpeningRecognizerTests {
    struct Opening: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8]
        var kind: OpeningKind
        var testDescription: String { "\(self.kind) \(self.bytes.prefix(24))" }
        init(_ text: String, _ meaning: NonTLSProtocol) {
            self.bytes = Array(text.utf8)
            self.kind = .notTLS(meaning)
        }
        init(_ bytes: [UInt8], _ kind: OpeningKind) {
            self.bytes = bytes
            self.kind = kind
        }
    }

    static let openings: [Opening] = [
        Opening([0x16, 3, 1, 2, 0], .tls),
        Opening([0x16, 3, 0xff], .tls),
        Opening([0x15, 3, 3, 0, 2, 1, 0], .tls),
        Opening([0x14, 3, 3, 0, 1, 1], .tls),
        Opening([0x16, 2, 0], .notTLS(.unknown)),
        Opening("GET / HTTP/1.1\r\n", .http),
        Opening("OPTIONS * HTTP/1.1\r\n", .http),
        Opening("PROPFIND /x HTTP/1.1\r\n", .http),
        Opening("GET http://a.test/ HTTP/1.1\r\n", .http),
        Opening("CONNECT a.test:443 HTTP/1.1\r\n", .http),
        Opening("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .http2Preface),
        Opening("SSH-2.0-OpenSSH_9.2\r\n", .ssh),
        Opening("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", .proxyV1),
        Opening([0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21], .notTLS(.proxyV2)),
        Opening("EHLO mail.test\r\n", .startTLSSMTP),
        Opening("ehlo mail.test\r\n", .startTLSSMTP),
        Opening("HELO mail.test\r\n", .startTLSSMTP),
        Opening("LHLO mail.test\r\n", .startTLSSMTP),
        Opening("a1 STARTTLS\r\n", .startTLSIMAP),
        Opening("a001 CAPABILITY\r\n", .startTLSIMAP),
        Opening(". CAPABILITY\r\n", .startTLSIMAP),
        Opening("A LOGIN x y\r\n", .startTLSIMAP),
        Opening("STLS\r\n", .startTLSPOP3),
        Opening("CAPA\r\n", .startTLSPOP3),
        Opening("USER x\r\n", .startTLSPOP3),
        Opening("AUTH TLS\r\n", .startTLSFTP),
        Opening("FEAT\r\n", .startTLSFTP),
        Opening("<?xml version='1.0'?><stream:stream", .startTLSXMPP),
        Opening("<stream:stream xmlns:stream='x'>", .startTLSXMPP),
        Opening("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", .startTLSXMPP),
        Opening("CAPABILITIES\r\n", .startTLSNNTP),
        Opening("MODE READER\r\n", .startTLSNNTP),
        Opening("CAPABILITY\r\n", .startTLSSieve),
        Opening("STARTTLS\r\n", .startTLSIRC),
        Opening("CAP LS 302\r\n", .startTLSIRC),
        Opening("NICK x\r\n", .startTLSIRC),
        Opening(
            [0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16] + Array("1.3.6.1.4.1.1466.20037".utf8),
            .notTLS(.startTLSLDAP)
        ),
        Opening(
            [0x30, 0x84, 0, 0, 0, 0x1d, 2, 1, 1, 0x77, 0x84, 0, 0, 0, 0x18, 0x80, 0x16]
                + Array("1.3.6.1.4.1.1466.20037".utf8),
            .notTLS(.startTLSLDAP)
        ),
        Opening([0x30, 0x0c, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0], .notTLS(.ldap)),
        Opening([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f], .notTLS(.postgresSSLRequest)),
        Opening([0, 0, 0, 8, 4, 0xd2, 0x16, 0x30], .notTLS(.postgresGSSENCRequest)),
        Opening([0, 0, 0, 16, 4, 0xd2, 0x16, 0x2e], .notTLS(.postgresCancelRequest)),
        Opening([0, 0, 0, 0x29, 0, 3, 0, 0] + Array("user".utf8), .notTLS(.postgresStartup)),
        Opening([0x20, 0, 0, 1, 0x85, 0xae, 0x7f, 0, 0, 0, 0, 1, 0x21], .notTLS(.mysqlSSLRequest)),
        Opening([0x20, 0, 0, 1, 0x85, 0xa6, 0x7f, 0], .notTLS(.unknown)),
        Opening([3, 0, 0, 0x13, 0x0e, 0xe0, 0, 0], .notTLS(.rdp)),
        Opening([5, 1, 0], .notTLS(.socks)),
        Opening([4, 1, 1, 0xbb, 127, 0, 0, 1, 0], .notTLS(.socks)),
        Opening([0x80, 0x2e, 1, 0, 2, 0, 0x15], .notTLS(.sslv2)),
        Opening([0x80, 0x67, 1, 3, 3, 0, 0x4e], .notTLS(.sslv2)),
        Opening([0, 0, 0, 0, 0, 0, 0, 0], .notTLS(.unknown)),
        Opening([0xff, 0xfe, 0xfd], .notTLS(.unknown)),
        Opening("hello there, this is nothing", .unknown),
        Opening("\n\n\n", .unknown),
        Opening(String(repeating: "A", count: 600), .unknown),
    ]

    @Test("each opening gets its name", arguments: Self.openings)
    func recognizes(_ opening: Opening) {
        #expect(OpeningRecognizer.recognize(opening.bytes) == opening.kind)
    }

    @Test("a prefix is undecided or says the same as the whole", arguments: Self.openings)
    func isStable(_ opening: Opening) {
        #expect(OpeningRecognizer.recognize([]) == .undecided)
        var isDecided = false
        for count in 1...opening.bytes.count {
            let kind = OpeningRecognizer.recognize(Array(opening.bytes[..<count]))
            if isDecided || kind != .undecided {
                #expect(kind == opening.kind, "\(count) bytes")
                isDecided = true
            }
        }
    }

    @Test("no opening needs more than its limit, whatever the bytes", arguments: UInt8.min...UInt8.max)
    func isBounded(_ first: UInt8) {
        for filler in [UInt8(ascii: "A"), UInt8(ascii: "a"), UInt8(ascii: " "), 0, 1, 0x80, 0xff] {
            let bytes = [first] + Array(repeating: filler, count: OpeningRecognizer.maximumPrefixLength - 1)
            #expect(OpeningRecognizer.recognize(bytes) != .undecided)
        }
    }

    @Test("every real hello is TLS from its second byte on", arguments: VectorFile.completeHellos)
    func knowsHellos(_ vector: VectorFile) {
        #expect(OpeningRecognizer.recognize([vector.bytes[0]]) == .undecided)
        #expect(OpeningRecognizer.recognize(Array(vector.bytes[..<2])) == .tls)
    }
}
