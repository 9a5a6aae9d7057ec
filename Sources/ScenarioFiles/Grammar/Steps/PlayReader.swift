import ConfigurationFiles
import ScenarioModel

/// `clients:`, `steps:` and `never:` of one case.
struct PlayReader {
    let reading: Reading
    let engine: ClientPlan.Engine
    let delivery: Delivery
    let endpoints: [EndpointPlan]
    let changes: EndpointChanges
    /// The certificates that an API can be given; `nil` knows none and takes every name.
    let recipes: Set<String>?
    /// Reads the expectation of a step whose client has this engine.
    let expectation: (YAMLNode, ClientPlan.Engine, AlternativePlaces) -> GradedExpectation

    /// A play, and for each of its expectations where its alternatives stand.
    struct Result {
        var play: Play
        var places: [(step: Step, places: AlternativePlaces, node: YAMLNode)]
        /// What the answers of an API have been asked for so far.
        var saved: Set<String> = []

        /// Whether an API has been asked for something so far.
        var asksAPI: Bool {
            self.play.moments.joined().contains { if case .api = $0.action { true } else { false } }
        }
    }

    func play(clients: YAMLNode, steps: YAMLNode, never: [Invariant]) -> Result? {
        guard let object = ObjectReader(clients, named: "clients", keys: nil, self.reading) else { return nil }
        let players = object.entries.compactMap { self.player($0.value, name: $0.name, among: object.keys) }
        guard players.count == object.entries.count else { return nil }
        if players.isEmpty { self.reading.report("a case needs a client", at: clients) }
        var result = Result(play: Play(players: players, moments: []), places: [])
        var connections = OpenConnections(reading: self.reading, players: players)
        for node in self.reading.elements(steps) {
            guard let moment = self.moment(node, never, &result) else { continue }
            connections.follow(moment.map(\.step), at: moment.map(\.node))
            result.play.moments.append(moment.map(\.step))
            // What is asked for at once does not wait for another's answer.
            for step in moment.map(\.step) {
                if case .api(let call) = step.action { result.saved.formUnion(call.saves.map(\.name)) }
            }
        }
        connections.finish(result.play, at: steps)
        guard self.reading.log.isEmpty else { return nil }
        return result
    }

    private func player(_ node: YAMLNode, name: String, among names: [String]) -> Player? {
        guard let object = ObjectReader(node, Grammar.client, self.reading) else { return nil }
        let engine = object.word("engine", as: ClientPlan.Engine.self) ?? self.engine
        if engine == .program {
            self.reading.report("a program makes one connection by itself, and takes no steps", at: node)
        }
        let reader = ClientReader(reading: self.reading)
        guard let plan = reader.client(node, engine: engine, delivery: self.delivery) else { return nil }
        var player = Player(name: name, plan: plan, count: object.integer("count", in: 1...200) ?? 1)
        if let node = object.node("resume") {
            reader.needs(.resumption, "resume", of: engine, at: node)
            player.resumes = self.name(node, "client", among: names)
        }
        if let node = object.node("early-data") { self.readEarlyData(node, of: &player) }
        return player
    }

    private func readEarlyData(_ node: YAMLNode, of player: inout Player) {
        player.plan.sendsEarlyData = self.reading.bool(node) ?? false
        guard player.plan.sendsEarlyData else { return }
        ClientReader(reading: self.reading).needs(.earlyData, "early-data", of: player.plan.engine, at: node)
        if player.resumes == nil {
            self.reading.report("early data is protected by an earlier session; the client needs 'resume'", at: node)
        }
        if player.plan.minimumVersion < .tls13 {
            self.reading.report("only TLS 1.3 has early data; say version: 1.3 too", at: node)
        }
    }

    // MARK: Steps

    private typealias Read = (step: Step, node: YAMLNode)

    /// A step, or those that `together` lists.
    private func moment(_ node: YAMLNode, _ never: [Invariant], _ result: inout Result) -> [Read]? {
        guard let object = ObjectReader(node, Grammar.step, self.reading), let verb = self.verb(of: object) else {
            return nil
        }
        guard verb == "together", let list = object.node("together") else {
            return self.step(object, verb, never, &result).map { [($0, node)] }
        }
        var moment: [Read] = []
        for node in self.reading.elements(list) {
            guard let object = ObjectReader(node, Grammar.step, self.reading), let verb = self.verb(of: object)
            else { continue }
            if verb == "together" {
                self.reading.report("'together' is a list of steps, and none of them another list", at: node)
                continue
            }
            if let step = self.step(object, verb, never, &result) { moment.append((step, node)) }
        }
        if moment.count == 1 { self.reading.report("'together' needs more than one step", at: list) }
        return moment
    }

