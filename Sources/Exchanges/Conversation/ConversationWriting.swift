import Legs
import ScenarioModel

extension Conversation {
    /// Writes application bytes and waits until most are in the kernel, or the peer has ended that. Returns whether they were
    /// handed over: the peer may have read them, and have ended the connection over them, before this task goes on.
    @discardableResult
    package func write(_ bytes: [UInt8]) async -> Bool {
        guard self.canWrite else { return false }
        let unsaid = self.withoutWhatWasTakenEarly(bytes)
        if let session = self.session {
            let output = await session.step(.plaintext(unsaid))
            guard self.absorb(output), output.state == .established else { return false }
        } else {
            guard self.leg.send(unsaid) else { return false }
        }
        self.sent.record(bytes)
        while self.canWrite, await self.leg.room() == .readFirst { await self.takeNext() }
        return true
    }

    /// What the peer took as early data is said; what it rejected is said again (RFC 9846 section 4.3.10).
    private func withoutWhatWasTakenEarly(_ bytes: [UInt8]) -> [UInt8] {
        defer { self.saidEarly = [] }
        guard !self.saidEarly.isEmpty, self.session?.handshake.earlyData == .accepted,
            bytes.starts(with: self.saidEarly)
        else { return bytes }
        return Array(bytes.dropFirst(self.saidEarly.count))
    }

    /// Writes a whole payload. Returns whether all of it was handed over.
    package func write(_ payload: Payload) async -> Bool {
        var payload = payload
        while let block = payload.next() {
            guard await self.write(block) else { return false }
        }
        return true
    }

    private var canWrite: Bool {
        if self.hasClosedOutput || !self.leg.isWorthWriting { return false }
        if self.session != nil && self.sessionState != .established { return false }
        switch self.received.end {
        case nil, .orderly?, .truncated?: return true
        case .reset?, .failed?, .timedOut?: return false
        }
    }

    /// Waits until everything that was written is in the kernel. Returns whether it came to that.
    package func flush() async -> Bool { await self.leg.flush() }

    /// Ends our direction: close_notify where there is TLS, unless this side says none, then FIN.
    package func closeOutput() async {
        guard !self.hasClosedOutput else { return }
        await self.awaitSavedSession()
        self.hasClosedOutput = true
        self.leg.beginEnd()
        if self.saysCloseNotify, let session = self.session, self.sessionState == .established, self.leg.takesMore {
            self.absorb(await session.step(.closeNotify))
            if self.sessionState == .established { self.leg.note(.alert, "sent close_notify") }
        }
        self.leg.closeOutput()
    }
}

extension Conversation {
    /// Ends our direction by FIN alone.
    func truncateOutput() {
        guard !self.hasClosedOutput else { return }
        self.hasClosedOutput = true
        self.leg.beginEnd()
        self.leg.closeOutput()
    }
}

// MARK: - Seeing the connection out

extension Conversation {
    /// How long a peer has to close by itself after a fatal alert.
    package static let alertLinger: Duration = .milliseconds(500)

    /// Answers the peer's end with ours, waits for the end of the TCP connection or the deadline, and until the peer has
    /// what was written. The socket stays open for the caller to close.
    package func conclude() async {
        switch self.received.end {
        case .failed? where !self.hasSentFatalAlert:
            // The peer should close after a fatal alert (RFC 8446 section 6.2). Some wait for us to do it first.
            if await self.awaitConnectionEnd(before: .now + Self.alertLinger) { return }
            self.leg.note(.note, "the peer did not close after the alert, so we do")
        case .reset?, .timedOut?:
            return
        case .failed?, .orderly?, .truncated?, nil:
            break
        }
        await self.closeOutput()
        _ = await self.awaitConnectionEnd(before: nil)
        // One that closed its side first may still be reading ours, and closing the socket drops what waits to go out.
        await self.leg.flush()
    }

    private var hasSentFatalAlert: Bool {
        self.session?.handshake.alertsSent.contains { $0.level == 2 } ?? false
    }

    /// Returns whether it ended. An alert or close_notify after our own close still belongs to the record.
    private func awaitConnectionEnd(before limit: ContinuousClock.Instant?) async -> Bool {
        while true {
            let end = await self.takeNext(before: limit)
            _ = self.received.takeUnread()
            switch end {
            case nil: continue
            case .fin?, .reset?: return true
            case .expired?: return false
            }
        }
    }
}
