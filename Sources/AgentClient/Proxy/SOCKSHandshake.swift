package import Addresses
import ConfigurationFiles
package import NIOCore

/// SOCKS 5 (RFC 1928), with user and password (RFC 1929), which the client of swift-nio-extras has not.
package struct SOCKSHandshake: ProxyHandshake {
    private enum State {
        case choosingMethod
        case authenticating
        case connecting
    }

    private static let version: UInt8 = 5
    private static let noAuthentication: UInt8 = 0
    private static let userAndPassword: UInt8 = 2

    private let target: HostAndPort
    private let credentials: ProxyAddress.Credentials?
    private var state = State.choosingMethod

    package init(_ proxy: ProxyAddress, to target: HostAndPort) {
        self.target = target
        self.credentials = proxy.credentials
    }

    package func start() -> [UInt8] {
        self.credentials == nil
            ? [Self.version, 1, Self.noAuthentication]
            : [Self.version, 2, Self.noAuthentication, Self.userAndPassword]
    }

    package mutating func receive(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep {
        switch self.state {
        case .choosingMethod: try self.chosen(&bytes)
        case .authenticating: try self.authenticated(&bytes)
        case .connecting: try self.connected(&bytes)
        }
    }

    private mutating func chosen(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep {
        guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) ?? Self.version == Self.version else {
            throw .noProxy
        }
        guard let (_, method) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .readMore }
        switch (method, self.credentials) {
        case (Self.noAuthentication, _):
            return .say(self.request())
        case (Self.userAndPassword, let credentials?):
            self.state = .authenticating
            return .say([1] + Self.counted(credentials.user.revealed) + Self.counted(credentials.password.revealed))
        // 255: it takes none of the methods that were offered.
        case (255, _): throw self.credentials == nil ? .credentialsMissing : .credentialsRefused
        default: throw .noProxy
        }
    }

    private mutating func authenticated(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep {
        guard let (_, status) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .readMore }
        guard status == 0 else { throw .credentialsRefused }
        return .say(self.request())
    }

    private mutating func request() -> [UInt8] {
        self.state = .connecting
        let port = [UInt8(truncatingIfNeeded: self.target.port >> 8), UInt8(truncatingIfNeeded: self.target.port)]
        let connect: [UInt8] = [Self.version, 1, 0]
        guard let address = IPAddress(self.target.host) else {
            return connect + [3] + Self.counted(self.target.host) + port
        }
        return connect + [address.isIPv4 ? 1 : 4] + address.bytes + port
    }

    /// A byte has the length: credentials are no longer, and a name of DNS is not either (RFC 1035 section 2.3.4).
    private static func counted(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(255))
        return [UInt8(bytes.count)] + bytes
    }

    private func connected(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep {
        let start = bytes.readerIndex
        guard bytes.getInteger(at: start, as: UInt8.self) ?? Self.version == Self.version else { throw .noProxy }
        guard let reply = bytes.getInteger(at: start + 1, as: UInt8.self) else { return .readMore }
        guard reply == 0 else { throw .refused(Self.words(for: reply)) }
        guard let type = bytes.getInteger(at: start + 3, as: UInt8.self),
            let first = bytes.getInteger(at: start + 4, as: UInt8.self)
        else { return .readMore }
        // The address that it has dialled from, which nobody asks for, and the port.
        let length: Int
        switch type {
        case 1: length = 4 + 4 + 2
        case 3: length = 4 + 1 + Int(first) + 2
        case 4: length = 4 + 16 + 2
        default: throw .noProxy
        }
        guard bytes.readableBytes >= length else { return .readMore }
        bytes.moveReaderIndex(forwardBy: length)
        return .established
    }

    /// RFC 1928 section 6.
    private static func words(for reply: UInt8) -> String {
        switch reply {
        case 1: "general failure"
        case 2: "its rules do not allow it"
        case 3: "network unreachable"
        case 4: "host unreachable"
        case 5: "connection refused"
        case 6: "TTL expired"
        case 7: "command not supported"
        case 8: "address type not supported"
        default: "reply \(reply)"
        }
    }
}
