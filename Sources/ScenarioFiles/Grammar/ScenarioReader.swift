import ConfigurationFiles
import ScenarioModel

/// One scenario of a file, with all its cases.
struct ScenarioReader {
    let file: String
    let log: ProblemLog
    let baseDomain: String
    let recipes: Set<String>?
    let naming: ScenarioLoader.Naming?
    /// The programs that a client of the engine `program` is; without any its scenarios have no cases.
    let programs: [String]
    /// The file's `defaults:`; a key of the scenario replaces the default of that key as a whole.
    let defaults: YAMLNode?
    private let matches = MatchRecord()

    init(
        file: String,
        log: ProblemLog,
        baseDomain: String,
        recipes: Set<String>?,
        naming: ScenarioLoader.Naming? = nil,
        programs: [String] = [],
        defaults: YAMLNode?
    ) {
        self.file = file
        self.log = log
        self.baseDomain = baseDomain
        self.recipes = recipes
        self.naming = naming
        self.programs = programs
        self.defaults = defaults
    }

    private var reading: Reading { Reading(file: self.file, log: self.log) }

    func scenario(_ node: YAMLNode) -> Scenario? {
        guard let own = ObjectReader(node, Grammar.scenario, self.reading) else { return nil }
        let defaults = self.defaults.flatMap { ObjectReader($0, Grammar.scenario, self.reading) }
        let parts = Parts(own: own, defaults: defaults)
        guard let id = own.required("id", in: "a scenario").flatMap({ self.id($0) }) else { return nil }
        let roles = self.roles(parts)
        var scenario = Scenario(
            id: id,
            title: parts.text("title", "scenario '\(id)'", self.reading) ?? "",
            rule: self.rule(parts, id),
            references: parts.texts("references", self.reading),
            tags: parts.texts("tags", self.reading),
            roles: roles,
            requires: self.features(parts),
            file: self.file,
            line: node.place.line ?? 1
        )
        if let node = parts.node("importance") {
            scenario.importance = self.reading.word(node, "importance", as: Importance.self) ?? .normal
        }
        if let node = parts.node("rationale") { scenario.rationale = self.reading.text(node) ?? "" }
        scenario.cases = self.cases(of: scenario, parts)
        // Its clients are chosen for a run, or not at all; what it says was read for a stand-in all the same.
        if self.programs.isEmpty { scenario.cases.removeAll { $0.client.engine == .program } }
        if scenario.cases.isEmpty && self.log.isEmpty && !self.isOfPrograms(parts) {
            self.reading.report("scenario '\(id)' expands to no case at all", at: node)
        }
        return scenario
    }

    /// What only the whole file shows. Where something else is wrong, cases may be missing that would have matched.
    func reportUnmatched() {
        guard self.log.isEmpty else { return }
        for node in self.matches.unmet {
            self.reading.report("no case is like this, so it changes nothing", at: node)
        }
    }

    private func isOfPrograms(_ parts: Parts) -> Bool {
        parts.node("engines").map { self.reading.elements($0) }?.contains {
            $0.scalar == ClientPlan.Engine.program.rawValue
        } ?? false
    }

    /// Every program that stands for the engine in a case of its own; of the other engines the one without a name.
    private func programs(of engine: ClientPlan.Engine) -> [String?] {
        guard engine == .program else { return [nil] }
        return self.programs.isEmpty ? ["any"] : self.programs
    }

    private func id(_ node: YAMLNode) -> String? {
        guard let id = self.reading.text(node) else { return nil }
        let isValid = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isValid, id.contains("."), !id.hasPrefix("."), !id.hasSuffix("."), !id.contains("..") else {
            self.reading.report("'\(id)' is no id: an area and names, of a-z, 0-9 and '-', joined by dots", at: node)
            return nil
        }
        return id
    }

