import CLibCrypto

/// Why bytes are not what they should be, or why libcrypto could not do its part. Two are equal when their ``code`` is.
package struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// OpenSSL's own reasons, oldest first; may be empty.
    package let detail: String

    package enum Code: String, Sendable {
        case badPEM = "not PEM"
        case badCertificate = "certificate cannot be parsed"
        case badRevocationList = "revocation list cannot be parsed"
        case noKey = "no key could be made"
        case noSignature = "nothing could be signed"
        case badName = "a name that no certificate of ours may have"
        case noEncoding = "nothing could be encoded"
        case noSeal = "nothing could be sealed"
        case notSealed = "not what was sealed with this key"
        case noRandomness = "no random bytes"
        case outOfMemory = "OpenSSL gave no object"
    }

    /// Takes the reasons from this thread's error queue, which is empty afterwards.
    init(_ code: Code) {
        self.code = code
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
        self.detail = reasons.joined(separator: ", ")
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
    package var description: String {
        self.detail.isEmpty ? self.code.rawValue : "\(self.code.rawValue): \(self.detail)"
    }
}
