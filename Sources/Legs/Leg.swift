import Glibc
import NIOCore
package import ScenarioModel
import Synchronization

/// One TCP connection of the harness, and the record of all that happened on it.
///
/// Events are collected on the channel's event loop and taken by one task. Nothing is read ahead of that task by more than
/// ``inboundLimit`` bytes, so a slow reader slows its peer.
package final class Leg: Sendable {
    /// What the peer, or time, did.
    package enum Event: Sendable, Equatable {
        case bytes([UInt8])
        /// The peer closed its sending side. Given again on every further call.
        case fin
        /// The connection was reset. Given again on every further call.
        case reset
        /// Time is up: the leg's own deadline, or the one of the call.
        case expired
    }

    /// What a task that wants to write should do next.
    package enum Room: Sendable, Equatable {
        case write
        /// Something came in, which may change what is worth writing: take it with ``next(before:)``.
        case readFirst
        /// Reset, or out of time.
        case giveUp
    }

    /// Reading pauses when so many bytes wait to be taken.
    static let inboundLimit = 512 * 1024
    /// A writer waits while so many bytes are not yet in the kernel.
    private static let outboundLimit = 256 * 1024

    fileprivate struct State {
        var recorder: LegRecorder
        var recordsReceived: Bool
        var inbound: [UInt8] = []
        var isPaused = false
        var peerEnding: LegEnding?
        var isExpired = false
        var isClosing = false
        var pendingWrites = 0
        var waiter: CheckedContinuation<Void, Never>?
        var deadline: Scheduled<Void>?
    }

    private let channel: any Channel
    private let state: Mutex<State>

    /// - Parameters:
    ///   - recordsReceived: `false` leaves received bytes out of the record until ``startRecording(with:)``.
    init(
        channel: any Channel,
        caseStart: ContinuousClock.Instant,
        connectionStart: ContinuousClock.Instant,
        recordsReceived: Bool
    ) {
        self.channel = channel
        self.state = Mutex(
            State(
                recorder: LegRecorder(caseStart: caseStart, connectionStart: connectionStart),
                recordsReceived: recordsReceived
            )
        )
    }

    package var observation: LegObservation { self.state.withLock { $0.recorder.observation } }

    package func note(_ kind: TimelineEntry.Kind, _ detail: String) {
        self.state.withLock { $0.recorder.note(kind, detail) }
    }

    /// From now on received bytes are recorded: first these, which were taken before, then what waits and what comes.
    package func startRecording(with taken: [UInt8]) {
        self.state.withLock { state in
            guard !state.recordsReceived else { return }
            state.recordsReceived = true
            state.recorder.recordReceived(taken)
            state.recorder.recordReceived(state.inbound)
        }
    }

    /// Every wait on this leg ends with ``Event/expired`` from this instant on.
    package func setDeadline(_ instant: ContinuousClock.Instant) {
        let task = self.channel.eventLoop.scheduleTask(in: TimeAmount(instant - .now)) { self.expire() }
        let previous = self.state.withLock { state in
            let previous = state.deadline
            state.deadline = task
            return previous
        }
        previous?.cancel()
    }

    /// Ends every wait on this leg now, as its deadline would.
    package func expire() {
        self.changeAndWake { $0.isExpired = true }
    }
}

// MARK: - Reading

extension Leg {
    /// The next thing that happened. One task at a time may ask.
    package func next(before limit: ContinuousClock.Instant? = nil) async -> Event {
        let timer = limit.map { limit in
            self.channel.eventLoop.scheduleTask(in: TimeAmount(limit - .now)) { self.wake() }
        }
        defer { timer?.cancel() }
        while true {
            if let event = self.takeEvent() { return event }
            if let limit, ContinuousClock.now >= limit { return .expired }
            await self.waitForChange { !$0.inbound.isEmpty || $0.peerEnding != nil || $0.isExpired }
        }
    }

    private func takeEvent() -> Event? {
        let (event, resumes): (Event?, Bool) = self.state.withLock { state in
            if !state.inbound.isEmpty {
                let bytes = state.inbound
                state.inbound = []
                let wasPaused = state.isPaused
                state.isPaused = false
                return (.bytes(bytes), wasPaused)
            }
            switch state.peerEnding {
            case .reset?: return (.reset, false)
            case .some: return (.fin, false)
            case nil: return (state.isExpired ? .expired : nil, false)
            }
        }
        if resumes { self.channel.setOption(.autoRead, value: true).whenFailure { _ in self.wake() } }
        return event
    }

    private func waitForChange(until isReady: (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let resumesNow = self.state.withLock { state in
                if isReady(state) { return true }
                precondition(state.waiter == nil, "two tasks wait on one leg")
                state.waiter = continuation
                return false
            }
            if resumesNow { continuation.resume() }
        }
    }

    private func wake() { self.changeAndWake { _ in } }

