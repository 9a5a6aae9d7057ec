import Legs
import ScenarioModel

/// The peer's application bytes: what came, what of it was not read yet, and why no more will come.
struct ReceivedStream {
    /// What ends a connection, seen from its reading end.
    enum ConnectionEnd: Sendable {
        case fin, reset, expired
    }

    private(set) var end: Conversation.End?
    private var unread: [UInt8] = []
    private(set) var recorder = StreamRecorder.application

    var count: Int { self.recorder.count }
    var observation: ApplicationObservation { self.recorder.observation }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        self.recorder.record(bytes)
        if self.unread.isEmpty {
            self.unread = bytes
        } else {
            self.unread.append(contentsOf: bytes)
        }
    }

    /// Everything that was not read yet; `nil` when there is nothing.
    mutating func takeUnread() -> [UInt8]? {
        guard !self.unread.isEmpty else { return nil }
        defer { self.unread = [] }
        return self.unread
    }

    /// Bytes that were read too far are read again, before all others.
    mutating func putBack(_ bytes: ArraySlice<UInt8>) {
        self.unread = Array(bytes) + self.unread
    }
}

// MARK: - Why no more will come

extension ReceivedStream {
    // The first reason stands. What comes after it is the tail of closing.

    /// TLS has moved on. A close_notify ends the stream in order, whatever the connection does after it.
    mutating func sessionMoved(to state: TLSOutput.State, closeNotifyReceived: Bool) {
        guard self.end == nil else { return }
        if state == .failed {
            self.end = .failed
        } else if closeNotifyReceived {
            self.end = .orderly
        }
    }

    /// - Parameter session: how far TLS had come; `nil` without TLS, where FIN is all that there is to say.
    mutating func connectionEnded(_ connectionEnd: ConnectionEnd, session: TLSOutput.State?) {
        guard self.end == nil else { return }
        switch (connectionEnd, session) {
        case (.fin, nil): self.end = .orderly
        case (.fin, .established?): self.end = .truncated
        case (.fin, .handshaking?), (.fin, .failed?): self.end = .failed
        case (.reset, _): self.end = .reset
        case (.expired, _): self.end = .timedOut
        }
    }
}
