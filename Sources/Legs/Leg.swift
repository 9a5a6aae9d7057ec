import Addresses
import Glibc
import NIOCore
package import ScenarioModel
import Synchronization

/// One TCP connection of the harness, and the record of all that happened on it.
///
/// Events are collected on the channel's event loop and taken by one task. Nothing is read ahead of that task by more than
/// ``LegState/inboundLimit`` bytes, so a slow reader slows its peer.
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
        /// Nothing that is written can arrive, or time is up.
        case giveUp
    }

    private struct Shared {
        var state: LegState
        var waiter: CheckedContinuation<Void, Never>?
        var deadline: Scheduled<Void>?
    }

    private let channel: any Channel
    private let shared: Mutex<Shared>

    /// - Parameters:
    ///   - recordsReceived: `false` leaves received bytes out of the record until ``startRecording(with:)``.
    init(
        channel: any Channel,
        caseStart: ContinuousClock.Instant,
        connectionStart: ContinuousClock.Instant,
        recordsReceived: Bool
    ) {
        self.channel = channel
        self.shared = Mutex(
            Shared(
                state: LegState(
                    recorder: LegRecorder(caseStart: caseStart, connectionStart: connectionStart),
                    recordsReceived: recordsReceived
                )
            )
        )
    }

    package var observation: LegObservation { self.shared.withLock { $0.state.recorder.observation } }

    /// The first bytes that were recorded so far, without the work that a whole observation is.
    package var receivedBeginning: [UInt8] { self.shared.withLock { $0.state.recorder.receivedBeginning } }

    package func note(_ kind: TimelineEntry.Kind, _ detail: String) {
        self.shared.withLock { $0.state.note(kind, detail) }
    }

    /// Takes down that the connection has come this far by now.
    package func reach(_ phase: LegObservation.Phase) {
        self.shared.withLock { $0.state.reach(phase) }
    }

    /// Marks in the record that what is sent from now on ends our side.
    package func beginEnd() {
        self.shared.withLock { $0.state.beginEnd() }
    }

    /// From now on received bytes are recorded: first these, which were taken before, then what waits and what comes.
    package func startRecording(with taken: [UInt8]) {
        self.shared.withLock { $0.state.startRecording(with: taken) }
    }

    /// Every wait on this leg ends with ``Event/expired`` from this instant on.
    package func setDeadline(_ instant: ContinuousClock.Instant) {
        let task = self.channel.eventLoop.scheduleTask(in: TimeAmount(instant - .now)) {
            self.changeAndWake { state in
                state.waited(until: instant)
                state.expire()
            }
        }
        let previous = self.shared.withLock { shared in
            let previous = shared.deadline
            shared.deadline = task
            return previous
        }
        previous?.cancel()
    }

    /// Ends every wait on this leg now, as its deadline would.
    package func expire() {
        self.changeAndWake { $0.expire() }
    }
}

// MARK: - Waiting

extension Leg {
    private func waitForChange(until isReady: (LegState) -> Bool) async {
        await withCheckedContinuation { continuation in
            let resumesNow = self.shared.withLock { shared in
                shared.state.waits()
                if isReady(shared.state) { return true }
                precondition(shared.waiter == nil, "two tasks wait on one leg")
                shared.waiter = continuation
                return false
            }
            if resumesNow { continuation.resume() }
        }
    }

    private func wake() { self.changeAndWake { _ in } }

    private func changeAndWake<Result>(_ change: (inout LegState) -> Result) -> Result where Result: Sendable {
        let (result, waiter) = self.shared.withLock { shared in
            let result = change(&shared.state)
            let waiter = shared.waiter
            shared.waiter = nil
            return (result, waiter)
        }
        waiter?.resume()
        return result
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
            if let limit, ContinuousClock.now >= limit {
                self.shared.withLock { $0.state.waited(until: limit) }
                return .expired
            }
            await self.waitForChange { $0.hasEvent }
        }
    }

    private func takeEvent() -> Event? {
        let (event, resumesReading) = self.shared.withLock { $0.state.takeEvent() }
        if resumesReading { self.channel.setOption(.autoRead, value: true).whenFailure { _ in self.wake() } }
        return event
    }
}

// MARK: - Writing and closing

extension Leg {
    /// Whether bytes that are sent now may still reach the peer.
    package var takesMore: Bool { self.shared.withLock { $0.state.takesMore } }

    /// The same, and there is time left to say more.
    package var isWorthWriting: Bool { self.shared.withLock { $0.state.isWorthWriting } }

    /// Hands bytes to the socket as one write, without waiting; see ``room()``. A leg that has ended its side takes none.
    /// Returns whether it took them.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool { self.send(bytes, headerCount: 0) }

