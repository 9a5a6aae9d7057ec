import NIOSSL

/// Names for what went wrong in a handshake, from BoringSSL's error text.
enum HandshakeFailure {
    /// BoringSSL's reason in lower case, such as `peer_did_not_return_a_certificate`: a closed set, fit for a metric.
    static func reason(of error: any Error) -> String {
        switch error as? NIOSSLError {
        case .handshakeFailed(let inner):
            let text = "\(inner)"
            guard let marker = text.firstRange(of: "OPENSSL_internal:") else {
                return text.contains("EOF") ? "client_left" : "other"
            }
            let reason = text[marker.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            return reason.lowercased()
        case .uncleanShutdown: return "client_left"
        default: return "other"
        }
    }
}
