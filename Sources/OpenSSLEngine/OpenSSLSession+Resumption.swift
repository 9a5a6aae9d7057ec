import COpenSSL
package import Legs
import ScenarioModel
import TLSWire

extension OpenSSLSession {
    package var savedSession: SavedSession? {
        guard self.isClient, self.handshake.isCompleted else { return nil }
        // unsafe: a reference of our own, given back at the end.
        guard let session = unsafe SSL_get1_session(self.ssl) else { return nil }
        defer { unsafe SSL_SESSION_free(session) }
        guard unsafe SSL_SESSION_is_resumable(session) == 1 else { return nil }
        let count = Int(unsafe i2d_SSL_SESSION(session, nil))
        guard count > 0 else { return nil }
        let encoding = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            var next = buffer.baseAddress
            initializedCount = max(0, Int(unsafe i2d_SSL_SESSION(session, &next)))
        }
        return SavedSession(engine: .openssl, encoding: encoding)
    }

    /// Offers to resume. OpenSSL offers it whatever name it is to ask for.
    func offer(_ saved: SavedSession, with offer: OpenSSLOffer) throws {
        // unsafe: the bytes outlive the call, and SSL_set_session takes a reference of its own.
        let session = unsafe saved.encoding.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return unsafe d2i_SSL_SESSION(nil, &next, buffer.count)
        }
        guard saved.engine == .openssl, let session = unsafe session else { throw OpenSSLError(.badSession) }
        defer { unsafe SSL_SESSION_free(session) }
        try unsafe self.prepareEarlyData(offer, on: session)
        guard unsafe SSL_set_session(self.ssl, session) == 1 else { throw OpenSSLError(.badSession) }
        var count: UInt32 = 0
        // unsafe: bytes of the session, copied before it goes.
        let id = unsafe SSL_SESSION_get_id(session, &count)
        self.sessionToResume = unsafe Array(UnsafeBufferPointer(start: id, count: Int(count)))
    }

    /// OpenSSL keeps to itself a session that it finds too old, or of a version that is not offered.
    func noticeOwnHello(_ message: [UInt8]) {
        guard let id = self.sessionToResume, let hello = try? ClientHello(message: message) else { return }
        let hasTicket = !(hello.data(of: .sessionTicket) ?? []).isEmpty
        let isNamed = !id.isEmpty && hello.legacySessionID == id
        if hasTicket || isNamed || hello.data(of: .preSharedKey) != nil { self.handshake.offeredSession = true }
    }

    /// A server resumes only what was begun in the same place: sessions of one context are told apart by it.
    func enter(place: String) throws {
        // A context of sessions has at most 32 bytes (SSL_MAX_SID_CTX_LENGTH).
        var context = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let name = Array(place.utf8)
        _ = unsafe SHA256(name, name.count, &context)
        guard unsafe SSL_set_session_id_context(self.ssl, context, UInt32(context.count)) == 1 else {
            throw OpenSSLError(.badSession, place)
        }
    }
}
