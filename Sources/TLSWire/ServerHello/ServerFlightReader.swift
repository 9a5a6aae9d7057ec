/// Watches the plaintext start of what a server sends: HelloRetryRequest, ServerHello, alerts. It never throws, because
/// it only looks on: what it cannot read ends the watching and is told in ``state``.
///
/// It holds at most one record and one handshake message, and stops once everything else is encrypted.
package struct ServerFlightReader: Sendable {
    package enum State: Hashable, Sendable {
        case reading
        /// The ServerHello was read and what follows is of no interest here: encrypted, or TLS 1.2's further flight.
        case finished
        /// The first bytes are no TLS record.
        case notTLS
        /// TLS records, until something broke.
        case broken(WireError)
    }

    /// The longest handshake message that is waited for, in bytes: a ServerHello with an ML-KEM share has about 1,200.
    package static let maximumMessageLength = 65_536
    /// So many alerts are kept; a peer may send any number.
    package static let maximumAlerts = 16

    package private(set) var state = State.reading
    package private(set) var helloRetryRequest: ServerHello?
    package private(set) var serverHello: ServerHello?
    /// The server's chain in DER, its own certificate first, where it travels in the clear (before TLS 1.3) and was asked
    /// for; empty until it is whole.
    package private(set) var certificates: [[UInt8]] = []
    /// The alerts sent in the clear, in order. After ChangeCipherSpec (TLS 1.2) alerts are encrypted and not seen.
    package private(set) var alerts: [Alert] = []

    private var records = RecordReader()
    private var message: [UInt8] = []
    private var sawChangeCipherSpec = false
    private let readsCertificates: Bool

    package init(readsCertificates: Bool = false) {
        self.readsCertificates = readsCertificates
    }

    package mutating func append(_ bytes: Span<UInt8>) {
        guard self.isWatching else { return }
        self.records.append(bytes)
        while self.isWatching {
            if self.records.streamOffset == 0, let first = self.records.pendingBytes.first, !(20...24).contains(first) {
                self.state = .notTLS
                return
            }
            do {
                guard let record = try self.records.next() else { return }
                self.take(record)
            } catch {
                self.state =
                    self.records.streamOffset == 0 && error.code == .badRecordVersion ? .notTLS : .broken(error)
            }
        }
    }

    package mutating func append(_ bytes: [UInt8]) { self.append(bytes.span) }

    /// Alerts may still come in the clear after a ServerHello of TLS 1.2.
    private var isWatching: Bool { self.state == .reading }

    private mutating func take(_ record: TLSRecord) {
        switch record.type {
        case .alert:
            // Two bytes are plaintext; an encrypted alert is longer.
            if record.payload.count == 2, !self.sawChangeCipherSpec, self.alerts.count < Self.maximumAlerts {
                let code = AlertDescription(rawValue: record.payload[1])
                self.alerts.append(Alert(levelByte: record.payload[0], code: code))
            }
        case .changeCipherSpec:
            // After a HelloRetryRequest it is a decoy of TLS 1.3 (RFC 9846 appendix D.4).
            if self.serverHello != nil {
                self.sawChangeCipherSpec = true
                self.state = .finished
            }
        case .handshake: self.takeHandshake(record)
        default: self.state = .finished
        }
    }

    /// Messages of the handshake are collected until the ServerHello is there, and the certificates if they are wanted.
    private var isCollecting: Bool {
        guard let hello = self.serverHello else { return true }
        // TLS 1.3.
        return self.readsCertificates && self.certificates.isEmpty && hello.selectedVersion < 0x0304
    }

    private mutating func takeHandshake(_ record: TLSRecord) {
        guard self.isCollecting else { return }
        self.message += record.payload
        while self.message.count >= 4, self.isCollecting {
            let length = 4 + (Int(self.message[1]) << 16 | Int(self.message.span.uint16(at: 2)))
            guard length <= Self.maximumMessageLength else {
                self.state = .broken(
                    WireError(
                        .messageTooLong,
                        field: "length",
                        offset: self.records.streamOffset,
                        detail: "a handshake message of \(length) bytes"
                    )
                )
                return
            }
            guard self.message.count >= length else { return }
            do {
                try self.read(message: Array(self.message[..<length]))
            } catch {
                var moved = error
                moved.offset = self.records.streamOffset - record.payload.count
                self.state = .broken(moved)
                return
            }
            self.message.removeFirst(length)
        }
        if !self.isCollecting { self.message = [] }
    }

    private mutating func read(message: [UInt8]) throws(WireError) {
        guard self.serverHello != nil else {
            let hello = try ServerHello(message: message)
            if hello.isHelloRetryRequest { self.helloRetryRequest = hello } else { self.serverHello = hello }
            return
        }
        if message[0] == CertificateMessage.handshakeType {
            self.certificates = try CertificateMessage(message: message).chain
        }
    }
}
