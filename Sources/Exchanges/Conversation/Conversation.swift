package import Legs
package import ScenarioModel

/// What two programs say over a leg, inside TLS or in the clear, with the record of it.
///
/// A conversation belongs to one task, which reads and writes in turn; while it writes, it goes on taking what comes in.
package final class Conversation {
    /// Why no more application bytes will come.
    package enum End: Sendable, Equatable {
        /// close_notify, or FIN where there is no TLS.
        case orderly
        /// FIN without close_notify.
        case truncated
        case reset
        /// A fatal alert in either direction, or a handshake that did not finish.
        case failed
        case timedOut

        /// The peer closed its side on purpose. Whether it owed a close_notify is for the checks to say.
        package var isClosing: Bool { self == .orderly || self == .truncated }
    }

    package enum Reading: Sendable, Equatable {
        case bytes([UInt8])
        case end(End)
    }

    package let leg: Leg
    private let session: (any TLSSession)?
    private var preamble: (any Preamble)?
    private var sessionState = TLSOutput.State.handshaking
    private var unread: [UInt8] = []
    private var sent = StreamRecorder.application
    private var received = StreamRecorder.application
    private var end: End?
    private var hasClosedOutput = false
    private var notedAlerts = (sent: 0, received: 0)
    private var hasNotedRetry = false

    /// - Parameter session: `nil` speaks in the clear.
    package init(leg: Leg, session: (any TLSSession)?, preamble: (any Preamble)? = nil) {
        self.leg = leg
        self.session = session
        self.preamble = preamble
    }

    package var handshakeObservation: HandshakeObservation? { self.session?.handshake }
    package var applicationSent: ApplicationObservation { self.sent.observation }
    package var applicationReceived: ApplicationObservation { self.received.observation }
    package var applicationReceivedCount: Int { self.received.count }
}

// MARK: - The handshake

extension Conversation {
    /// Waits for the whole preamble. Without this call it is taken off when the first bytes are read.
    package func readPreamble() async {
        while self.preamble != nil, self.end == nil {
            await self.takeNext()
        }
    }

    /// Reads and answers until the handshake is done. Returns whether it completed.
    package func completeHandshake() async -> Bool {
        guard self.session != nil else { return true }
        while self.sessionState == .handshaking, self.end == nil {
            await self.takeNext()
        }
        return self.sessionState == .established
    }
}

// MARK: - Reading

extension Conversation {
    /// The next application bytes, or why there are none.
    package func read() async -> Reading {
        while true {
            if !self.unread.isEmpty {
                let bytes = self.unread
                self.unread = []
                return .bytes(bytes)
            }
            if let end = self.end { return .end(end) }
            await self.takeNext()
        }
    }

    /// A line with its line feed; `nil` when the stream ends, or `limit` bytes came, without one.
    package func readLine(limit: Int = 512) async -> [UInt8]? {
        var line: [UInt8] = []
        while case .bytes(let bytes) = await self.read() {
            line.append(contentsOf: bytes)
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                self.unread = Array(line[(end + 1)...]) + self.unread
                return Array(line[...end])
            }
            if line.count > limit { break }
        }
        return nil
    }

    /// Reads so many bytes, or to the end of the stream. Returns their digest when all came.
    package func readDigest(count: Int) async -> String? {
        var recorder = StreamRecorder(excerptLimit: 0)
        while recorder.count < count {
            guard case .bytes(let bytes) = await self.read() else { return nil }
            let wanted = count - recorder.count
            if bytes.count > wanted {
                self.unread = Array(bytes[wanted...])
                recorder.record(Array(bytes[..<wanted]))
            } else {
                recorder.record(bytes)
            }
        }
        return recorder.digest
    }

    /// Reads and drops application bytes until the peer ends. Returns how many came, and why no more will.
    package func readToEnd() async -> (count: Int, end: End) {
        var count = 0
        while true {
            switch await self.read() {
            case .bytes(let bytes): count += bytes.count
            case .end(let end): return (count, end)
            }
        }
    }

    private func takeNext() async {
        switch await self.leg.next() {
        case .bytes(let bytes):
            await self.take(bytes)
        case .fin:
            await self.endPreamble()
            if let session = self.session, self.end == nil {
                self.absorb(await session.step(.endOfStream))
                if self.end == nil { self.end = self.sessionState == .established ? .truncated : .failed }
            } else if self.end == nil {
                self.end = .orderly
            }
        case .reset:
            await self.endPreamble()
            if let session = self.session { self.absorb(await session.step(.endOfStream)) }
            self.end = .reset
        case .expired:
            await self.endPreamble()
            self.end = .timedOut
        }
    }

    /// No more bytes will come: what was held back as a possible preamble is all there is.
    private func endPreamble() async {
        guard let preamble = self.preamble else { return }
        self.preamble = nil
        let rest = preamble.finish()
        self.leg.startRecording(with: rest)
        await self.takeStream(rest)
    }

    private func take(_ bytes: [UInt8]) async {
        guard let preamble = self.preamble else {
            await self.takeStream(bytes)
            return
        }
        if case .done(let rest) = preamble.consume(bytes) {
            self.preamble = nil
            self.leg.startRecording(with: rest)
            await self.takeStream(rest)
        }
    }

    private func takeStream(_ bytes: [UInt8]) async {
        guard !bytes.isEmpty else { return }
        if let session = self.session {
            self.absorb(await session.step(.ciphertext(bytes)))
        } else {
            self.takeApplication(bytes)
        }
    }

    private func takeApplication(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        self.received.record(bytes)
        if self.unread.isEmpty {
            self.unread = bytes
        } else {
            self.unread.append(contentsOf: bytes)
        }
    }

    private func absorb(_ output: TLSOutput) {
        self.leg.send(output.ciphertext)
        self.takeApplication(output.plaintext)
        guard let handshake = self.session?.handshake else { return }
        self.noteProgress(from: self.sessionState, to: output.state, handshake)
        self.sessionState = output.state
        if output.state == .failed {
            self.end = .failed
        } else if handshake.closeNotifyReceived, self.end == nil {
            self.leg.note(.alert, "received close_notify")
            self.end = .orderly
        }
    }

    private func noteProgress(
        from old: TLSOutput.State,
        to new: TLSOutput.State,
        _ handshake: HandshakeObservation
    ) {
        for alert in handshake.alertsReceived[self.notedAlerts.received...] {
            self.leg.note(.alert, "received \(alert)")
        }
        for alert in handshake.alertsSent[self.notedAlerts.sent...] {
            self.leg.note(.alert, "sent \(alert)")
        }
        self.notedAlerts = (handshake.alertsSent.count, handshake.alertsReceived.count)
        if let retry = handshake.retryRequest, !self.hasNotedRetry {
            self.leg.note(.handshake, "\(retry)")
            self.hasNotedRetry = true
        }
        guard old != new else { return }
        switch new {
        case .established:
            let version = handshake.version.map { "TLS \($0.rawValue)" } ?? "TLS"
            self.leg.note(.handshake, "\(version) \(handshake.cipherSuite ?? "")")
        case .failed:
            self.leg.note(.note, handshake.failure ?? "TLS failed")
        case .handshaking:
            break
        }
    }
}

