import COpenSSL
import ScenarioModel

extension OpenSSLSession {
    /// At a server: what the client shows, whatever it is worth. OpenSSL itself tells only of chains that it took.
    func noticeClientCertificates(_ message: [UInt8]) {
        // RFC 8446 section 4.4.2 has a context in front, and extensions behind each certificate; RFC 5246 has neither.
        let isTLS13 = unsafe SSL_version(self.ssl) == TLS1_3_VERSION
        var body = message.dropFirst(4)
        if isTLS13 { _ = body.takeVector(lengthBytes: 1) }
        guard var list = body.takeVector(lengthBytes: 3) else { return }
        var chain: [ByteString] = []
        while let certificate = list.takeVector(lengthBytes: 3) {
            chain.append(ByteString(Array(certificate)))
            if isTLS13 { _ = list.takeVector(lengthBytes: 2) }
        }
        self.handshake.peerCertificates = chain
    }
}

extension ArraySlice<UInt8> {
    /// What stands behind its own length; `nil` where it is not whole.
    fileprivate mutating func takeVector(lengthBytes: Int) -> ArraySlice<UInt8>? {
        guard self.count >= lengthBytes else { return nil }
        let count = self.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
        guard self.count - lengthBytes >= count else { return nil }
        defer { self = self.dropFirst(lengthBytes + count) }
        return self.dropFirst(lengthBytes).prefix(count)
    }
}
