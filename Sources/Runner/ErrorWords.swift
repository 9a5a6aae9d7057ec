import Foundation
import NIOCore
import NIOPosix
package import ProgramKit

/// Errors in words that help: what was tried, what the system said, and what to do. Those of the libraries below us
/// speak of their own insides, and are said here.
package enum ErrorWords {
    package static func text(of error: any Error) -> String { Self.complaint(about: error).description }

    package static func complaint(about error: any Error) -> Complaint {
        switch error {
        case let error as IOError: Self.complaint(errorNumber: error.errnoCode, tried: Self.call(in: error.description))
        case let error as NIOConnectionError: Self.complaint(about: error)
        case let error as ChannelError: Complaint(Self.words(for: error))
        case is CancellationError: Complaint("interrupted")
        default: Complaint(explaining: error)
        }
    }

    private static func complaint(errorNumber: CInt, tried: String) -> Complaint {
        Complaint("\(tried): \(Reason.text(ofErrno: errorNumber))", hint: Self.hint(errorNumber))
    }

    private static func hint(_ errorNumber: CInt) -> String? {
        switch errorNumber {
        case EMFILE, ENFILE: "raise the limit of open files (ulimit -n), or run fewer scenarios, or with fewer --jobs"
        case EADDRINUSE, EADDRNOTAVAIL:
            "no port was free: see `ss -s` and net.ipv4.ip_local_port_range, or run fewer scenarios"
        case ENOSPC, EDQUOT: "make room, or name another folder in TMPDIR"
        default: nil
        }
    }

    /// `bind(descriptor:ptr:bytes:): Address already in use) (errno: 98)` is a call's signature and its trouble: what a
    /// person wants of it is what was tried.
    private static func call(in description: String) -> String {
        let name = description.prefix { $0.isLetter || $0 == "_" || $0.isNumber }
        return switch name {
        case "bind": "cannot take a port"
        case "listen": "cannot listen"
        case "socket", "init": "cannot open a socket"
        case "connect": "cannot connect"
        case "accept": "cannot accept a connection"
        case "read", "readv", "recvmsg", "recvfrom": "cannot read from a connection"
        case "write", "writev", "sendmsg", "sendto": "cannot write to a connection"
        case "shutdown", "close": "cannot close a connection"
        default: "a connection failed"
        }
    }

    private static func complaint(about error: NIOConnectionError) -> Complaint {
        let reasons = error.connectionErrors.map { failure in
            let reason = (failure.error as? IOError).map { Reason.text(ofErrno: $0.errnoCode) }
            let address = failure.target.ipAddress ?? error.host
            let host = address.contains(":") ? "[\(address)]" : address
            return "\(host):\(failure.target.port ?? error.port): \(reason ?? Self.text(of: failure.error))"
        }
        let place = "\(error.host):\(error.port)"
        return Complaint("cannot connect to " + (reasons.isEmpty ? place : reasons.joined(separator: ", ")))
    }

    private static func words(for error: ChannelError) -> String {
        switch error {
        case .connectTimeout(let amount): "cannot connect within \(amount.nanoseconds / 1_000_000) ms"
        case .connectPending: "a connection is being made already"
        case .operationUnsupported: "the connection cannot do that"
        case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: "the connection was closed"
        case .writeMessageTooLarge: "the message is too large"
        case .writeHostUnreachable: "the host cannot be reached"
        default: "the connection failed"
        }
    }
}
