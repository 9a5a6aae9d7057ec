import ClientPrograms
import Clients
import Exchanges
import ScenarioModel
import Upstreams
import Verdicts

/// A program that is a client, at a TLS server of the harness with no edge in between: what it cannot do there says nothing of an
/// edge.
struct ClientTrial: Sendable {
    let stage: Stage
    let seed: Seed

    private static let goodCertificate = "client-good"
    private static let patience = Duration.seconds(30)

    /// - Parameter isMutual: it lets nobody in without a certificate.
    private static func id(isMutual: Bool) -> String { isMutual ? "trial[mutual]" : "trial[plain]" }

    static func cases(baseDomain: String) -> [Case] {
        [false, true].map { isMutual in
            let domain = "trial-\(isMutual ? "mutual" : "plain").\(baseDomain)"
            var endpoint = EndpointPlan(key: "trial", domain: domain, role: .passthrough)
            if isMutual { endpoint.upstream.mutualTLS = ["ca-clients"] }
            return Case(
                id: Self.id(isMutual: isMutual),
                scenario: Controls.scenario,
                role: .passthrough,
                endpoints: [endpoint],
                client: ClientPlan(engine: .openssl, serverName: domain),
                exchange: .request,
                expectation: GradedExpectation(strict: [])
            )
        }
    }

    /// The certificate that it is tried with: a good one for who has any to show.
    static func certificate(for plan: ClientPlan) -> String? { plan.certificate == nil ? nil : Self.goodCertificate }

    /// Why a client that is asked for this gets no page, in a sentence; `nil` where it gets one.
    ///
    /// - Throws: ``ClientInability`` where it did not even say what it was to say, and trouble of our own.
    func trouble(of plan: ClientPlan) async throws -> String? {
        let isMutual = plan.certificate != nil
        let id = Self.id(isMutual: isMutual)
        let endpoint = "\(id)/trial"
        guard let address = self.stage.upstreams.address(for: endpoint) else {
            return "there is no server to try it at"
        }
        var plan = plan
        plan.serverName = "trial-\(isMutual ? "mutual" : "plain").\(Stage.baseDomain)"
        plan.certificate = Self.certificate(for: plan)
        let turn = try await self.stage.upstreams.awaitTurn(of: [endpoint])
        defer { turn.end() }
        let repetition = self.stage.countControl()
        let nonce = self.seed.nonce(for: "\(id)\(plan.program ?? "")", repetition: repetition, connection: 0)
        let visit = self.stage.upstreams.begin(
            id,
            endpoints: [endpoint],
            nonces: [nonce],
            at: .now,
            deadline: Self.patience
        )
        var environment = ClientEnvironment(
            edgeAddress: address,
            nonces: [nonce],
            seed: self.seed.derived(for: id),
            exchange: .request,
            deadline: Self.patience,
            eventLoopGroup: self.stage.group,
            announce: { self.stage.upstreams.announce(firstFlight: $0, of: visit) }
        )
        environment.program = try self.stage.programs.kit(for: plan)
        let observation = try await CaseClient().run(plan, in: environment).observation
        if await !self.stage.upstreams.waitUntilIdle(visit, timeout: .seconds(3)) {
            await self.stage.upstreams.abandon(visit)
        }
        // Looked at, so that they are nobody's strays.
        _ = self.stage.upstreams.contacts(of: visit)
        self.stage.upstreams.forget(visit)
        guard !observation.exchangeCompleted else { return nil }
        let words = observation.program?.lastWords ?? ""
        return words.isEmpty ? "it has no page" : words
    }
}
