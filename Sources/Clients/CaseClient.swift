import BoringSSLEngine
import ByteClient
import Exchanges
import Legs
import NIOCore
import OpenSSLEngine
package import ScenarioModel

/// Runs the client's side of a case.
package struct CaseClient: Sendable {
    package init() {}

    /// One connection, from dialling to its end, with the first nonce.
    ///
    /// Throws ``ClientError``, ``ClientInability`` and an engine's or the system's error for trouble of our own. What the target does is in the
    /// observation.
    package func run(_ plan: ClientPlan, in environment: ClientEnvironment) async throws -> ClientOutcome {
        if environment.resumes != nil || environment.savesSession || !plan.usesTickets,
            !plan.engine.can(.resumption)
        {
            throw ClientError(.unable, "\(plan.engine.rawValue), \(ClientPlan.Ability.resumption.rawValue)")
        }
        if plan.sendsEarlyData, !plan.engine.can(.earlyData) {
            throw ClientError(.unable, "\(plan.engine.rawValue), \(ClientPlan.Ability.earlyData.rawValue)")
        }
        if !plan.groups.isEmpty || plan.serverNameAfterRetry != nil, !plan.engine.can(.groups) {
            throw ClientError(.unable, "\(plan.engine.rawValue), \(ClientPlan.Ability.groups.rawValue)")
        }
        if !plan.ciphers.isEmpty || !plan.signatureAlgorithms.isEmpty, !plan.engine.can(.ciphers) {
            throw ClientError(.unable, "\(plan.engine.rawValue), \(ClientPlan.Ability.ciphers.rawValue)")
        }
        if plan.engine == .bytes {
            return ClientOutcome(try await ByteConnection(plan: plan, environment: environment).run())
        }
        if plan.engine == .program {
            guard let kit = environment.program else { throw ClientError(.noProgram, plan.program ?? "") }
            let connection = ProgramConnection(plan: plan, environment: environment, kit: kit)
            return ClientOutcome(try await connection.run())
        }
        guard plan.opening == .engineHello else { throw ClientError(.openingNeedsBytes, "\(plan.engine.rawValue)") }
        let session = try await Self.session(for: plan, in: environment)
        let flight = await session.step(.start)
        guard flight.state == .handshaking, !flight.ciphertext.isEmpty else {
            throw ClientError(.noFirstFlight, session.handshake.failure ?? "\(plan.engine.rawValue)")
        }
        let segments = try DeliveryPlanner.segments(firstFlight: flight.ciphertext, delivery: plan.delivery)
        environment.announce(flight.ciphertext)

        let leg: Leg
        switch try await Self.dial(plan, in: environment) {
        case .connected(let connected): leg = connected
        case .refused(let observation): return ClientOutcome(ClientObservation(leg: observation))
        }
        leg.setDeadline(environment.end)
        if let saved = environment.resumes { leg.note(.note, "offers to resume \(saved)") }
        let hasSaidEarly = plan.sendsEarlyData && session.handshake.earlyData != .notSent
        if hasSaidEarly {
            let allowance = session.handshake.earlyDataAllowance ?? 0
            let permission = allowance > 0 ? "the ticket allows \(allowance)" : "the ticket allows none"
            leg.note(.note, "sends \(environment.firstLine.count) bytes of early data; \(permission)")
        }
        let conversation = Conversation(
            leg: leg,
            session: session,
            savesSession: environment.savesSession,
            saidEarly: hasSaidEarly ? environment.firstLine : [],
            saysCloseNotify: plan.close == nil
        )
        // A run that is interrupted does not wait for a target that says nothing.
        let isCompleted = try await withTaskCancellationHandler {
            await leg.send(
                segments: segments,
                behind: plan.preface.bytes,
                inPiecesOf: plan.prefaceSize,
                gap: .milliseconds(plan.delivery.gapMilliseconds)
            )
            var isCompleted = false
            if await conversation.completeHandshake() {
                let party = Party(
                    conversation,
                    nonces: Array(environment.nonces.prefix(1)),
                    seed: environment.seed
                )
                let choreography = environment.choreography ?? environment.exchange.choreography
                isCompleted = try await choreography.client(party)
            }
            await conversation.conclude()
            return isCompleted
        } onCancel: {
            leg.expire()
        }
        await leg.close()

        var observation = ClientObservation(leg: leg.observation, handshake: session.handshake)
        observation.applicationSent = conversation.applicationSent
        observation.applicationReceived = conversation.applicationReceived
        observation.exchangeCompleted = isCompleted
        return ClientOutcome(observation, session: session.savedSession)
    }

    static func dial(
        _ plan: ClientPlan,
        in environment: ClientEnvironment
    ) async throws -> LegFactory.Dialled {
        try await LegFactory.dial(
            environment.edgeAddress,
            from: plan.source,
            caseStart: environment.caseStart,
            timeout: max(.milliseconds(1), environment.end - .now),
            on: environment.eventLoopGroup
        )
    }

    private static func session(
        for plan: ClientPlan,
        in environment: ClientEnvironment
    ) async throws -> any TLSSession {
        switch plan.engine {
        case .boringssl:
            let configuration = BoringSSLConfiguration(
                minimumVersion: plan.minimumVersion,
                maximumVersion: plan.maximumVersion,
                credential: environment.credential,
                alpn: plan.alpn
            )
            return try await BoringSSLSession(
                configuration,
                serverName: plan.serverName,
                on: environment.eventLoopGroup.next()
            )
        case .openssl, .bytes, .program:
            let configuration = OpenSSLConfiguration(
                side: .client,
                minimumVersion: plan.minimumVersion,
                maximumVersion: plan.maximumVersion,
                credential: environment.credential,
                alpn: plan.alpn,
                usesTickets: plan.usesTickets
            )
            let offer = OpenSSLOffer(
                serverName: plan.serverName,
                serverNameAfterRetry: plan.serverNameAfterRetry,
                groups: plan.groups,
                ciphers: plan.ciphers,
                signatureAlgorithms: plan.signatureAlgorithms,
                resuming: environment.resumes,
                earlyData: plan.sendsEarlyData ? environment.firstLine : []
            )
            return try OpenSSLSession(configuration, offering: offer)
        }
    }
}
