/// Why no certificate could be got. Two are equal when their ``code`` is.
package struct ACMEError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a CA says is wrong is the last part of its type: `rateLimited` of `urn:ietf:params:acme:error:rateLimited`
    /// (RFC 8555 section 6.7). The others are ours.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let badNonce = Code(rawValue: "badNonce")
        package static let caa = Code(rawValue: "caa")
        package static let connection = Code(rawValue: "connection")
        package static let dns = Code(rawValue: "dns")
        package static let incorrectResponse = Code(rawValue: "incorrectResponse")
        package static let rateLimited = Code(rawValue: "rateLimited")
        package static let rejectedIdentifier = Code(rawValue: "rejectedIdentifier")
        package static let tls = Code(rawValue: "tls")
        package static let unauthorized = Code(rawValue: "unauthorized")

        /// No answer came, or none that was whole.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The answer is none of ACME.
        package static let badAnswer = Code(rawValue: "badAnswer")
        /// The CA proves nothing by TLS-ALPN-01.
        package static let noChallenge = Code(rawValue: "noChallenge")
        /// The CA did not come to an end.
        package static let tookTooLong = Code(rawValue: "tookTooLong")
        package static let badAccountKey = Code(rawValue: "badAccountKey")
    }

    package let code: Code
    package let detail: String
    /// How long the CA wants not to be asked again.
    package let retryAfter: Duration?

    package init(_ code: Code, _ detail: String = "", retryAfter: Duration? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package var description: String {
        self.detail.isEmpty ? self.code.rawValue : "\(self.code.rawValue): \(self.detail)"
    }
}
