/// What a stream is, by its first bytes.
package enum OpeningKind: Hashable, Sendable {
    /// A TLS record begins. It need not hold a ClientHello: that is for ``ClientHelloReader`` to say.
    case tls
    case notTLS(NonTLSProtocol)
    /// More bytes are needed to name it.
    case undecided
}

/// A protocol that a client may speak to a TLS port by mistake, named as logs and metrics show it.
package struct NonTLSProtocol: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    private init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { self.rawValue }

    package static let http = NonTLSProtocol("http")
    /// HTTP/2 in clear with prior knowledge (RFC 9113 section 3.4).
    package static let http2Preface = NonTLSProtocol("http2-preface")
    package static let ssh = NonTLSProtocol("ssh")
    package static let startTLSSMTP = NonTLSProtocol("starttls.smtp")
    package static let startTLSIMAP = NonTLSProtocol("starttls.imap")
    package static let startTLSPOP3 = NonTLSProtocol("starttls.pop3")
    package static let startTLSFTP = NonTLSProtocol("starttls.ftp")
    package static let startTLSXMPP = NonTLSProtocol("starttls.xmpp")
    package static let startTLSLDAP = NonTLSProtocol("starttls.ldap")
    package static let startTLSNNTP = NonTLSProtocol("starttls.nntp")
    package static let startTLSSieve = NonTLSProtocol("starttls.sieve")
    package static let startTLSIRC = NonTLSProtocol("starttls.irc")
    /// LDAP without StartTLS.
    package static let ldap = NonTLSProtocol("ldap")
    package static let postgresSSLRequest = NonTLSProtocol("postgres.ssl-request")
    package static let postgresGSSENCRequest = NonTLSProtocol("postgres.gssenc-request")
    package static let postgresCancelRequest = NonTLSProtocol("postgres.cancel-request")
    package static let postgresStartup = NonTLSProtocol("postgres.startup")
    package static let mysqlSSLRequest = NonTLSProtocol("mysql.ssl-request")
    package static let rdp = NonTLSProtocol("rdp")
    package static let proxyV1 = NonTLSProtocol("proxy.v1")
    package static let proxyV2 = NonTLSProtocol("proxy.v2")
    /// An SSL 2.0 ClientHello, or one of TLS in its framing (RFC 5246 appendix E.2).
    package static let sslv2 = NonTLSProtocol("sslv2")
    package static let socks = NonTLSProtocol("socks")
    package static let unknown = NonTLSProtocol("unknown")

    /// Whether it is a protocol that would upgrade to TLS by a command of its own.
    package var isStartTLS: Bool {
        self.rawValue.hasPrefix("starttls.") || self == .postgresSSLRequest || self == .mysqlSSLRequest
    }
}