    private func roles(_ parts: Parts) -> [Role] {
        guard let node = parts.required("roles", "a scenario", self.reading) else { return [] }
        if node.scalar == "all" { return Role.allCases }
        return self.reading.elements(node).compactMap { self.reading.word($0, "role", as: Role.self) }
    }

    private func features(_ parts: Parts) -> [Feature] {
        guard let node = parts.node("requires") else { return [] }
        return self.reading.elements(node).compactMap { element -> Feature? in
            guard let text = self.reading.text(element) else { return nil }
            if let known = Feature.all.first(where: { $0.rawValue == text }) { return known }
            let hint = Suggestion.clause(for: text, among: Feature.all.map(\.rawValue))
            self.reading.report("no target can have the feature '\(text)'\(hint)", at: element)
            return nil
        }.sorted()
    }

    private func rule(_ parts: Parts, _ id: String) -> Rule {
        guard let node = parts.required("rule", "scenario '\(id)'", self.reading) else {
            return Rule(document: .house, section: "", level: .must)
        }
        return RuleReader(reading: self.reading).rule(node)
    }

    // MARK: Cases

    private func cases(of scenario: Scenario, _ parts: Parts) -> [Case] {
        let engines =
            parts.required("engines", "scenario '\(scenario.id)'", self.reading)
            .map { self.reading.elements($0) } ?? []
        let axes = ParameterReader(reading: self.reading).axes(parts.node("parameters"))
        let deliveries = self.deliveries(parts)
        let known = self.knownChoices(axes, deliveries: deliveries.compactMap { $0?.name })
        let (acts, expectations) = (ChoiceUsage(), ChoiceUsage())
        var cases: [Case] = []
        for role in scenario.roles {
            for engineNode in engines {
                guard let engine = self.reading.word(engineNode, "engine", as: ClientPlan.Engine.self) else { continue }
                for (program, selection) in self.programs(of: engine).flatMap({ program in
                    ParameterReader.combinations(of: axes).map { (program, $0) }
                }) {
                    for delivery in deliveries {
                        var choices = [
                            Case.Choice(name: "role", value: role.rawValue),
                            Case.Choice(name: "engine", value: engine.rawValue),
                        ]
                        if let program { choices.append(Case.Choice(name: "client", value: program)) }
                        choices += selection.map { Case.Choice(name: $0.axis, value: $0.name) }
                        if let name = delivery?.name { choices.append(Case.Choice(name: "deliver", value: name)) }
                        let matcher = ChoiceMatcher(
                            reading: self.reading,
                            choices: choices,
                            known: known,
                            record: self.matches
                        )
                        let exceptions = parts.node("except").map { self.reading.elements($0) } ?? []
                        if exceptions.contains(where: { matcher.matches($0) }) { continue }
                        var scope = Scope(usage: acts)
                        for option in selection { option.bind(into: &scope) }
                        let made = self.testCase(
                            of: scenario,
                            parts,
                            role: role,
                            engine: engine,
                            program: program,
                            choices: choices,
                            delivery: delivery?.node,
                            matcher: matcher,
                            scope: scope,
                            expectations: expectations
                        )
                        if let made { cases.append(made) }
                    }
                }
            }
        }
        if self.log.isEmpty && !cases.isEmpty {
            ParameterReader(reading: self.reading).reportUnused(axes, acts: acts, expectations: expectations)
        }
        return cases
    }

    /// Every word that `when` and `except` may choose by.
    private func knownChoices(_ axes: [ParameterReader.Axis], deliveries: [String]) -> [String: [String]] {
        var known = [
            "role": Role.allCases.map(\.rawValue), "engine": ClientPlan.Engine.allCases.map(\.rawValue),
            "deliver": deliveries,
        ]
        for axis in axes { known[axis.name] = axis.options.map(\.name) }
        return known
    }

