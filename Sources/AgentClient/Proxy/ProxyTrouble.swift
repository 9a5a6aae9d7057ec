package import Addresses
package import ProgramKit

/// The proxy does not let the agent through to the edge.
package struct ProxyTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Error, Hashable, Sendable {
        /// It cannot be connected to; why, in words that follow a colon.
        case unreachable(String)
        /// It wants a user and a password, and has been given none.
        case credentialsMissing
        case credentialsRefused
        /// It does not connect to the edge; its own words.
        case refused(String)
        /// What answers there speaks another protocol.
        case noProxy
        /// The connection ended before it had answered.
        case closed
        case silent(Duration)
    }

    package let proxy: ProxyAddress
    /// What it was asked to connect to.
    package let target: HostAndPort
    package let reason: Reason

    package var description: String { "the proxy \(self.proxy) \(self.explanation)" }

    private var explanation: String {
        switch self.reason {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .credentialsMissing: "asks for a user and a password"
        case .credentialsRefused: "does not take this user and password"
        case .refused(let words): "does not connect to \(self.target): \(words)"
        case .noProxy: "answers as no \(self.proxy.kind == .http ? "HTTP" : "SOCKS5") proxy does"
        case .closed: "has closed the connection without an answer"
        case .silent(let time): "gave no answer for \(time.components.seconds) s"
        }
    }

    package var hint: String {
        switch self.reason {
        case .unreachable, .silent: "see whether the proxy runs there, or go without it: --proxy-url ''"
        case .credentialsMissing, .credentialsRefused:
            "give them before its host: --proxy-url \(self.proxy.kind.rawValue)://USER:PASSWORD@\(self.proxy.server)"
        case .refused: "ask whoever runs the proxy to let connections to \(self.target) through"
        case .noProxy, .closed: "see whether its kind is right: http:// or socks5://"
        }
    }
}

extension ProxyTrouble: ExplainedError {
    package var complaint: Complaint { Complaint(self.description, hint: self.hint) }
}
