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

    package let leg: Leg
    let session: (any TLSSession)?
    private let savesSession: Bool
    let saysCloseNotify: Bool
    private(set) var sessionState = TLSOutput.State.handshaking
    /// Set by what the other files of this folder do.
    var received = ReceivedStream()
    var sent = StreamRecorder.application
    var hasClosedOutput = false
    /// What went out with the first flight, until the handshake has told what became of it.
    var saidEarly: [UInt8]
    private var preamble: (any Preamble)?
    private var notes = HandshakeNotes()

    /// - Parameters:
    ///   - session: `nil` speaks in the clear.
    ///   - savesSession: before this side ends, it waits a while for what the session can be resumed from.
    ///   - saidEarly: early data that the session's first flight carries: what is said first.
    ///   - saysCloseNotify: `false` ends this side by FIN alone, as one does that was cut short.
    package init(
        leg: Leg,
        session: (any TLSSession)?,
        savesSession: Bool = false,
        saidEarly: [UInt8] = [],
        saysCloseNotify: Bool = true,
        preamble: (any Preamble)? = nil
    ) {
        self.leg = leg
        self.session = session
        self.savesSession = savesSession
        self.saidEarly = saidEarly
        self.saysCloseNotify = saysCloseNotify
        self.preamble = preamble
    }

    package var handshakeObservation: HandshakeObservation? { self.session?.handshake }
    package var applicationSent: ApplicationObservation {
        // Where nothing more was said, what was said early is all that can have arrived.
        guard self.sent.count == 0, !self.saidEarly.isEmpty else { return self.sent.observation }
        var early = StreamRecorder.application
        early.record(self.saidEarly)
        return early.observation
    }
    package var applicationReceived: ApplicationObservation { self.received.observation }
    /// The same, without the work of a digest.
    package var sentSoFar: StreamRecorder { self.sent }
    package var receivedSoFar: StreamRecorder { self.received.recorder }
}

// MARK: - The opening

extension Conversation {
    /// Waits for the whole preamble. Without this call it is taken off when the first bytes are read.
    package func readPreamble() async {
        while self.preamble != nil, self.received.end == nil {
            await self.takeNext()
        }
    }

    /// Reads and answers until the handshake is done. Returns whether it completed.
    package func completeHandshake() async -> Bool {
        guard self.session != nil else { return true }
        while self.sessionState == .handshaking, self.received.end == nil {
            await self.takeNext()
        }
        return self.sessionState == .established
    }
}

// MARK: - What the session can be resumed from

extension Conversation {
    /// Servers give tickets before their first application data or soon after; one that gives none costs so long.
    private static let ticketPatience: Duration = .milliseconds(300)

    /// Waits for it where somebody wants it.
    func awaitSavedSession() async {
        guard self.savesSession, let session = self.session, self.sessionState == .established else { return }
        let limit = ContinuousClock.now + Self.ticketPatience
        while session.savedSession == nil, self.received.end == nil {
            if case .expired? = await self.takeNext(before: limit) { break }
        }
        self.leg.note(.note, session.savedSession == nil ? "got no session to resume" : "saved its session")
    }
}

// MARK: - From the leg through TLS to the application

extension Conversation {
    /// Waits for the next thing that happens on the leg, and takes it in. Returns what ended the connection, if that was it.
    @discardableResult
    func takeNext(before limit: ContinuousClock.Instant? = nil) async -> ReceivedStream.ConnectionEnd? {
        switch await self.leg.next(before: limit) {
        case .bytes(let bytes):
            await self.take(bytes)
            return nil
        case .fin:
            await self.endInput(.fin)
            return .fin
        case .reset:
            await self.endInput(.reset)
            return .reset
        case .expired:
            // A wait of the caller's own is not the end of the connection.
            if limit == nil { await self.endInput(.expired) }
            return .expired
        }
    }

    private func endInput(_ end: ReceivedStream.ConnectionEnd) async {
        if let preamble = self.preamble {
            // What was held back as a possible preamble is all there is.
            await self.endPreamble(rest: preamble.finish())
        }
        self.received.connectionEnded(end, session: self.session.map { _ in self.sessionState })
        if end != .expired, let session = self.session {
            self.absorb(await session.step(.endOfStream))
        }
    }

    private func take(_ bytes: [UInt8]) async {
        guard let preamble = self.preamble else {
            await self.takeStream(bytes)
            return
        }
        if case .done(let rest) = preamble.consume(bytes) { await self.endPreamble(rest: rest) }
    }

    private func endPreamble(rest: [UInt8]) async {
        self.preamble = nil
        self.leg.startRecording(with: rest)
        await self.takeStream(rest)
    }

    private func takeStream(_ bytes: [UInt8]) async {
        guard !bytes.isEmpty else { return }
        if let session = self.session {
            self.absorb(await session.step(.ciphertext(bytes)))
        } else {
            self.received.append(bytes)
        }
    }

    /// Takes in what followed from a step of the session. Returns whether what it says was handed over.
    @discardableResult
    func absorb(_ output: TLSOutput) -> Bool {
        let isHandedOver = self.leg.send(output.ciphertext)
        if output.state == .established { self.leg.reach(.handshake) }
        if !output.plaintext.isEmpty { self.leg.reach(.firstData) }
        self.received.append(output.plaintext)
        guard let handshake = self.session?.handshake else { return isHandedOver }
        self.sessionState = output.state
        for note in self.notes.news(handshake, state: output.state) { self.leg.note(note.kind, note.detail) }
        self.received.sessionMoved(to: output.state, closeNotifyReceived: handshake.closeNotifyReceived)
        return isHandedOver
    }
}
