import NIOCore
import NIOPosix
import NIOSSL
import ProgramKit

/// Why a connection, to the edge or an upstream, came to nothing, in words that can follow a colon.
enum ConnectionTrouble {
    static func text(of error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: Self.text(of: error)
        case let error as IOError: Reason.text(ofErrno: error.errnoCode)
        case let error as ChannelError: Self.text(of: error)
        case NIOSSLError.handshakeFailed(let error): "the TLS handshake failed (\(Self.reason(of: error)))"
        case NIOSSLError.uncleanShutdown: "the connection was closed without a word"
        default: "\(error)"
        }
    }

    private static func text(of error: NIOConnectionError) -> String {
        // One of the two families may be missing on either side; what the last address said is as good as any.
        guard let failure = error.connectionErrors.last else { return "'\(error.host)' has no address" }
        return Self.text(of: failure.error)
    }

    private static func text(of error: ChannelError) -> String {
        switch error {
        case .connectTimeout(let time): "no answer for \(time.nanoseconds / 1_000_000_000) s"
        case .eof, .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed: "the connection was closed"
        default: "\(error)"
        }
    }

    /// BoringSSL's own name for the reason, `wrong_version_number`, which it gives only in the midst of a longer text.
    private static func reason(of error: BoringSSLError) -> String {
        let text = "\(error)"
        guard let marker = text.firstRange(of: "OPENSSL_internal:") else {
            return text.contains("EOF") ? "the connection was closed" : text
        }
        let reason = text[marker.upperBound...]
        // Alerts that have no name there are counted from 1000: reason(1109).
        let number = reason.hasPrefix("reason(1") ? Int(reason.dropFirst("reason(1".count).prefix { $0.isNumber }) : nil
        if let number { return "alert \(number)" }
        return reason.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.lowercased()
    }
}
