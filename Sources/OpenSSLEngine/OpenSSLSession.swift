import COpenSSL
package import Legs
package import ScenarioModel
import TLSWire

/// One end of a TLS session on the system's OpenSSL, with memory for a wire.
///
/// A client never verifies its server, and a server its client only where it is told whose to let in: the judge records who it
/// spoke to. `@safe`: the `SSL` lives as long as the object and is used by the one task that owns it.
@safe
package final class OpenSSLSession: TLSSession {
    package internal(set) var handshake = HandshakeObservation()

    private let context: OpenSSLContext
    let ssl: OpaquePointer
    /// Both belong to `ssl`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let side: OpenSSLConfiguration.Side
    private var state = TLSOutput.State.handshaking
    private let serverNameAfterRetry: String?
    /// The id of the session that a client was told to resume; empty where only its ticket tells it.
    var sessionToResume: [UInt8]?
    /// Where it is early data's turn.
    var early: EarlyDataTurn
    /// At a server: the client's last hello.
    private var receivedHello: [UInt8] = []

    var isClient: Bool { self.side == .client }

    package convenience init(
        _ configuration: OpenSSLConfiguration,
        serverName: String? = nil,
        resuming saved: SavedSession? = nil,
        at place: String = "anywhere"
    ) throws {
        try self.init(configuration, offering: OpenSSLOffer(serverName: serverName, resuming: saved), at: place)
    }

    /// - Parameters:
    ///   - offer: a client's.
    ///   - place: a server resumes only sessions that began at a place of this name.
    package init(
        _ configuration: OpenSSLConfiguration,
        offering offer: OpenSSLOffer,
        at place: String = "anywhere"
    ) throws {
        let context = try OpenSSLContext.shared(for: configuration)
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw OpenSSLError(.outOfMemory) }
        guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(ssl)
            throw OpenSSLError(.outOfMemory)
        }
        // unsafe: SSL_set_bio gives both to the SSL, which frees them.
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        self.context = context
        unsafe self.ssl = ssl
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        self.side = configuration.side
        self.serverNameAfterRetry = offer.serverNameAfterRetry
        self.early = configuration.takesEarlyData ? .awaited : .over
        // unsafe: the callback only runs inside calls on `ssl`, which `self` makes and outlives.
        unsafe shim_SSL_set_msg_callback_arg(ssl, Unmanaged.passUnretained(self).toOpaque())
        unsafe SSL_set_msg_callback(ssl, noticeMessage)
        // unsafe: likewise; index 0 is the application's own.
        unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        switch configuration.side {
        case .client:
            unsafe SSL_set_connect_state(ssl)
            try self.offer(offer, protocols: configuration)
        case .server:
            unsafe SSL_set_accept_state(ssl)
            try self.enter(place: place)
        }
    }

    deinit {
        unsafe SSL_free(self.ssl)
    }

    package func step(_ input: TLSInput) async -> TLSOutput {
        // The error queue belongs to the thread, and there is no suspension from here to the end.
        ERR_clear_error()
        var output = TLSOutput(state: .handshaking)
        switch input {
        case .start:
            self.sendEarlyData()
            self.advanceHandshake()
        case .ciphertext(let bytes):
            self.feed(bytes)
            if self.state == .handshaking {
                output.plaintext = self.readEarlyData()
                self.advanceHandshake()
            }
            if self.state == .established { output.plaintext += self.readPlaintext() }
        case .plaintext(let bytes):
            self.writePlaintext(bytes)
        case .closeNotify:
            // 0 means "sent, and the peer's has not come"; only a second call would read.
            if self.state == .established, unsafe SSL_shutdown(self.ssl) < 0 { self.fail(drainErrorQueue()) }
        case .endOfStream:
            if self.state == .handshaking { self.fail("the connection ended during the handshake") }
        }
        self.noticeEarlyData()
        output.ciphertext = self.takeOutgoing()
        output.state = self.state
        return output
    }
}

// MARK: - Driving OpenSSL

extension OpenSSLSession {
    private func offer(_ offer: OpenSSLOffer, protocols configuration: OpenSSLConfiguration) throws {
        let groups = offer.groups.joined(separator: ":")
        if !groups.isEmpty, unsafe shim_SSL_set1_groups_list(self.ssl, groups) != 1 {
            throw OpenSSLError(.badGroups, groups)
        }
        try self.choose(offer)
        if let saved = offer.saved { try self.offer(saved, with: offer) }
        if !offer.earlyData.isEmpty { self.handshake.earlyData = .notSent }
        if let serverName = offer.serverName {
            guard !serverName.utf8.contains(0), unsafe shim_SSL_set_tlsext_host_name(self.ssl, serverName) == 1 else {
                throw OpenSSLError(.badServerName, "\(serverName.utf8.count) bytes: '\(serverName)'")
            }
        }
        guard let protocols = configuration.encodedALPN else {
            throw OpenSSLError(.badProtocolList, configuration.alpn.joined(separator: ", "))
        }
        // The one function of OpenSSL where 0 is success.
        if !protocols.isEmpty, unsafe SSL_set_alpn_protos(self.ssl, protocols, UInt32(protocols.count)) != 0 {
            throw OpenSSLError(.badProtocolList)
        }
    }