    /// `deliver:`; one entry that is `nil` when there is none, so that the product has a factor.
    private func deliveries(_ parts: Parts) -> [(name: String?, node: YAMLNode)?] {
        guard let list = parts.node("deliver") else { return [nil] }
        let nodes = self.reading.elements(list)
        guard nodes.count > 1 else { return nodes.map { (nil, $0) } }
        return nodes.map { node in
            let object = ObjectReader(node, Grammar.delivery, self.reading)
            let name = object?.required("name", in: "each of several deliveries").flatMap { self.reading.text($0) }
            return (name ?? "", node)
        }
    }

    private func testCase(
        of scenario: Scenario,
        _ parts: Parts,
        role: Role,
        engine: ClientPlan.Engine,
        program: String?,
        choices: [Case.Choice],
        delivery deliveryNode: YAMLNode?,
        matcher: ChoiceMatcher,
        scope baseScope: Scope,
        expectations: ChoiceUsage
    ) -> Case? {
        let id = scenario.id + "[" + choices.map { "\($0.name)=\($0.value)" }.joined(separator: ",") + "]"
        var names = CaseNames(caseID: id, baseDomain: self.baseDomain)
        var reading = Reading(file: self.file, log: self.log, scope: baseScope)
        reading.scope.texts = ["domain": self.baseDomain, "unknown": names.unknown]
        guard let endpointsNode = parts.required("endpoints", "scenario '\(scenario.id)'", reading),
            let endpointsObject = ObjectReader(endpointsNode, named: "endpoints", keys: nil, reading)
        else { return nil }
        for entry in endpointsObject.entries
        where EndpointReader.reservedKeys.contains(entry.name) || entry.name.contains(".") {
            reading.report("an endpoint cannot be called '\(entry.name)'", at: entry.key)
        }
        var endpoints = self.endpoints(endpointsObject, names, role: role, &reading)
        if let given = self.naming?(id, endpoints), !given.isEmpty {
            names = CaseNames(caseID: id, baseDomain: self.baseDomain, given: given)
            endpoints = self.endpoints(endpointsObject, names, role: role, &reading)
        }
        let limits = self.limits(parts, reading)
        let endpointReader = EndpointReader(reading: reading, recipes: self.recipes)
        let delivery = deliveryNode.flatMap { ClientReader(reading: reading).delivery($0) } ?? Delivery()
        var expecting = reading
        expecting.scope.usage = expectations
        func expectation(
            _ node: YAMLNode,
            _ engine: ClientPlan.Engine,
            _ places: AlternativePlaces
        ) -> GradedExpectation {
            ExpectationReader(
                reading: expecting,
                role: role,
                engine: engine,
                endpoints: endpoints,
                recipes: self.recipes,
                matches: { matcher.matches($0) },
                places: places
            )
            .expectation(node)
        }
        func make(_ client: ClientPlan, _ exchange: Exchange, _ expectation: GradedExpectation, _ play: Play?) -> Case {
            let cut = play?.endpointsWhoseAgentsAreCut ?? []
            let endpoints = endpoints.map { plan in
                var plan = plan
                plan.hasRelayedAgent = cut.contains(plan.key)
                return plan
            }
            var made = Case(
                id: id,
                scenario: scenario.id,
                role: role,
                choices: choices,
                endpoints: endpoints,
                client: client,
                exchange: exchange,
                expectation: expectation,
                play: play
            )
            made.limits = limits
            made.requires = Needs.features(of: made, declared: scenario.requires)
            return made
        }
        if let nodes = self.playNodes(parts, reading) {
            if engine == .program {
                reading.report("a program makes one connection by itself, and takes no steps", at: nodes.steps)
                return nil
            }
            let never = nodes.never.map { reading.elements($0) } ?? []
            let reader = PlayReader(
                reading: reading,
                engine: engine,
                delivery: delivery,
                endpoints: endpoints,
                changes: EndpointChanges(
                    reading: reading,
                    endpoint: { endpointReader.endpoint($0, key: $1, name: names.name(of: $1), role: role) },
                    endpoints: endpointsObject
                ),
                recipes: self.recipes,
                expectation: expectation
            )
            let result = reader.play(
                clients: nodes.clients,
                steps: nodes.steps,
                never: never.compactMap { ExpectationReader.invariant($0, reading) }
            )
            guard let result, let first = result.play.players.first else { return nil }
            let all = GradedExpectation(all: result.places.map(\.step.expectation).compactMap(\.self))
            let made = make(first.plan, .dialogue, all, result.play)
            self.checkRecipes(of: made, at: endpointsNode, client: nodes.clients)
            self.checkAgents(of: made, at: endpointsNode)
            for (step, places, node) in result.places {
                let isToResume = result.play.isToResume(step)
                self.checkSense(of: made.scene(of: step), isToResume: isToResume, places, at: node)
            }
            return made
        }
        if let node = parts.node("limits") {
            reading.report("nobody meets a limit alone: 'limits' needs steps", at: node)
        }
        guard let clientNode = parts.required("client", "scenario '\(scenario.id)'", reading),
            let exchangeNode = parts.required("exchange", "scenario '\(scenario.id)'", reading),
            let expectNode = parts.required("expect", "scenario '\(scenario.id)'", reading),
            var client = ClientReader(reading: reading).onlyClient(clientNode, engine: engine, delivery: delivery),
            let exchange = ExchangeReader(reading: reading).exchange(exchangeNode)
        else { return nil }
        if engine == .bytes && exchange != .wait && exchange != .idle {
            reading.report("a byte client holds no conversation; its exchange is wait or idle", at: exchangeNode)
        }
        client.program = program
        if engine == .program, exchange != .request {
            reading.report(
                "a program asks for a page and holds no other conversation; its exchange is request",
                at: exchangeNode
            )
        }
        if engine == .program, let deliveryNode {
            reading.report("a program sends its own bytes as it likes: 'deliver' is for engines", at: deliveryNode)
        }
        if client.close != nil { exchange.checkClose(of: client.engine, reading, at: exchangeNode) }
        let places = AlternativePlaces()
        let made = make(client, exchange, expectation(expectNode, engine, places), nil)
        self.checkRecipes(of: made, at: endpointsNode, client: clientNode)
        self.checkAgents(of: made, at: endpointsNode)
        self.checkSense(of: made, isToResume: false, places, at: expectNode)
        return made
    }

