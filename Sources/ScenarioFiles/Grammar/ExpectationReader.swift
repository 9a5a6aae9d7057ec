import ConfigurationFiles
import ScenarioModel

/// `expect:` of one case.
struct ExpectationReader {
    let reading: Reading
    let role: Role
    let engine: ClientPlan.Engine
    let endpoints: [EndpointPlan]
    /// The recipes a certificate may be called by; `nil` knows none and takes every name.
    let recipes: Set<String>?
    /// Whether this case is among those that a `when` describes.
    let matches: (YAMLNode) -> Bool
    let places: AlternativePlaces

    func expectation(_ node: YAMLNode) -> GradedExpectation {
        var graded = GradedExpectation(strict: [])
        guard let object = ObjectReader(node, Grammar.expect, self.reading) else { return graded }
        self.apply(object, to: &graded)
        for other in Role.allCases {
            guard let node = object.node(other.rawValue),
                let grades = ObjectReader(node, Grammar.roleGrades, self.reading)
            else { continue }
            if other == self.role { self.apply(grades, to: &graded) }
        }
        for node in object.node("overrides").map({ self.reading.elements($0) }) ?? [] {
            guard let override = ObjectReader(node, Grammar.override, self.reading),
                let when = override.required("when", in: "override")
            else { continue }
            if self.matches(when) { self.apply(override, to: &graded) }
        }
        if graded.strict.isEmpty {
            self.reading.report("expect needs a strict expectation for every case", at: node)
        }
        return graded
    }

    private func apply(_ object: ObjectReader, to graded: inout GradedExpectation) {
        if let node = object.node("strict") { graded.strict = self.alternatives(node, .strict) }
        if let node = object.node("lenient") { graded.lenient = self.alternatives(node, .lenient) }
        if let node = object.node("tolerated") { graded.tolerated = self.alternatives(node, .tolerated) }
        if let node = object.node("never") {
            graded.never = self.reading.elements(node).compactMap { Self.invariant($0, self.reading) }
        }
    }

    private func alternatives(_ node: YAMLNode, _ grade: AlternativePlaces.Grade) -> [Expectation] {
        let nodes = self.reading.elements(node)
        self.places.nodes[grade] = nodes
        return nodes.compactMap { self.alternative($0) }
    }

    static let invariants: [(word: String, invariant: Invariant)] = [
        ("other-contacted", .otherContacted), ("any-contacted", .anyContacted),
        ("upstream-got-data", .upstreamGotData), ("client-certificate-skipped", .clientCertificateSkipped),
        ("plaintext-reply", .plaintextReply),
    ]

    static func invariant(_ node: YAMLNode, _ reading: Reading) -> Invariant? {
        guard let text = reading.text(node) else { return nil }
        if let known = Self.invariants.first(where: { $0.word == text }) { return known.invariant }
        let known = Self.invariants.map(\.word)
        let hint = Suggestion.clause(for: text, among: known)
        reading.report("'\(text)' is no invariant: \(Reading.list(known))\(hint)", at: node)
        return nil
    }