    /// What each verb is told besides whom it is about.
    private static let verbs: [(verb: String, keys: [String])] = [
        ("connect", ["exchange", "expect", "spread"]), ("open", ["expect"]), ("say", ["up", "down"]),
        ("hear", ["down", "until", "expect"]), ("end", ["expect"]), ("reset", ["expect"]), ("together", []),
        ("wait", []), ("agent", []), ("target", ["with"]), ("counters", []),
        ("api", []), ("told", []),
    ]

    private func verb(of object: ObjectReader) -> String? {
        let given = Self.verbs.filter { object.node($0.verb) != nil }
        guard let verb = given.first, given.count == 1 else {
            let known = Self.verbs.map(\.verb).joined(separator: ", ")
            self.reading.report("a step does one thing: \(known)", at: object.node)
            return nil
        }
        for entry in object.entries where entry.name != verb.verb && !verb.keys.contains(entry.name) {
            guard Grammar.step.keys.contains(entry.name) else { continue }
            self.reading.report("'\(entry.name)' says nothing of '\(verb.verb)'", at: entry.key)
        }
        return verb.verb
    }

    private func step(
        _ object: ObjectReader,
        _ verb: String,
        _ never: [Invariant],
        _ result: inout Result
    ) -> Step? {
        guard let action = self.action(object, verb, result) else { return nil }
        var step = Step(action, spread: object.node("spread").map { self.spread($0, action, result.play) } ?? [])
        guard let node = action.connects ? object.required("expect", in: "'\(verb)'") : object.node("expect") else {
            return action.connects ? nil : step
        }
        let places = AlternativePlaces()
        let engine = action.player.flatMap { name in result.play.players.first { $0.name == name }?.plan.engine }
        var expectation = self.expectation(node, engine ?? self.engine, places)
        if action.connects { expectation.never += never.filter { expectation.takes($0) } }
        step.expectation = expectation
        result.places.append((step, places, node))
        return step
    }

    /// Endpoints of which each must have got one of a crowd.
    private func spread(_ node: YAMLNode, _ action: Step.Action, _ play: Play) -> [String] {
        let keys = self.reading.elements(node).compactMap {
            self.name($0, "endpoint", among: self.endpoints.map(\.key))
        }
        let count = action.player.map { play.player($0).count } ?? 0
        if count < Self.crowd {
            self.reading.report(
                "fewer than \(Self.crowd) clients can miss somebody by chance; 'count' makes more of them",
                at: node
            )
        }
        return keys
    }

    /// Of so many who are sent to one of two by chance, all are sent to the same once in half a thousand million times.
    private static let crowd = 30

    private func action(_ object: ObjectReader, _ verb: String, _ result: Result) -> Step.Action? {
        guard let node = object.node(verb) else { return nil }
        let players = result.play.players
        switch verb {
        case "api":
            return APICallReader(reading: self.reading, endpoints: self.endpoints, recipes: self.recipes)
                .call(node, saved: result.saved).map { .api($0) }
        case "told":
            if !result.asksAPI {
                self.reading.report("nobody has asked the API for events: 'api' comes before 'told'", at: node)
            }
            return .told(
                APICallReader(reading: self.reading, endpoints: self.endpoints, recipes: self.recipes)
                    .told(node, saved: result.saved)
            )
        case "wait": return self.reading.milliseconds(node).map { .wait(milliseconds: $0) }
        case "agent": return self.agent(node)
        case "counters": return self.counters(node)
        case "target": return self.target(node, with: object.node("with"))
        default: break
        }
        guard let name = self.name(node, "client", among: players.map(\.name)) else { return nil }
        switch verb {
        case "connect":
            guard let node = object.required("exchange", in: "'connect'"),
                let exchange = ExchangeReader(reading: self.reading).exchange(node)
            else { return nil }
            if let plan = players.first(where: { $0.name == name })?.plan, plan.close != nil {
                exchange.checkClose(of: plan.engine, self.reading, at: node)
            }
            if players.first(where: { $0.name == name })?.plan.sendsEarlyData ?? false, !exchange.beginsWithClientsLine
            {
                self.reading.report("early data is the client's first line, and here it does not speak first", at: node)
            }
            return .connect(name, exchange)
        case "open": return .open(name)
        case "say": return self.speech(object).map { .say(name, $0) }
        case "hear": return self.hearing(object).map { .hear(name, $0) }
        case "end": return .end(name)
        default: return .reset(name)
        }
    }

    private func name(_ node: YAMLNode, _ what: String, among known: [String]) -> String? {
        guard let name = self.reading.text(node) else { return nil }
        if known.contains(name) { return name }
        let hint = Suggestion.clause(for: name, among: known)
        self.reading.report("no \(what) is called '\(name)'\(hint)", at: node)
        return nil
    }

