import ByteClient
import ClientPrograms
import Exchanges
import Foundation
import Legs
import ScenarioModel
import Supervision
import TLSWire

/// A client that is somebody else's program: it is started for one connection, which goes through a ``ProgramTap``.
///
/// Two witnesses tell what became of it: the wire, and the program itself by its output and its exit.
struct ProgramConnection {
    let plan: ClientPlan
    let environment: ClientEnvironment
    let kit: ClientKit

    /// - Throws: ``ClientInability`` where the program did not do its part, ``ClientError`` for a plan that no program can play.
    func run() async throws -> ClientObservation {
        guard self.environment.exchange == .request else { throw ClientError(.exchangeNeedsEngine) }
        let scratch = try self.kit.makeScratch()
        // A program on its way out may write there once more; then it goes with the run's work folder.
        defer { try? FileManager.default.removeItem(at: scratch) }
        let tap = try await ProgramTap.open(
            caseStart: self.environment.caseStart,
            on: self.environment.eventLoopGroup
        )
        let running: ClientKit.Running
        do {
            running = try self.kit.start(self.connection(to: tap.port, scratch))
        } catch {
            await tap.close()
            throw error
        }
        return try await withTaskCancellationHandler {
            try await self.follow(running, through: tap)
        } onCancel: {
            running.process.release()
        }
    }

    private var nonce: String { self.environment.nonces.first ?? "" }

    private func connection(to port: Int, _ scratch: URL) -> ClientKit.Connection {
        ClientKit.Connection(
            port: port,
            plan: self.plan,
            path: ExchangeRequest.path(nonce: self.nonce),
            request: ExchangeRequest.request(nonce: self.nonce, host: self.plan.serverName),
            scratch: scratch
        )
    }

    /// Waits for the program and for its connection, whichever takes longer.
    private func follow(_ running: ClientKit.Running, through tap: ProgramTap) async throws -> ClientObservation {
        let relay = ProgramRelay(tap, end: self.environment.end)
        async let carried = relay.carry(announce: self.environment.announce) {
            try await CaseClient.dial(self.plan, in: self.environment)
        }
        let status = await running.process.waitForExit(before: self.environment.end)
        await running.process.end()
        relay.programEnded()
        await tap.close()
        let traffic = try await carried
        let witness = ProgramWitness(kit: self.kit, running: running, status: status)
        guard let traffic else { throw ClientInability("\(witness.name) made no connection: \(witness.end)") }
        guard traffic.isRecognised else {
            throw ClientInability("\(witness.name) left before it had sent a ClientHello: \(witness.end)")
        }
        // Whoever was not let in has shown nothing.
        if traffic.observation.ending == .refused { return ClientObservation(leg: traffic.observation) }
        if let breach = self.plan.breach(of: traffic.upward.hello) {
            throw ClientInability("\(witness.name) \(breach): \(witness.end)")
        }
        return self.observation(of: traffic, witness)
    }

    private func observation(of traffic: ProgramRelay.Traffic, _ witness: ProgramWitness) -> ClientObservation {
        var observation = ClientObservation(leg: traffic.observation, handshake: Self.handshake(from: traffic))
        let request = ExchangeRequest.request(nonce: self.nonce, host: self.plan.serverName)
        var sent = StreamRecorder.application
        sent.record(request)
        observation.applicationSent = sent.observation
        let page = ExchangeRequest.page(nonce: self.nonce, seed: self.environment.seed)
        let line = ExchangeLine.opening(nonce: self.nonce)
        observation.exchangeCompleted = witness.printed(page)
        if witness.printed(line) {
            var received = StreamRecorder.application
            received.record(observation.exchangeCompleted ? page : line)
            observation.applicationReceived = received.observation
            observation.handshake.isCompleted = true
        }
        let program = witness.observation(isConnected: observation.handshake.isCompleted)
        // What was said under keys only the program can tell.
        let isTold = observation.handshake.alertsReceived.contains { $0.level == 2 }
        if !observation.handshake.isCompleted, !isTold, let code = witness.alert {
            observation.handshake.alertsReceived.append(HandshakeObservation.Alert(level: 2, code: code))
        }
        if !observation.handshake.isCompleted { observation.handshake.failure = program.lastWords }
        observation.program = program
        observation.leg.timeline += witness.notes(at: observation.leg.timeline.last?.at ?? 0)
        return observation
    }

    /// What of the handshake is in the clear: all of it in TLS 1.2, and of TLS 1.3 the hellos.
    private static func handshake(from traffic: ProgramRelay.Traffic) -> HandshakeObservation {
        var handshake = HandshakeObservation(traffic.answer)
        handshake.alertsSent = traffic.upward.alerts.filter { $0.code != 0 }
        return handshake
    }
}

extension ClientPlan {
    /// What a hello says otherwise than its client was asked to, in words that follow its name; `nil` where nothing.
    fileprivate func breach(of hello: ClientHello?) -> String? {
        guard let hello else { return "sent no ClientHello that can be read" }
        if hello.serverName != self.serverName {
            return "was to send \(self.serverName.map { "the name \($0)" } ?? "no name"), and sent "
                + (hello.serverName ?? "none")
        }
        if self.maximumVersion < .tls13, hello.offersTLS13 { return "was to offer no TLS 1.3, and did" }
        if self.minimumVersion > .tls12, !hello.offersTLS13 || hello.supportedVersions?.contains(0x0303) == true {
            return "was to offer TLS 1.3 alone, and did not"
        }
        let offered = hello.alpnProtocols.map { String(decoding: $0, as: UTF8.self) }
        if !self.alpn.isEmpty, offered != self.alpn {
            return "was to offer the protocols \(self.alpn.joined(separator: ", ")), and offered "
                + (offered.isEmpty ? "none" : offered.joined(separator: ", "))
        }
        return nil
    }
}