    private func changeAndWake(_ change: (inout State) -> Void) {
        let waiter = self.state.withLock { state in
            change(&state)
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }
}

// MARK: - Writing and closing

extension Leg {
    /// Hands bytes to the socket as one write, without waiting; see ``room()``. A leg that we closed takes none.
    package func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let isOpen = self.state.withLock { state in
            guard !state.isClosing else { return false }
            state.pendingWrites += bytes.count
            state.recorder.recordSent(bytes)
            return true
        }
        guard isOpen else { return }
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            self.changeAndWake { state in
                state.pendingWrites -= bytes.count
                if case .failure(let error) = result { state.noteWriteError(error) }
            }
        }
        self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: promise)
    }

    /// Hands over every segment as a write of its own (with TCP_NODELAY one TCP segment each, as far as the congestion
    /// window lets the kernel send at once), so long from the one before it.
    package func send(segments: [[UInt8]], gap: Duration) async {
        for (index, segment) in segments.enumerated() {
            if index > 0 && gap > .zero {
                // The gap is what is tested; a cancelled task sends the rest without it and is then closed by its owner.
                try? await Task.sleep(for: gap)
                // Whoever ends the connection before the opening is whole has decided.
                if self.state.withLock({ $0.peerEnding != nil || $0.isExpired }) { return }
            }
            self.send(segment)
        }
    }

    /// Waits until writing makes sense, or something else does.
    package func room() async -> Room {
        while true {
            let room: Room? = self.state.withLock { state in
                if state.peerEnding == .reset || state.isExpired { return .giveUp }
                if state.pendingWrites < Self.outboundLimit { return .write }
                return state.inbound.isEmpty ? nil : .readFirst
            }
            if let room { return room }
            await self.waitForChange {
                !$0.inbound.isEmpty || $0.pendingWrites < Self.outboundLimit || $0.peerEnding == .reset || $0.isExpired
            }
        }
    }

    /// Sends FIN after everything written so far, and goes on reading.
    package func closeOutput() {
        let isOpen = self.state.withLock { state in
            guard !state.isClosing else { return false }
            state.recorder.note(.closeWrite, "FIN")
            return true
        }
        guard isOpen else { return }
        self.channel.close(mode: .output, promise: nil)
    }

    /// Closes the socket, and returns when it is closed. A peer that had not ended its side by now is
    /// ``LegEnding/closedByUs``, or ``LegEnding/stillOpen`` where the deadline was reached.
    package func close() async {
        let deadline = self.state.withLock { state in
            state.isClosing = true
            if state.isExpired {
                state.recorder.end(.stillOpen, "time is up, and the peer holds the connection open")
            } else {
                state.recorder.end(.closedByUs, "closed by the harness")
            }
            return state.deadline
        }
        deadline?.cancel()
        self.channel.close(mode: .all, promise: nil)
        // Closing a closed channel is no trouble: this only waits for the end of it.
        try? await self.channel.closeFuture.get()
    }

    /// Closes with RST instead of FIN.
    package func reset() async throws {
        self.state.withLock { state in
            state.isClosing = true
            state.recorder.end(.closedByUs, "reset by the harness")
        }
        if let socket = self.channel as? any SocketOptionProvider {
            do {
                try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            } catch ChannelError.ioOnClosedChannel {
                // The peer was faster.
            }
        }
        await self.close()
    }
}

// MARK: - Events of the channel

extension Leg {
    /// Returns whether reading must pause.
    func channelRead(_ bytes: [UInt8]) -> Bool {
        var pauses = false
        self.changeAndWake { state in
            state.recorder.read(count: bytes.count)
            if state.recordsReceived { state.recorder.recordReceived(bytes) }
            if state.inbound.isEmpty {
                state.inbound = bytes
            } else {
                state.inbound.append(contentsOf: bytes)
            }
            pauses = state.inbound.count >= Self.inboundLimit
            state.isPaused = pauses
        }
        return pauses
    }

    func channelOpened(_ kind: TimelineEntry.Kind, local: SocketAddress?, remote: SocketAddress?) {
        let localValue = SocketAddressValue(local)
        let remoteValue = SocketAddressValue(remote)
        self.state.withLock { state in
            state.recorder.setAddresses(local: localValue, remote: remoteValue)
            let from = localValue.map(\.description) ?? "?"
            let peer = remoteValue.map(\.description) ?? "?"
            state.recorder.note(kind, kind == .accept ? "\(peer) at \(from)" : "\(from) to \(peer)")
        }
    }

    func channelEnded(_ ending: LegEnding, _ detail: String) {
        self.changeAndWake { state in
            guard state.peerEnding == nil else { return }
            state.peerEnding = ending
            state.recorder.end(ending, detail)
        }
    }

    func channelInactive() {
        self.channelEnded(.fin, "FIN")
    }
}

extension Leg.State {
    /// A failed write is often the first news of a reset. EPIPE comes when the reset answers our write after the peer's FIN.
    fileprivate mutating func noteWriteError(_ error: any Error) {
        guard self.peerEnding == nil, !self.isClosing else { return }
        if let error = error as? IOError, error.errnoCode != IOError.brokenPipe {
            self.peerEnding = .reset
            self.recorder.end(.reset, "RST, when writing")
        } else {
            self.peerEnding = .fin
            self.recorder.end(.fin, "FIN")
        }
    }
}