    private func alternative(_ node: YAMLNode) -> Expectation? {
        guard let object = ObjectReader(node, Grammar.expectation, self.reading) else { return nil }
        if object.keys.isEmpty {
            self.reading.report("an expectation that checks nothing cannot fail", at: node)
        }
        if self.engine == .bytes {
            if let node = object.node("alpn") {
                self.reading.report("a byte client cannot see 'alpn'; use a TLS engine", at: node)
            }
        }
        if self.engine == .program {
            for key in ["terminated-by", "certificate", "alpn", "resumed", "early-data"] {
                guard let node = object.node(key) else { continue }
                self.reading.report(
                    "what a program says inside TLS nobody sees, and so not '\(key)'; it verifies the certificate itself",
                    at: node
                )
            }
        }
        var value = Expectation()
        value.route = object.node("route").flatMap { self.route($0) }
        value.dialled = object.word("dialled", as: Expectation.Dialled.self)
        value.handshake = object.node("handshake").flatMap { self.handshake($0) }
        value.terminatedBy = object.node("terminated-by").flatMap { self.party($0, routedTo: value.route) }
        value.certificate = object.node("certificate").flatMap { self.recipe($0) }
        value.version = object.word("version", as: TLSVersion.self)
        if let node = object.node("resumed") {
            value.isResumed = self.reading.bool(node)
            if !self.engine.can(.resumption) {
                self.reading.report("a client of \(self.engine.rawValue) cannot tell 'resumed'", at: node)
            }
        }
        value.earlyData =
            object.node("early-data").map { node in
                self.reading.elements(node).compactMap {
                    self.reading.word($0, "fate of early data", as: HandshakeObservation.EarlyData.self)
                }
            } ?? []
        value.isRetried = object.bool("retried")
        value.alpn = object.text("alpn").map { $0 == "none" ? .none : .selected($0) }
        value.bytes = object.node("bytes").flatMap { self.fidelity($0) }
        value.alerts = object.node("alerts").map { self.alerts($0) } ?? []
        value.endings =
            object.node("endings").map { node in
                self.reading.elements(node).compactMap { self.reading.word($0, "ending", as: Expectation.Ending.self) }
            } ?? []
        value.upstreamEndings =
            object.node("upstream-ending").map { node in
                self.reading.elements(node).compactMap {
                    self.reading.word($0, "ending", as: Expectation.UpstreamEnding.self)
                }
            } ?? []
        value.within = object.node("within").flatMap { self.within($0) }
        value.firstByteWithin = object.node("first-byte-within").flatMap { self.within($0) }
        value.handshakeWithin = object.node("handshake-within").flatMap { self.within($0) }
        if self.engine == .bytes, let node = object.node("handshake-within") {
            self.reading.report(
                "a byte client completes no handshake; 'first-byte-within' is what it can see",
                at: node
            )
        }
        value.proxy = object.node("proxy").flatMap { self.proxy($0) }
        value.event = object.node("event").flatMap { self.event($0) }
        value.upstreamServerName = object.text("upstream-server-name").map { text in
            switch text {
            case "clients": .clients
            case "none": .none
            default: .name(text)
            }
        }
        value.upstreamClientCertificate = object.node("upstream-client-certificate").flatMap { node in
            self.reading.text(node) == "none" ? .some(.none) : self.recipe(node).map { .recipe($0) }
        }
        return value
    }

    private func choice<Value>(_ node: YAMLNode, _ what: String, _ known: [(String, Value)]) -> Value? {
        guard let text = self.reading.text(node) else { return nil }
        if let found = known.first(where: { $0.0 == text }) { return found.1 }
        let words = known.map(\.0)
        let hint = Suggestion.clause(for: text, among: words)
        self.reading.report("'\(text)' is no \(what): \(words.joined(separator: ", "))\(hint)", at: node)
        return nil
    }

    /// An endpoint, several of which any will do, or `none`.
    private func route(_ node: YAMLNode) -> Expectation.Route? {
        let known = self.endpoints.map(\.key).map { ($0, Expectation.Route.endpoint($0)) }
        let nodes = self.reading.elements(node)
        guard nodes.count > 1 else {
            return self.choice(node, "endpoint", known + [("none", Expectation.Route.none)])
        }
        let routes = nodes.compactMap { self.choice($0, "endpoint", known) }
        return routes.count == nodes.count ? .endpoints(routes.flatMap(\.keys)) : nil
    }

    private func handshake(_ node: YAMLNode) -> Expectation.Handshake? {
        let value = self.choice(
            node,
            "handshake",
            [("completed", Expectation.Handshake.completed), ("answered", .answered), ("refused", .refused)]
        )
        if value == .completed && self.engine == .bytes {
            self.reading.report("a byte client completes no handshake; 'answered' is what it can see", at: node)
        }
        return value
    }