    private func feed(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe BIO_write(self.incoming, buffer.baseAddress?.advanced(by: offset), CInt(bytes.count - offset))
            }
            guard written > 0 else {
                self.fail("out of memory")
                return
            }
            offset += Int(written)
        }
    }

    private func takeOutgoing() -> [UInt8] {
        let count = unsafe shim_BIO_pending(self.outgoing)
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            initializedCount = max(0, Int(unsafe BIO_read(self.outgoing, buffer.baseAddress, CInt(count))))
        }
    }

    private func advanceHandshake() {
        // A server's handshake goes on by what it reads early, until there is no more of it.
        if self.early == .awaited || self.state == .failed { return }
        let result = unsafe SSL_do_handshake(self.ssl)
        if result == 1 {
            self.state = .established
            self.recordEstablished()
            return
        }
        let reason = unsafe SSL_get_error(self.ssl, result)
        if reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE { self.fail(drainErrorQueue()) }
    }

    private func readPlaintext() -> [UInt8] {
        // One full record (RFC 8446 section 5.1): SSL_read never gives more at once.
        let recordSize = 16_384
        var plaintext: [UInt8] = []
        while true {
            var result: CInt = 0
            let record = unsafe [UInt8](unsafeUninitializedCapacity: recordSize) { buffer, initializedCount in
                result = unsafe SSL_read(self.ssl, buffer.baseAddress, CInt(recordSize))
                initializedCount = max(0, Int(result))
            }
            if result > 0 {
                plaintext.append(contentsOf: record)
                continue
            }
            switch unsafe SSL_get_error(self.ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
            case SSL_ERROR_ZERO_RETURN: self.handshake.closeNotifyReceived = true
            default: self.fail(drainErrorQueue())
            }
            return plaintext
        }
    }

    private func writePlaintext(_ bytes: [UInt8]) {
        guard self.state == .established, !bytes.isEmpty else { return }
        // Memory never blocks, so a write is whole or has failed.
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe SSL_write(self.ssl, buffer.baseAddress, CInt(buffer.count))
        }
        if result <= 0 { self.fail(drainErrorQueue()) }
    }

    func fail(_ reason: String) {
        guard self.state != .failed else { return }
        self.state = .failed
        self.handshake.failure = reason.isEmpty ? "OpenSSL gave up without a reason" : reason
        if self.side == .server { self.recordServerName() }
    }
}

// MARK: - Observing

extension OpenSSLSession {
    private func recordEstablished() {
        self.handshake.isCompleted = true
        self.handshake.isResumed = unsafe SSL_session_reused(self.ssl) == 1
        self.handshake.version = TLSVersion(wireValue: UInt16(truncatingIfNeeded: unsafe SSL_version(self.ssl)))
        // unsafe: pointers into the session, copied before the next call.
        if let cipher = unsafe SSL_get_current_cipher(self.ssl), let name = unsafe SSL_CIPHER_standard_name(cipher) {
            self.handshake.cipherSuite = unsafe String(cString: name)
        }
        var selected: UnsafePointer<UInt8>?
        var selectedCount: UInt32 = 0
        unsafe SSL_get0_alpn_selected(self.ssl, &selected, &selectedCount)
        if let selected = unsafe selected, selectedCount > 0 {
            let bytes = unsafe UnsafeBufferPointer(start: selected, count: Int(selectedCount))
            self.handshake.alpn = unsafe String(decoding: bytes, as: UTF8.self)
        }
        self.recordPeerCertificates()
        self.recordExporter()
        if self.side == .server { self.recordServerName() }
    }

    private func recordServerName() {
        // unsafe: a string of the session, copied at once.
        if let name = unsafe SSL_get_servername(self.ssl, TLSEXT_NAMETYPE_host_name) {
            self.handshake.serverName = unsafe String(cString: name)
        } else if self.handshake.isResumed == true {
            // Of a resumed session of TLS 1.2 OpenSSL tells the name that it began with, and none when nobody confirmed it.
            self.handshake.serverName = (try? ClientHello(message: self.receivedHello))?.serverName
        }
    }