    @discardableResult
    private func send(_ bytes: [UInt8], headerCount: Int) -> Bool {
        guard !bytes.isEmpty else { return true }
        guard self.shared.withLock({ $0.state.send(bytes, headerCount: headerCount) }) else { return false }
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            var failure: WriteFailure?
            if case .failure(let error) = result { failure = WriteFailure(error) }
            if self.changeAndWake({ $0.written(bytes.count, failure: failure) }) { self.sendFIN() }
        }
        self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: promise)
        return true
    }

    /// Hands over every segment of an opening as a write of its own (with TCP_NODELAY one TCP segment each, as far as the
    /// congestion window lets the kernel send at once), so long from the one before it.
    ///
    /// - Parameters:
    ///   - header: stands in front of the first, in the same write. It is noted, but is no part of what was sent: whoever is
    ///     meant to take it off passes on the rest.
    ///   - headerSize: cuts the header into writes of so many bytes, of which the last has the first segment behind it.
    package func send(
        segments: [[UInt8]],
        behind header: [UInt8] = [],
        inPiecesOf headerSize: Int? = nil,
        gap: Duration
    ) async {
        let size = headerSize ?? max(1, header.count)
        var pieces = stride(from: 0, to: header.count, by: size).map { header[$0..<min($0 + size, header.count)] }
        let last = pieces.popLast() ?? []
        let writes = pieces.map { Array($0) } + [Array(last) + (segments.first ?? [])] + segments.dropFirst()
        for (index, write) in writes.enumerated() {
            if index > 0, gap > .zero {
                // The gap is what is tested; a cancelled task sends the rest without it and is then closed by its owner.
                let end = ContinuousClock.now + gap
                try? await Task.sleep(until: end)
                // Whoever ends the connection before the opening is whole has decided.
                let isDecided = self.shared.withLock { shared in
                    shared.state.rested(until: end)
                    return shared.state.isDecided
                }
                if isDecided { return }
            }
            // The answer may come before this task goes on.
            if index == writes.indices.last { self.reach(.helloSent) }
            let headerCount = index < pieces.count ? write.count : index == pieces.count ? last.count : 0
            self.send(write, headerCount: headerCount)
        }
    }

    /// Waits until writing makes sense, or something else does.
    package func room() async -> Room {
        while true {
            if let room = self.shared.withLock({ $0.state.room }) { return room }
            await self.waitForChange { $0.room != nil }
        }
    }

    /// Waits, where the peer has ended its side and ours is open, until the peer refuses the rest of ours too or time is up.
    package func outlastPeer() async {
        // Its FIN may follow a close_notify that was taken for the end; what nobody takes would be called our own delay.
        takesRest: while true {
            switch await self.next() {
            case .bytes: continue
            case .fin: break takesRest
            case .reset, .expired: return
            }
        }
        while !self.shared.withLock({ $0.state.isOver }) {
            await self.waitForChange { $0.isOver }
        }
    }

    /// Waits until everything that was sent is in the kernel. Returns whether it came to that before the peer refused it or
    /// time was up.
    @discardableResult
    package func flush() async -> Bool {
        while true {
            if let isFlushed = self.shared.withLock({ $0.state.isFlushed }) { return isFlushed }
            await self.waitForChange { $0.isFlushed != nil }
        }
    }

    /// Sends FIN after everything written so far, and goes on reading.
    package func closeOutput() {
        if self.shared.withLock({ $0.state.closeOutput() }) { self.sendFIN() }
    }

    private func sendFIN() {
        self.channel.close(mode: .output, promise: nil)
    }

    /// Closes the socket, and returns when it is closed. A peer that had not ended its side by now is
    /// ``LegEnding/closedByUs``, or ``LegEnding/stillOpen`` where the deadline was reached. What is not yet in the kernel is
    /// lost; see ``flush()``.
    package func close() async {
        let deadline = self.shared.withLock { shared in
            shared.state.close()
            return shared.deadline
        }
        deadline?.cancel()
        self.channel.close(mode: .all, promise: nil)
        // Closing a closed channel is no trouble: this only waits for the end of it.
        try? await self.channel.closeFuture.get()
    }

    /// Closes with RST instead of FIN.
    package func reset() async throws {
        self.shared.withLock { $0.state.reset() }
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
    func channelRead(_ bytes: [UInt8], arrived: ArrivedSegments?) -> Bool {
        self.changeAndWake { $0.received(bytes, arrived: arrived) }
    }

    /// Called where it is first known.
    func channelOpened(_ kind: TimelineEntry.Kind) {
        let local = TransportAddress(self.channel.localAddress)
        let remote = TransportAddress(self.channel.remoteAddress)
        self.shared.withLock { $0.state.opened(kind, local: local, remote: remote) }
    }

    func channelEnded(_ ending: LegState.PeerEnding, _ detail: String) {
        self.changeAndWake { $0.ended(ending, detail) }
    }

    func channelInactive() {
        self.changeAndWake { $0.connectionGone() }
    }
}