    /// `role` is whoever terminates for the endpoint that the expectation routes to.
    private func party(_ node: YAMLNode, routedTo route: Expectation.Route?) -> Party? {
        var role = self.role
        if let key = route?.keys.first, let endpoint = self.endpoints.first(where: { $0.key == key }) {
            role = endpoint.role
        }
        return self.choice(
            node,
            "party",
            [("role", role.terminatingParty), ("edge", .edge), ("agent", .agent), ("upstream", .upstream)]
        )
    }

    private func recipe(_ node: YAMLNode) -> String? {
        guard let name = self.reading.text(node) else { return nil }
        if let recipes = self.recipes, !recipes.contains(name) {
            let hint = Suggestion.clause(for: name, among: recipes.sorted())
            self.reading.report("no certificate recipe is called '\(name)'\(hint)", at: node)
        }
        return name
    }

    private func fidelity(_ node: YAMLNode) -> Expectation.Fidelity? {
        self.choice(node, "fidelity", [("identical", .identical)])
    }

    private func alerts(_ node: YAMLNode) -> [String] {
        self.reading.elements(node).compactMap { element in
            guard let text = self.reading.text(element) else { return nil }
            if Self.alertNames.contains(text) { return text }
            let hint = Suggestion.clause(for: text, among: Self.alertNames)
            self.reading.report("no alert is called '\(text)'\(hint)", at: element)
            return nil
        }
    }

    /// IANA "TLS Alerts", without the warnings that never end a handshake.
    static let alertNames = [
        "unexpected_message", "bad_record_mac", "record_overflow", "handshake_failure", "bad_certificate",
        "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown",
        "illegal_parameter", "unknown_ca", "access_denied", "decode_error", "decrypt_error", "protocol_version",
        "insufficient_security", "internal_error", "inappropriate_fallback", "missing_extension",
        "unsupported_extension", "unrecognized_name", "certificate_required", "no_application_protocol",
    ]

    /// `{ deadline: hello }`, or `{ to: 2500ms }` and `{ from: 1s, to: 2s }` from connecting.
    private func within(_ node: YAMLNode) -> Expectation.Within? {
        guard let object = ObjectReader(node, Grammar.within, self.reading) else { return nil }
        let deadline = object.word("deadline", as: Deadline.self)
        let from = object.node("from").map { self.reading.milliseconds($0) }
        let to = object.node("to").map { self.reading.milliseconds($0) }
        switch (deadline, from, to) {
        case (let deadline?, nil, nil): return .deadline(deadline)
        case (nil, nil, .some(let to?)): return .milliseconds(0...to)
        case (nil, .some(let from?), .some(let to?)) where from <= to: return .milliseconds(from...to)
        default:
            self.reading.report("within is either a deadline, or 'to' with an earlier 'from' or none", at: node)
            return nil
        }
    }

    private func proxy(_ node: YAMLNode) -> Expectation.ProxyHeader? {
        self.choice(node, "PROXY header", [("none", .absent), ("1", .version(1)), ("2", .version(2))])
    }

    private func event(_ node: YAMLNode) -> Expectation.Event? {
        if self.reading.resolved(node).isMapping {
            guard let object = ObjectReader(node, Grammar.event, self.reading) else { return nil }
            if object.entries.isEmpty {
                self.reading.report("'event' says 'ip-policy' or 'logs', or is the word 'one' or 'none'", at: node)
            }
            let decision = object.node("ip-policy").flatMap {
                self.choice($0, "decision", [("allow", "allow"), ("block", "block")])
            }
            return .one(ipPolicyDecision: decision, logs: object.node("logs").map { self.logs($0) })
        }
        return self.choice(
            node,
            "event",
            [("one", Expectation.Event.one()), ("none", Expectation.Event.none)]
        )
    }

    /// A mapping for each; none at all is an empty list.
    private func logs(_ node: YAMLNode) -> [[String: String]] {
        self.reading.elements(node).compactMap { element in
            ObjectReader(element, named: "logs", keys: nil, self.reading).map { object in
                object.entries.reduce(into: [:]) { $0[$1.name] = self.reading.text($1.value) }
            }
        }
    }
}
