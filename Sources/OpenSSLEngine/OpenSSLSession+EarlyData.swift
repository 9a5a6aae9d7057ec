import COpenSSL
import ScenarioModel

/// What a session still has to do with early data (RFC 9846 section 2.3).
enum EarlyDataTurn: Equatable {
    /// A client sends these bytes with its first flight.
    case due([UInt8])
    /// A server reads what may come before the client's Finished.
    case awaited
    case over
}

// MARK: - A client's

extension OpenSSLSession {
    /// OpenSSL sends none that the ticket does not allow, and none under another name than the session's. Whether a server
    /// minds is what is tested, so the session is made to allow both.
    func prepareEarlyData(_ offer: OpenSSLOffer, on session: OpaquePointer) throws {
        guard !offer.earlyData.isEmpty, unsafe SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION else {
            return
        }
        let allowed = unsafe SSL_SESSION_get_max_early_data(session)
        // unsafe: setters on the session that was just decoded, which is nobody else's.
        if allowed < offer.earlyData.count {
            _ = unsafe SSL_SESSION_set_max_early_data(session, UInt32(offer.earlyData.count))
        }
        guard unsafe SSL_SESSION_set1_hostname(session, offer.serverName) == 1 else { throw OpenSSLError(.badSession) }
        self.handshake.earlyDataAllowance = Int(allowed)
        self.early = .due(offer.earlyData)
    }

    func sendEarlyData() {
        guard case .due(let bytes) = self.early else { return }
        self.early = .over
        var count = 0
        // Memory never blocks, so the hello and all of it go out at once.
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe SSL_write_early_data(self.ssl, buffer.baseAddress, buffer.count, &count)
        }
        if result != 1 || count != bytes.count { self.fail(drainErrorQueue()) }
    }
}

// MARK: - A server's

extension OpenSSLSession {
    /// A server that takes early data asks for it before its handshake goes on.
    func readEarlyData() -> [UInt8] {
        var plaintext: [UInt8] = []
        while self.early == .awaited {
            // One full record (RFC 8446 section 5.1).
            let recordSize = 16_384
            var result: CInt = 0
            let record = unsafe [UInt8](unsafeUninitializedCapacity: recordSize) { buffer, initializedCount in
                result = unsafe SSL_read_early_data(self.ssl, buffer.baseAddress, recordSize, &initializedCount)
            }
            switch result {
            case SSL_READ_EARLY_DATA_SUCCESS: plaintext.append(contentsOf: record)
            case SSL_READ_EARLY_DATA_FINISH: self.early = .over
            default:
                if unsafe SSL_get_error(self.ssl, result) == SSL_ERROR_WANT_READ { return plaintext }
                self.early = .over
                self.fail(drainErrorQueue())
            }
        }
        return plaintext
    }
}

// MARK: - What became of it

extension OpenSSLSession {
    /// Until the server has said that it takes it, it is rejected.
    func noticeEarlyData() {
        switch unsafe SSL_get_early_data_status(self.ssl) {
        case SSL_EARLY_DATA_ACCEPTED: self.handshake.earlyData = .accepted
        case SSL_EARLY_DATA_REJECTED: self.handshake.earlyData = .rejected
        default: break
        }
    }
}
