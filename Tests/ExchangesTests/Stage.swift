import LegTesting
import Legs
import ScenarioModel

@testable import Exchanges

/// Plays both halves of an exchange, with a relay between them or nothing.
struct Stage {
    var exchange: Exchange
    /// `nil` speaks in the clear.
    var tls: (engine: Engine, version: TLSVersion)?
    var fault: Relay.Fault?
    var deadline: Duration = .seconds(20)
    /// The client does its echo twice, as a control does, and has so long for the second.
    var patience: Duration?

    struct Side: Sendable {
        var isCompleted = false
        var sent = ApplicationObservation()
        var received = ApplicationObservation()
        var ending = LegEnding.stillOpen
    }

    func play() async throws -> (client: Side, upstream: Side) {
        let near = try await LegPair.open(deadline: self.deadline)
        guard let fault = self.fault else {
            return try await self.play(client: near.client, upstream: near.server)
        }
        let far = try await LegPair.open(deadline: self.deadline)
        // A relay has all the time there is: it must not end what its neighbours wait for.
        for leg in [near.server, far.client] { leg.setDeadline(.now + self.deadline + .seconds(20)) }
        let relay = Task { try await Relay(near: near.server, far: far.client, fault: fault).run() }
        let sides = try await self.play(client: near.client, upstream: far.server)
        try await relay.value
        return sides
    }

    private func play(client: Leg, upstream: Leg) async throws -> (client: Side, upstream: Side) {
        // As in the harness, the client's waiting ends first.
        upstream.setDeadline(.now + self.deadline + .seconds(1))
        async let clientSide = self.playClient(client)
        async let upstreamSide = self.playUpstream(upstream)
        return try await (clientSide, upstreamSide)
    }

    private func playClient(_ leg: Leg) async throws -> Side {
        var session: (any TLSSession)?
        if let tls = self.tls {
            let client = try await tls.engine.client(tls.version)
            leg.send(await client.step(.start).ciphertext)
            session = client
        }
        let conversation = Conversation(leg: leg, session: session)
        let party = Party(conversation, nonces: ["n0nce"], seed: 42)
        let choreography: any Choreography =
            self.patience.map { HeldEcho(patience: $0, hold: {}) } ?? self.exchange.choreography
        return try await Self.finish(conversation) { try await choreography.client(party) }
    }

    private func playUpstream(_ leg: Leg) async throws -> Side {
        let conversation = Conversation(leg: leg, session: self.tls == nil ? nil : try Engine.server())
        let party = Party(conversation, nonces: ["n0nce"], seed: 42)
        return try await Self.finish(conversation) { try await self.exchange.choreography.upstream(party) }
    }

    private static func finish(_ conversation: Conversation, _ half: () async throws -> Bool) async throws -> Side {
        var side = Side()
        if await conversation.completeHandshake() { side.isCompleted = try await half() }
        await conversation.conclude()
        await conversation.leg.close()
        side.sent = conversation.applicationSent
        side.received = conversation.applicationReceived
        side.ending = conversation.leg.observation.ending
        return side
    }
}
