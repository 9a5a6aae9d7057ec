import Addresses
import EdgeCore
import TLSWire
import Testing

@Suite("A connection's first bytes")
struct ConnectionStateMachineTests {
    private typealias Machine = ConnectionStateMachine<String>

    /// A small TLS 1.2 hello; `serverName` nil leaves the extension out, `offersTLS13` adds supported_versions.
    private static func hello(serverName: String?, offersTLS13: Bool = true) -> [UInt8] {
        func vector(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes }
        var extensions: [UInt8] = []
        if let serverName { extensions += [0, 0] + vector(vector([0] + vector(Array(serverName.utf8)))) }
        if offersTLS13 { extensions += [0, 43] + vector([2, 3, 4]) }
        let body: [UInt8] =
            [3, 3] + Array(repeating: 7, count: 32) + [0] + vector([0x13, 0x01]) + [1, 0] + vector(extensions)
        let message: [UInt8] = [1, 0] + [UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
        return [22, 3, 1] + vector(message)
    }

    /// The edge is asked for one name, whoever serves it.
    private static func isChallenge(_ hello: ClientHello) -> Bool {
        hello.serverName == "asked.example.com" || hello.serverName == "asked-and-closed.example.com"
    }

    private static func route(_ name: String) -> Machine.Route {
        switch name.lowercased() {
        case "open.example.com":
            return .endpoint("open", (try? IPRestrictions(allow: [], deny: [])) ?? Self.closed)
        case "closed.example.com", "asked-and-closed.example.com": return .endpoint("closed", Self.closed)
        case "offline.example.com": return .offline
        default: return .unknown
        }
    }

    private static var closed: IPRestrictions {
        do {
            return try IPRestrictions(allow: ["10.0.0.0/8"], deny: [])
        } catch {
            preconditionFailure("10.0.0.0/8 is a block")
        }
    }

    /// The last action after all bytes, given in pieces of `size`.
    private static func outcome(_ bytes: [UInt8], size: Int) throws -> String {
        var machine = Machine(limits: ClientHelloReader.Limits())
        var last = "nothing"
        let client = try #require(IPAddress("192.0.2.1"))
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            switch machine.received(piece, from: client, isChallenge: Self.isChallenge, route: Self.route) {
            case .readMore: last = "more"
            case .serve(let endpoint, _, let decision):
                return "serve \(endpoint) \(decision.map { $0.rawValue } ?? "-")"
            case .deny(let endpoint, _): return "deny \(endpoint)"
            case .refuse(let refusal):
                return "refuse \(refusal.reason.label) \(refusal.alert.map { "\($0)" } ?? "-")"
            case .answerChallenge(let hello): return "answer \(hello.serverName ?? "-")"
            case .nothing: last = "nothing"
            }
        }
        return last
    }

    @Test(
        "each opening has one outcome, however it is cut up",
        arguments: [
            (Self.hello(serverName: "open.example.com"), "serve open -"),
            (Self.hello(serverName: "OPEN.example.com"), "serve open -"),
            (Self.hello(serverName: "closed.example.com"), "deny closed"),
            (Self.hello(serverName: "asked.example.com"), "answer asked.example.com"),
            (Self.hello(serverName: "asked-and-closed.example.com"), "answer asked-and-closed.example.com"),
            (Self.hello(serverName: "offline.example.com"), "refuse offline -"),
            (Self.hello(serverName: "unknown.example.com"), "refuse unknown_name unrecognized_name"),
            (Self.hello(serverName: nil), "refuse no_server_name missing_extension"),
            (Self.hello(serverName: nil, offersTLS13: false), "refuse no_server_name handshake_failure"),
            (Self.hello(serverName: "open.example.com."), "refuse malformed_hello illegal_parameter"),
            (Self.hello(serverName: "192.0.2.1"), "refuse malformed_hello illegal_parameter"),
            (Array(Self.hello(serverName: "open.example.com").dropLast()), "more"),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), "refuse not_tls -"),
            (Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), "refuse not_tls -"),
            (Array("EHLO client.example.com\r\n".utf8), "refuse not_tls -"),
        ] as [([UInt8], String)],
        [1, 2, 5, 64, 4096]
    )
    func decides(_ opening: ([UInt8], String), size: Int) throws {
        #expect(try Self.outcome(opening.0, size: size) == opening.1)
    }

    @Test("a deadline or an end in the middle of the hello refuses without a byte, and only once")
    func deadline() throws {
        var machine = Machine(limits: ClientHelloReader.Limits())
        let client = try #require(IPAddress("192.0.2.1"))
        _ = machine.received([22, 3], from: client, isChallenge: Self.isChallenge, route: Self.route)
        guard case .refuse(let refusal) = machine.helloDeadlinePassed() else {
            Issue.record("an unfinished hello must be refused at its deadline")
            return
        }
        #expect(refusal.reason == .helloTimeout)
        #expect(refusal.alert == nil)
        guard case .nothing = machine.inputClosed() else {
            Issue.record("a decided connection is not decided again")
            return
        }
        guard case .nothing = machine.received([1], from: client, isChallenge: Self.isChallenge, route: Self.route)
        else {
            Issue.record("bytes after the decision change nothing")
            return
        }
    }
}
