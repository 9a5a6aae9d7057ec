import Checks
import ScenarioModel
import Targets
import Upstreams
import Verdicts

/// A case that has been played: what was seen of it then, and what is to be seen by now.
struct PlayedCase: Sendable {
    private let stage: Stage
    private let testCase: Case
    private let visit: UpstreamFleet.Visit
    private let end: ContinuousClock.Instant
    private let playEvents: PlayEvents
    /// Of what the upstreams saw.
    private let outlines: [UpstreamFleet.Outline]
    let observation: Observation

    init(
        stage: Stage,
        testCase: Case,
        visit: UpstreamFleet.Visit,
        clients: [ClientObservation],
        steps: [StepObservation]?,
        events: [ConnectionEvent]?,
        playEvents: PlayEvents
    ) {
        self.stage = stage
        self.testCase = testCase
        self.visit = visit
        self.end = .now
        self.playEvents = playEvents
        // First: what comes between the two is seen when it is looked for again.
        self.outlines = stage.upstreams.outlines(of: visit, until: self.end)
        self.observation = Observation(
            clients: clients,
            upstreams: testCase.upstreams(stage.upstreams.contacts(of: visit, until: self.end)),
            events: events,
            steps: steps
        )
    }

    /// By the judge of the target it was played on.
    var verdict: Verdict { self.verdict(on: self.observation) }

    func verdict(on observation: Observation) -> Verdict { self.stage.judge.judge(self.testCase, observation) }

    /// The observation with the connections and the events that came after the end; `nil` when none did.
    func lookAgain() -> Observation? {
        let events = self.stage.events(of: self.testCase, self.playEvents)
        let isMore =
            self.stage.upstreams.outlines(of: self.visit, until: self.end) != self.outlines
            || (events?.count ?? 0) > (self.observation.events?.count ?? 0)
        guard isMore else { return nil }
        var later = self.observation
        later.upstreams = self.testCase.upstreams(self.stage.upstreams.contacts(of: self.visit, until: self.end))
        later.events = events
        return later
    }

    /// Lets go of what the upstreams recorded.
    func release() { self.stage.upstreams.forget(self.visit) }
}

extension Case {
    /// What each of the case's own upstreams saw, and the decoy's; and any other that its clients have reached, under
    /// the name of the endpoint it is for.
    fileprivate func upstreams(_ contacts: [UpstreamFleet.Contact]) -> [UpstreamObservation] {
        var connections: [String: [UpstreamConnection]] = [:]
        for contact in contacts { connections[contact.endpoint, default: []].append(contact.connection) }
        let own = self.endpoints.map { ($0.key, UpstreamFleet.Endpoint.id(of: $0.key, in: self)) }
        let known = own + [(Controls.decoyKey, Controls.decoyID)]
        let strange = Set(contacts.map(\.endpoint)).subtracting(known.map(\.1))
        let elsewhere = contacts.filter { strange.contains($0.endpoint) }.map { ($0.plan.domain, $0.endpoint) }
        var seen: Set<String> = []
        return (known + elsewhere).filter { seen.insert($0.1).inserted }.map { key, id in
            UpstreamObservation(endpoint: key, connections: connections[id] ?? [])
        }
    }
}

extension Stage {
    /// The events of a case's play by now; `nil` when the case is not about events or the target writes none.
    func events(of testCase: Case, _ events: PlayEvents) -> [ConnectionEvent]? {
        guard self.definition.hasEvents, testCase.expectsEvents else { return nil }
        return events.all { self.target.events(forServerName: $0) ?? [] }
    }
}