    private func speech(_ object: ObjectReader) -> Step.Speech? {
        switch (object.node("up"), object.node("down")) {
        case (nil, nil): return .line
        case (let up?, nil): return self.reading.size(up).map { .upload(count: $0) }
        case (nil, let down?): return self.reading.size(down).map { .request(count: $0) }
        case (_?, let down?):
            self.reading.report("what is said goes up, or asks for what comes down", at: down)
            return nil
        }
    }

    private func hearing(_ object: ObjectReader) -> Step.Hearing? {
        if let until = object.node("until") {
            guard self.reading.text(until) == "end", object.node("down") == nil else {
                self.reading.report("'until' is the end of the connection: until: end, and no 'down'", at: until)
                return nil
            }
            return .end
        }
        guard let down = object.node("down") else { return .all }
        return self.reading.size(down).map { .some(count: $0) }
    }

    /// `{ tenant: kill }`
    private func agent(_ node: YAMLNode) -> Step.Action? {
        guard let object = ObjectReader(node, named: "agent", keys: nil, self.reading) else { return nil }
        guard let entry = object.entries.first, object.entries.count == 1 else {
            self.reading.report("'agent' names one endpoint and what happens to its agent: { tenant: kill }", at: node)
            return nil
        }
        guard let endpoint = self.endpoints.first(where: { $0.key == entry.name }) else {
            let hint = Suggestion.clause(for: entry.name, among: self.endpoints.map(\.key))
            self.reading.report("no endpoint is called '\(entry.name)'\(hint)", at: entry.key)
            return nil
        }
        if !endpoint.hasOwnAgent || !endpoint.isOnline {
            self.reading.report("'\(entry.name)' needs 'own-agent: true'", at: entry.key)
        }
        guard let act = self.reading.word(entry.value, "deed", as: Step.AgentAct.self) else { return nil }
        if endpoint.rivalOf != nil, act != .start, act != .kill {
            self.reading.report("the agent of a rival is started and killed, and nothing else", at: entry.value)
        }
        return .agent(entry.name, act)
    }
}

extension PlayReader {
    /// `target: reload`, and `with:` what is otherwise from then on.
    private func target(_ node: YAMLNode, with change: YAMLNode?) -> Step.Action? {
        guard let deed = self.reading.word(node, "deed", as: TargetDeed.self) else { return nil }
        let isBroken = change.map { self.reading.resolved($0).scalar == "broken" } ?? false
        switch (deed, change) {
        case (.stop, let change?):
            self.reading.report("a target that stops has nothing to read", at: change)
            return nil
        case (.stop, nil): return .target(.stop)
        case (.reload, _) where isBroken: return .target(.reloadBroken)
        case (.reload, let change): return .target(.reload(changed: change.map { self.changes.plans($0) } ?? []))
        case (.restart, let change): return .target(.restart(changed: change.map { self.changes.plans($0) } ?? []))
        }
    }

    /// `{ accepted: 3, bytes-in: seen }`
    private func counters(_ node: YAMLNode) -> Step.Action? {
        let names = TargetCounter.allCases.map(\.rawValue)
        guard let object = ObjectReader(node, named: "counters", keys: names, self.reading) else { return nil }
        var counts: [TargetCounter: CountExpectation] = [:]
        for entry in object.entries {
            guard let counter = TargetCounter(rawValue: entry.name) else { continue }
            if self.reading.resolved(entry.value).scalar == "seen" {
                guard counter == .bytesIn || counter == .bytesOut else {
                    self.reading.report("the harness sees bytes; of '\(entry.name)' say the number", at: entry.value)
                    continue
                }
                counts[counter] = .seen
            } else if let number: Int = self.reading.integer(entry.value, in: 0 ... .max) {
                counts[counter] = .number(number)
            }
        }
        if counts.isEmpty { self.reading.report("'counters' names what is counted, and how much", at: node) }
        return .target(.count(counts))
    }

    private enum TargetDeed: String, CaseIterable {
        case reload, restart, stop
    }
}

extension GradedExpectation {
    /// Whether an invariant of the whole play is one of this step. Those that say that nobody is let in are about the steps
    /// that let nobody in.
    fileprivate func takes(_ invariant: Invariant) -> Bool {
        if self.never.contains(invariant) { return false }
        switch invariant {
        case .clientCertificateSkipped, .anyContacted, .upstreamGotData:
            return self.strict.allSatisfy { $0.handshake == .refused }
        case .otherContacted, .plaintextReply: return true
        }
    }
}
