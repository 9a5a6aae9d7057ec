internal import Muxado
package import NIOCore

// Each side opens one heartbeat stream and answers the other's.
extension MuxadoHandler {
    func startHeartbeat() {
        guard self.heartbeatInterval > .zero else { return }
        do throws(MuxadoError) {
            let id = try self.session.openStream(type: StreamType.heartbeat.rawValue)
            self.requesterID = id
            self.entries[id] = .requester
            self.restartWatchdog()
            self.beat()
        } catch {
            self.end(error, goAway: error.code, debug: error.detail)
        }
    }

    /// Asks once, and again after each interval.
    private func beat() {
        guard self.failure == nil, let id = self.requesterID else { return }
        if self.requester.isWaiting { self.channel.pipeline.fireUserInboundEventTriggered(SessionEvent.late) }
        // Zero is avoided: old peers use it for "no beat yet".
        let word = UInt32.random(in: 1...StreamID.maximum)
        do throws(MuxadoError) {
            if try self.session.send(word: word, on: id) {
                self.requester.asked(word, at: self.now)
            }
        } catch {
            return self.end(error, goAway: error.code, debug: error.detail)
        }
        self.beatTask = self.eventLoop.scheduleTask(in: self.heartbeatInterval) { self.beat() }
        self.pump()
    }

    /// Asks in this rhythm from now on, as the peer has declared it. From any thread.
    package func keepHeartbeat(interval: TimeAmount, tolerance: TimeAmount) {
        self.onLoop {
            self.heartbeatInterval = interval
            self.heartbeatTolerance = tolerance
            guard self.failure == nil, self.requesterID != nil else { return }
            self.restartWatchdog()
            self.beatTask?.cancel()
            self.beatTask = self.eventLoop.scheduleTask(in: interval) { self.beat() }
        }
    }

    private var now: Int64 { Int64(self.eventLoop.now.uptimeNanoseconds) }

    private func restartWatchdog() {
        self.watchdog?.cancel()
        let patience = self.heartbeatInterval + self.heartbeatTolerance
        self.watchdog = self.eventLoop.scheduleTask(in: patience) {
            let error = MuxadoError(
                .writeTimeout,
                scope: .session,
                origin: .local,
                detail: "the peer answered no heartbeat for \(patience.nanoseconds / 1_000_000) ms"
            )
            self.end(error, goAway: error.code, debug: error.detail)
        }
    }

    func readEchoes(in data: ByteBuffer, finished: Bool, stream: StreamID) {
        self.session.consumed(data.readableBytes, of: stream, readerWaited: false)
        for byte in data.readableBytesView {
            switch self.requester.received(byte, at: self.now) {
            case .none:
                break
            case .alive(let latency):
                self.noteLatency(latency)
                self.restartWatchdog()
                self.channel.pipeline.fireUserInboundEventTriggered(
                    SessionEvent.heartbeat(latency: .nanoseconds(latency))
                )
            case .wrong:
                self.stopAsking()
            }
        }
        if finished { self.stopAsking() }
    }

    /// The peer does not answer as it should: ask no more, so that the watchdog ends the session.
    private func stopAsking() {
        guard let id = self.requesterID else { return }
        self.requesterID = nil
        self.beatTask?.cancel()
        self.session.close(id)
        self.entries[id] = nil
        self.pump()
    }

    func answerHeartbeats(
        in data: ByteBuffer,
        _ reader: WordReader,
        finished: Bool,
        stream: StreamID
    ) throws(MuxadoError) {
        var reader = reader
        for byte in data.readableBytesView {
            if let word = reader.append(byte) {
                _ = try self.session.send(word: word, on: stream)
            }
        }
        self.session.consumed(data.readableBytes, of: stream, readerWaited: false)
        self.entries[stream] = finished ? nil : .responder(reader)
        if finished { self.session.close(stream) }
        self.pump()
    }
}