    /// A crowd that meets them has at most as many again.
    private static let connectionsOfLimits = 1...200

    private func limits(_ parts: Parts, _ reading: Reading) -> [ConnectionLimit: Int] {
        guard let node = parts.node("limits"), let object = ObjectReader(node, Grammar.limits, reading) else {
            return [:]
        }
        if object.entries.isEmpty { reading.report("'limits' says of what there may be how many", at: node) }
        var limits: [ConnectionLimit: Int] = [:]
        for limit in ConnectionLimit.allCases {
            limits[limit] = object.integer(limit.rawValue, in: Self.connectionsOfLimits)
        }
        return limits
    }

    /// A case's endpoints under these names, which the scope knows from then on.
    private func endpoints(
        _ object: ObjectReader,
        _ names: CaseNames,
        role: Role,
        _ reading: inout Reading
    ) -> [EndpointPlan] {
        for entry in object.entries { reading.scope.endpointNames[entry.name] = names.name(of: entry.name) }
        reading.scope.endpointNames = EndpointNames(of: object, reading: reading).names
        let reader = EndpointReader(reading: reading, recipes: self.recipes)
        var endpoints = object.entries.compactMap { entry in
            reader.endpoint(entry.value, key: entry.name, name: names.name(of: entry.name), role: role)
        }
        // Both must agree to it.
        let pools = Set(endpoints.compactMap(\.poolOf))
        for index in endpoints.indices where pools.contains(endpoints[index].key) { endpoints[index].isPooled = true }
        return endpoints
    }