// MARK: - Writing and closing

extension Conversation {
    /// Writes application bytes and waits until most are in the kernel. Returns whether going on makes sense.
    @discardableResult
    package func write(_ bytes: [UInt8]) async -> Bool {
        guard !self.hasClosedOutput, self.canGoOn else { return false }
        if let session = self.session {
            guard self.sessionState == .established else { return false }
            self.sent.record(bytes)
            self.absorb(await session.step(.plaintext(bytes)))
        } else {
            self.sent.record(bytes)
            self.leg.send(bytes)
        }
        while self.canGoOn {
            switch await self.leg.room() {
            case .write: return true
            case .readFirst: await self.takeNext()
            case .giveUp: return false
            }
        }
        return false
    }

    /// Writes a whole payload. Returns whether all of it went out.
    package func write(_ payload: Payload) async -> Bool {
        var payload = payload
        while let block = payload.next() {
            guard await self.write(block) else { return false }
        }
        return true
    }

    /// Ends our direction in order: close_notify where there is TLS, then FIN.
    package func closeOutput() async {
        guard !self.hasClosedOutput else { return }
        self.hasClosedOutput = true
        if let session = self.session, self.sessionState == .established {
            self.absorb(await session.step(.closeNotify))
            self.leg.note(.alert, "sent close_notify")
        }
        self.leg.closeOutput()
    }

    /// Sees the connection out: answers the peer's end with ours, and waits for the end of the TCP connection or the
    /// deadline. The socket stays open for the caller to close.
    package func conclude() async {
        switch self.end {
        case .failed? where self.hasSentFatalAlert:
            await self.closeOutput()
        case .failed?:
            // The peer should close after a fatal alert (RFC 8446 section 6.2). Some wait for us to do it first.
            if await self.awaitPeerEnding(before: .now + Self.alertLinger) { return }
            self.leg.note(.note, "the peer did not close after the alert, so we do")
            await self.closeOutput()
        case .reset?, .timedOut?:
            return
        case .orderly?, .truncated?, nil:
            await self.closeOutput()
        }
        _ = await self.awaitPeerEnding(before: nil)
    }

    private var hasSentFatalAlert: Bool {
        self.session?.handshake.alertsSent.contains { $0.level == 2 } ?? false
    }

    /// How long a peer has to close by itself after a fatal alert.
    package static let alertLinger: Duration = .milliseconds(500)

    private func awaitPeerEnding(before limit: ContinuousClock.Instant?) async -> Bool {
        while true {
            switch await self.leg.next(before: limit) {
            case .bytes(let bytes):
                // An alert or close_notify after our own close still belongs to the record.
                await self.take(bytes)
                self.unread = []
            case .fin, .reset: return true
            case .expired: return false
            }
        }
    }

    private var canGoOn: Bool {
        switch self.end {
        case nil, .orderly?, .truncated?: true
        case .reset?, .failed?, .timedOut?: false
        }
    }
}
