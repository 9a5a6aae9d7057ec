import COpenSSL

/// Why the harness could not set OpenSSL up: our own trouble, never the peer's.
///
/// Two are equal when their ``code`` is.
package struct OpenSSLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let detail: String

    package enum Code: String, Sendable {
        case badCertificate = "certificate cannot be used"
        case badPrivateKey = "private key cannot be used"
        case badServerName = "server name cannot be sent"
        case badProtocolList = "ALPN list cannot be sent"
        case badGroups = "key exchange groups cannot be offered"
        case badCiphers = "cipher suites cannot be offered"
        case badSignatureAlgorithms = "signature algorithms cannot be offered"
        case badSession = "session cannot be resumed"
        case outOfMemory = "OpenSSL gave no object"
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
    package var description: String {
        self.detail.isEmpty ? "OpenSSL: \(self.code.rawValue)" : "OpenSSL: \(self.code.rawValue): \(self.detail)"
    }

    package init(_ code: Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail ?? drainErrorQueue()
    }
}

/// Such as `OpenSSL 3.0.22`: the library that is loaded, not the header it was compiled with.
package let openSSLVersionText: String = {
    // unsafe: a constant string of the library.
    let text = unsafe String(cString: OpenSSL_version(OPENSSL_VERSION))
    return text.split(separator: " ").prefix(2).joined(separator: " ")
}()

/// Empties this thread's error queue and returns the reasons in it, oldest first.
func drainErrorQueue() -> String {
    var reasons: [String] = []
    while true {
        let error = ERR_get_error()
        if error == 0 { break }
        // unsafe: a constant string of the library, or NULL.
        if let reason = unsafe ERR_reason_error_string(error) {
            reasons.append(unsafe String(cString: reason))
        } else {
            reasons.append("error \(String(error, radix: 16))")
        }
    }
    return reasons.joined(separator: ", ")
}
