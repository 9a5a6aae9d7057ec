package import Addresses
import ConfigurationFiles
package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// HTTP's CONNECT (RFC 9110 section 9.3.6).
///
/// The handler of swift-nio-extras keeps the status of a refusal to itself, and that is what people need to know.
package struct ConnectHandshake: ProxyHandshake {
    /// Far above what a proxy answers, which may have a cookie or two.
    private static let maximumHead = 16 * 1_024

    private let target: HostAndPort
    private let credentials: ProxyAddress.Credentials?

    package init(_ proxy: ProxyAddress, to target: HostAndPort) {
        self.target = target
        self.credentials = proxy.credentials
    }

    package func start() -> [UInt8] {
        var head = "CONNECT \(self.target) HTTP/1.1\r\nHost: \(self.target)\r\n"
        if let credentials {
            let pair = Data("\(credentials.user.revealed):\(credentials.password.revealed)".utf8)
            head += "Proxy-Authorization: Basic \(pair.base64EncodedString())\r\n"
        }
        return Array("\(head)\r\n".utf8)
    }

    package func receive(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep {
        let head = bytes.readableBytesView
        guard head.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(head.count)) else { throw .noProxy }
        guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard head.count < Self.maximumHead else { throw .noProxy }
            return .readMore
        }
        // `HTTP/1.1 403 Forbidden`
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 1).dropFirst().first ?? ""
        guard let status = Int(words.prefix(3)), (100...599).contains(status) else { throw .noProxy }
        switch status {
        case 200..<300:
            bytes.moveReaderIndex(to: end.upperBound)
            return .established
        case 407: throw self.credentials == nil ? .credentialsMissing : .credentialsRefused
        default: throw .refused(String(words.prefix(100)))
        }
    }
}