    /// What a case of several connections is made of; `nil` for one of a client and its exchange. A scenario's own keys
    /// decide, whatever its file's defaults have besides.
    private func playNodes(
        _ parts: Parts,
        _ reading: Reading
    ) -> (clients: YAMLNode, steps: YAMLNode, never: YAMLNode?)? {
        let single = ["client", "exchange", "expect"]
        let own = single.compactMap { parts.own.node($0) }
        let isPlay = parts.own.node("steps") != nil || parts.own.node("clients") != nil
        if isPlay, let node = own.first {
            reading.report("a case has either client, exchange and expect, or clients and steps", at: node)
        }
        guard isPlay || (own.isEmpty && parts.node("steps") != nil) else {
            if let never = parts.own.node("never") {
                reading.report("'never' stands in 'expect', unless there are steps", at: never)
            }
            return nil
        }
        guard let clients = parts.required("clients", "a case with steps", reading),
            let steps = parts.required("steps", "a case with clients", reading)
        else { return nil }
        return (clients, steps, parts.node("never"))
    }

    private func checkSense(
        of made: Case,
        isToResume: Bool,
        _ places: AlternativePlaces,
        at expectNode: YAMLNode
    ) {
        // Alternatives that could not be read have places, and are not in the case.
        guard self.log.isEmpty else { return }
        for problem in Contradictions(testCase: made, isToResume: isToResume).problems {
            let nodes = places.nodes[problem.grade] ?? []
            let node = nodes.indices.contains(problem.index) ? nodes[problem.index] : expectNode
            self.reading.report(problem.sentence, at: node)
        }
    }

    /// An endpoint beside another at the same agent needs that other's.
    private func checkAgents(of made: Case, at endpointsNode: YAMLNode) {
        for endpoint in made.endpoints {
            guard let domain = endpoint.servedWith else { continue }
            let isThere = made.endpoints.contains {
                $0.hasOwnAgent && $0.isOnline && $0.servedWith == nil && $0.domain == domain
            }
            if !isThere {
                self.reading.report(
                    "'\(endpoint.key)' is served by the agent of an endpoint that has none of its own, or is a wildcard",
                    at: endpointsNode
                )
            }
        }
    }

    private func checkRecipes(of made: Case, at endpointsNode: YAMLNode, client: YAMLNode) {
        guard let recipes = self.recipes else { return }
        func check(_ name: String?, _ node: YAMLNode) {
            guard let name, !recipes.contains(name) else { return }
            let hint = Suggestion.clause(for: name, among: recipes.sorted())
            self.reading.report("no certificate recipe is called '\(name)'\(hint)", at: node)
        }
        for plan in made.clientPlans { check(plan.certificate, client) }
        for endpoint in made.endpointPlans {
            check(endpoint.certificate, endpointsNode)
            check(endpoint.upstream.certificate, endpointsNode)
            check(endpoint.upstreamClientCertificate, endpointsNode)
            for ca in endpoint.upstream.mutualTLS { check(ca, endpointsNode) }
            for ca in endpoint.mutualTLS { check(ca, endpointsNode) }
            if case .against(let ca) = endpoint.upstreamVerification { check(ca, endpointsNode) }
        }
    }
}

/// A scenario's keys over the file's defaults.
struct Parts {
    let own: ObjectReader
    let defaults: ObjectReader?

    func node(_ key: String) -> YAMLNode? { self.own.node(key) ?? self.defaults?.node(key) }

    func required(_ key: String, _ what: String, _ reading: Reading) -> YAMLNode? {
        if let node = self.node(key) { return node }
        reading.report("\(what) needs '\(key)'", at: self.own.node)
        return nil
    }

    func text(_ key: String, _ what: String, _ reading: Reading) -> String? {
        self.required(key, what, reading).flatMap { reading.text($0) }
    }

    func texts(_ key: String, _ reading: Reading) -> [String] {
        self.node(key).map { reading.texts($0) } ?? []
    }
}
