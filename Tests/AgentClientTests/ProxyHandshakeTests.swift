import Addresses
import AgentClient
import ConfigurationFiles
import NIOCore
import Testing

@Suite("What is said to a proxy")
struct ProxyHandshakeTests {
    /// What a proxy does for one client: each of its answers, and what is to be said to it.
    struct Talk: Sendable, CustomTestStringConvertible {
        var name: String
        var proxy: String
        var target = "edge.example.com:4443"
        /// What the agent says first, then after each answer that does not end it.
        var said: [[UInt8]]
        var answers: [[UInt8]]
        /// `nil`: the connection is made.
        var trouble: ProxyTrouble.Reason?
        var testDescription: String { self.name }
    }

    private static let edge: [UInt8] = Array("edge.example.com".utf8)
    private static let connect = Array("CONNECT edge.example.com:4443 HTTP/1.1\r\nHost: edge.example.com:4443\r\n".utf8)
    private static let request: [UInt8] = [5, 1, 0, 3, 16] + Self.edge + [0x11, 0x5b]
    private static let made: [UInt8] = [5, 0, 0, 1, 192, 0, 2, 1, 0, 80]
    /// `user:pass word`, in Basic and in RFC 1929's form.
    private static let basic = Array("Proxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ=\r\n\r\n".utf8)
    private static let pair: [UInt8] = [1, 4] + Array("user".utf8) + [9] + Array("pass word".utf8)

    private static let talks = [
        Talk(
            name: "HTTP",
            proxy: "http://p:3128",
            said: [Self.connect + [13, 10]],
            answers: [Array("HTTP/1.1 200 Connection established\r\nVia: p\r\n\r\n".utf8)]
        ),
        Talk(
            name: "HTTP with credentials",
            proxy: "http://user:pass%20word@p:3128",
            said: [Self.connect + Self.basic],
            answers: [Array("HTTP/1.0 200\r\n\r\n".utf8)]
        ),
        Talk(
            name: "HTTP, no credentials",
            proxy: "http://p:3128",
            said: [Self.connect + [13, 10]],
            answers: [Array("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".utf8)],
            trouble: .credentialsMissing
        ),
        Talk(
            name: "HTTP, wrong credentials",
            proxy: "http://user:pass%20word@p:3128",
            said: [Self.connect + Self.basic],
            answers: [Array("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".utf8)],
            trouble: .credentialsRefused
        ),
        Talk(
            name: "HTTP, forbidden",
            proxy: "http://p:3128",
            said: [Self.connect + [13, 10]],
            answers: [Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8)],
            trouble: .refused("403 Forbidden")
        ),
        Talk(
            name: "no HTTP",
            proxy: "http://p:3128",
            said: [Self.connect + [13, 10]],
            answers: [Array("SSH-2.0-x\r\n".utf8)],
            trouble: .noProxy
        ),
        Talk(
            name: "SOCKS5",
            proxy: "socks5://p",
            said: [[5, 1, 0], Self.request],
            answers: [[5, 0], Self.made]
        ),
        Talk(
            name: "SOCKS5 to an IPv6 address, and an answer with a name",
            proxy: "socks5://p",
            target: "[2001:db8::1]:443",
            said: [[5, 1, 0], [5, 1, 0, 4, 0x20, 1, 13, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xbb]],
            answers: [[5, 0], [5, 0, 0, 3, 1, 112, 0, 80]]
        ),
        Talk(
            name: "SOCKS5 with credentials",
            proxy: "socks5://user:pass%20word@p",
            said: [[5, 2, 0, 2], Self.pair, Self.request],
            answers: [[5, 2], [1, 0], Self.made]
        ),
        Talk(
            name: "SOCKS5, credentials that nobody asked for",
            proxy: "socks5://user:pass%20word@p",
            said: [[5, 2, 0, 2], Self.request],
            answers: [[5, 0], Self.made]
        ),
        Talk(
            name: "SOCKS5, wrong credentials",
            proxy: "socks5://user:pass%20word@p",
            said: [[5, 2, 0, 2], Self.pair],
            answers: [[5, 2], [1, 1]],
            trouble: .credentialsRefused
        ),
        Talk(
            name: "SOCKS5, no credentials",
            proxy: "socks5://p",
            said: [[5, 1, 0]],
            answers: [[5, 255]],
            trouble: .credentialsMissing
        ),
        Talk(
            name: "SOCKS5, a method that was not offered",
            proxy: "socks5://p",
            said: [[5, 1, 0]],
            answers: [[5, 2]],
            trouble: .noProxy
        ),
        Talk(
            name: "SOCKS5, refused",
            proxy: "socks5://p",
            said: [[5, 1, 0], Self.request],
            answers: [[5, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]],
            trouble: .refused("connection refused")
        ),
        Talk(
            name: "no SOCKS",
            proxy: "socks5://p",
            said: [[5, 1, 0]],
            answers: [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)],
            trouble: .noProxy
        ),
    ]

    @Test(
        "is what its protocol asks for, however its answers are cut, and what is behind them is left",
        arguments: talks
    )
    func talk(_ talk: Talk) throws {
        let behind: [UInt8] = [22, 3, 3]
        for isInPieces in [false, true] {
            var handshake = try Self.handshake(talk)
            var said = [handshake.start()]
            var bytes = ByteBuffer()
            var trouble: ProxyTrouble.Reason?
            var isMade = false
            do throws(ProxyTrouble.Reason) {
                for (number, answer) in talk.answers.enumerated() {
                    let isLast = number == talk.answers.count - 1
                    let whole = answer + (isLast ? behind : [])
                    for piece in isInPieces ? whole.map({ [$0] }) : [whole] {
                        bytes.writeBytes(piece)
                        guard !isMade else { continue }
                        switch try handshake.receive(&bytes) {
                        case .readMore: break
                        case .say(let words): said.append(words)
                        case .established: isMade = true
                        }
                    }
                }
            } catch {
                trouble = error
            }
            #expect(said == talk.said)
            #expect(trouble == talk.trouble)
            #expect(isMade == (talk.trouble == nil))
            if isMade { #expect(Array(bytes.readableBytesView) == behind) }
        }
    }

    private static func handshake(_ talk: Talk) throws -> any ProxyHandshake {
        let proxy = try ProxyAddress(Secret(talk.proxy))
        let target = try #require(HostAndPort(talk.target))
        switch proxy.kind {
        case .http: return ConnectHandshake(proxy, to: target)
        case .socks5: return SOCKSHandshake(proxy, to: target)
        }
    }

    @Test("ends where an answer has no end")
    func endless() throws {
        let proxy = try ProxyAddress(Secret("http://p"))
        let handshake = ConnectHandshake(proxy, to: HostAndPort(host: "edge", port: 1))
        var bytes = ByteBuffer(string: "HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 1 << 14))
        #expect(throws: ProxyTrouble.Reason.noProxy) { try handshake.receive(&bytes) }
    }
}