    private func recordPeerCertificates() {
        var chain: [ByteString] = []
        // A server's view of the chain lacks the leaf, and of a resumed session only the leaf is left.
        if self.side == .server || self.handshake.isResumed == true,
            let leaf = unsafe SSL_get0_peer_certificate(self.ssl)
        {
            chain.append(unsafe Self.der(of: leaf))
        }
        if let stack = unsafe SSL_get_peer_cert_chain(self.ssl) {
            for index in 0..<max(0, unsafe shim_sk_X509_num(stack)) {
                if let certificate = unsafe shim_sk_X509_value(stack, index) {
                    chain.append(unsafe Self.der(of: certificate))
                }
            }
        }
        self.handshake.peerCertificates = chain
    }

    private static func der(of certificate: OpaquePointer) -> ByteString {
        let count = Int(unsafe i2d_X509(certificate, nil))
        guard count > 0 else { return ByteString() }
        return ByteString(
            unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
                var next = buffer.baseAddress
                initializedCount = max(0, Int(unsafe i2d_X509(certificate, &next)))
            }
        )
    }

    /// RFC 5705 and RFC 8446 section 7.5, without a context value.
    private func recordExporter() {
        let label = Array("EXPORTER-shakedown".utf8)
        var value = [UInt8](repeating: 0, count: 32)
        let isExported = unsafe value.withUnsafeMutableBytes { value in
            unsafe label.withUnsafeBytes { label in
                unsafe SSL_export_keying_material(
                    self.ssl,
                    value.baseAddress,
                    value.count,
                    label.baseAddress,
                    label.count,
                    nil,
                    0,
                    0
                )
            }
        }
        if isExported == 1 { self.handshake.exporter = ByteString(value) }
    }

    /// Sees every message in the clear, as it is sent and received.
    fileprivate func notice(isSent: Bool, contentType: CInt, bytes: UnsafeRawBufferPointer) {
        switch contentType {
        case SSL3_RT_ALERT where bytes.count == 2:
            let alert = HandshakeObservation.Alert(level: unsafe bytes[0], code: unsafe bytes[1])
            if alert.code == 0 {
                if !isSent { self.handshake.closeNotifyReceived = true }
            } else if isSent {
                self.handshake.alertsSent.append(alert)
            } else {
                self.handshake.alertsReceived.append(alert)
            }
        case SSL3_RT_HANDSHAKE where unsafe isSent && bytes.first == UInt8(SSL3_MT_CLIENT_HELLO):
            self.noticeOwnHello(unsafe Array(bytes))
        case SSL3_RT_HANDSHAKE where unsafe !isSent && !bytes.isEmpty:
            switch CInt(unsafe bytes[0]) {
            case SSL3_MT_CLIENT_HELLO:
                self.handshake.isAnswered = true
                self.receivedHello = unsafe Array(bytes)
            case SSL3_MT_SERVER_HELLO: self.noticeServerHello(unsafe Array(bytes))
            case SSL3_MT_CERTIFICATE where self.side == .server:
                self.noticeClientCertificates(unsafe Array(bytes))
            case SSL3_MT_CERTIFICATE_REQUEST: self.handshake.certificateWasRequested = true
            default: break
            }
        default: break
        }
    }
}

extension OpenSSLSession {
    /// A HelloRetryRequest comes as a ServerHello with a random of its own.
    private func noticeServerHello(_ message: [UInt8]) {
        if let hello = try? ServerHello(message: message), hello.isHelloRetryRequest {
            self.handshake.retryRequest = .init(group: hello.selectedGroup?.description)
            // The second hello is made of what is set by then.
            if let name = self.serverNameAfterRetry { _ = unsafe shim_SSL_set_tlsext_host_name(self.ssl, name) }
        } else {
            self.handshake.isAnswered = true
        }
    }
}

/// A context's key log callback: the secret is of the session that owns the SSL.
func noticeSecret(_ ssl: OpaquePointer?, _ line: UnsafePointer<CChar>?) {
    guard let ssl = unsafe ssl, let line = unsafe line, let owner = unsafe SSL_get_ex_data(ssl, 0) else { return }
    // unsafe: the session makes the call in which this runs, and the line is OpenSSL's until it returns.
    let session = unsafe Unmanaged<OpenSSLSession>.fromOpaque(owner).takeUnretainedValue()
    let text = unsafe String(cString: line)
    session.handshake.secrets = (session.handshake.secrets ?? []) + [text]
}

private func noticeMessage(
    _ isSent: CInt,
    _ version: CInt,
    _ contentType: CInt,
    _ bytes: UnsafeRawPointer?,
    _ count: Int,
    _ ssl: OpaquePointer?,
    _ argument: UnsafeMutableRawPointer?
) {
    guard let argument = unsafe argument, let bytes = unsafe bytes else { return }
    // unsafe: the argument is the session that owns the SSL which makes this call.
    let session = unsafe Unmanaged<OpenSSLSession>.fromOpaque(argument).takeUnretainedValue()
    unsafe session.notice(
        isSent: isSent == 1,
        contentType: contentType,
        bytes: UnsafeRawBufferPointer(start: bytes, count: count)
    )
}
