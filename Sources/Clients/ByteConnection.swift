import ByteClient
import Exchanges
import Legs
import ScenarioModel
import TLSWire

/// A client without a TLS stack: sends bytes, and reads what comes back as records.
struct ByteConnection {
    let plan: ClientPlan
    let environment: ClientEnvironment

    func run() async throws -> ClientObservation {
        guard self.environment.exchange == .wait || self.environment.exchange == .idle else {
            throw ClientError(.exchangeNeedsTLS)
        }
        let segments = try self.openingSegments()
        if self.plan.opening.isClientHello { self.environment.announce(segments.flatMap(\.self)) }
        let second = try self.secondFlight()

        let leg: Leg
        switch try await CaseClient.dial(self.plan, in: self.environment) {
        case .connected(let connected): leg = connected
        case .refused(let observation): return ClientObservation(leg: observation)
        }
        leg.setDeadline(self.environment.end)
        var answer = AnswerReader()
        // A run that is interrupted does not wait for a target that says nothing.
        let isEndedByPeer = try await withTaskCancellationHandler {
            await leg.send(
                segments: segments,
                behind: self.plan.preface.bytes,
                inPiecesOf: self.plan.prefaceSize,
                gap: .milliseconds(self.plan.delivery.gapMilliseconds)
            )
            switch self.plan.close {
            case nil: break
            case .bareFIN?: leg.closeOutput()
            case .reset?:
                // What is not yet in the kernel would be lost.
                await leg.flush()
                try await leg.reset()
                return false
            }
            return await self.readAnswer(&answer, from: leg, second)
        } onCancel: {
            leg.expire()
        }
        await leg.close()

        var observation = ClientObservation(leg: leg.observation, handshake: Self.handshake(from: answer))
        observation.exchangeCompleted = isEndedByPeer || observation.handshake.isAnswered
        return observation
    }

    private func openingSegments() throws -> [[UInt8]] {
        switch self.plan.opening {
        case .engineHello:
            try DeliveryPlanner.segments(
                try self.hello(HelloPlan(), serverName: self.plan.serverName),
                delivery: self.plan.delivery
            )
        case .builtHello(let hello):
            try DeliveryPlanner.segments(
                try self.hello(hello, serverName: self.plan.serverName),
                delivery: self.plan.delivery
            )
        case .raw(_, let bytes):
            try DeliveryPlanner.segments(firstFlight: bytes.bytes, delivery: self.plan.delivery)
        case .nothing: []
        }
    }

    private func hello(_ hello: HelloPlan, serverName: String?) throws -> FirstFlight {
        let seed = self.environment.seed &+ UInt64(self.environment.connection)
        var random = Payload(seed: seed, count: HelloBuilder.seedLength)
        return try HelloBuilder.build(
            hello,
            serverName: serverName,
            alpn: self.plan.alpn,
            minimumVersion: self.plan.minimumVersion,
            maximumVersion: self.plan.maximumVersion,
            random: random.next() ?? []
        )
    }

    private func secondFlight() throws -> [UInt8] {
        switch self.plan.secondFlight?.content {
        case .hello(var hello, let serverName)?:
            // 0x0301 is for the first hello alone (RFC 9846 section 5.1).
            hello.recordVersion = hello.recordVersion ?? 0x0303
            return try self.hello(hello, serverName: serverName).bytes
        case .records(let records)?: return try HelloBuilder.encoded(records)
        case nil: return []
        }
    }

    /// Returns whether the peer ended the connection.
    private func readAnswer(
        _ answer: inout AnswerReader,
        from leg: Leg,
        _ second: [UInt8]
    ) async -> Bool {
        var secondIsDue = self.plan.secondFlight != nil
        var limit: ContinuousClock.Instant?
        // Whoever has ended already waits for the peer's end, whatever it says before.
        var hasClosedOutput = self.plan.close != nil
        var hasNotedRetry = false
        while true {
            switch await leg.next(before: limit) {
            case .bytes(let bytes):
                let alertCount = answer.alerts.count
                answer.append(bytes)
                for alert in answer.alerts[alertCount...] { leg.note(.alert, "received \(alert)") }
                if let retry = HandshakeObservation.RetryRequest(answer), !hasNotedRetry {
                    leg.note(.handshake, "\(retry)")
                    hasNotedRetry = true
                }
                if secondIsDue, self.isCue(answer) {
                    secondIsDue = false
                    leg.note(.note, "sends its second flight")
                    leg.send(second)
                }
                guard limit == nil, !hasClosedOutput else { continue }
                // Whoever has said more waits for how that is answered.
                if answer.serverHelloSeen, self.plan.secondFlight?.cue != .serverHello {
                    guard !answer.awaitsCertificate else { continue }
                    leg.note(.handshake, "ServerHello")
                    // An idle client stops in the middle of the handshake and stays.
                    if self.environment.exchange != .idle { limit = .now + self.environment.answerLinger }
                } else if answer.alerts.contains(where: { $0.level == .fatal }) {
                    limit = .now + Conversation.alertLinger
                }
            case .fin, .reset:
                return true
            case .expired:
                let hasLeft = answer.serverHelloSeen && self.plan.secondFlight?.cue != .serverHello
                if hasLeft || hasClosedOutput || ContinuousClock.now >= self.environment.end {
                    return false
                }
                leg.note(.note, "the peer did not close after the alert, so we do")
                leg.closeOutput()
                hasClosedOutput = true
                limit = nil
            }
        }
    }

    private func isCue(_ answer: AnswerReader) -> Bool {
        switch self.plan.secondFlight?.cue {
        case .serverHello?: answer.serverHelloSeen && !answer.awaitsCertificate
        case .retryRequest?: answer.helloRetryRequest != nil
        case .alert?: answer.alerts.contains { $0.level == .fatal }
        case nil: false
        }
    }

    private static func handshake(from answer: AnswerReader) -> HandshakeObservation {
        var handshake = HandshakeObservation(answer)
        if !answer.isNotTLS, let breakage = answer.breakage { handshake.failure = "the answer is broken: \(breakage)" }
        return handshake
    }
}
