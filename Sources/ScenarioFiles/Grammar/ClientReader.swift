import Addresses
import ConfigurationFiles
import ScenarioModel

/// `client:` and `deliver:` of one case.
struct ClientReader {
    let reading: Reading

    /// The client of a case that has one.
    func onlyClient(_ node: YAMLNode, engine: ClientPlan.Engine, delivery: Delivery) -> ClientPlan? {
        if let object = ObjectReader(node, Grammar.client, self.reading) {
            for key in Grammar.ofSeveral {
                guard let node = object.node(key) else { continue }
                self.reading.report("'\(key)' is for clients of a case with steps", at: node)
            }
        }
        return self.client(node, engine: engine, delivery: delivery)
    }

    func client(_ node: YAMLNode, engine: ClientPlan.Engine, delivery: Delivery) -> ClientPlan? {
        guard let object = ObjectReader(node, Grammar.client, self.reading),
            let sniNode = object.required("sni", in: "client (write 'none' to send no server name)"),
            let sni = self.reading.text(sniNode)
        else { return nil }
        var plan = ClientPlan(engine: engine, serverName: sni == "none" ? nil : sni, delivery: delivery)
        if let version = object.word("version", as: TLSVersion.self) {
            plan.minimumVersion = version
            plan.maximumVersion = version
            if let other = object.node("min-version") ?? object.node("max-version") {
                self.reading.report("'version' is this version and no other", at: other)
            }
        }
        if let version = object.word("min-version", as: TLSVersion.self) { plan.minimumVersion = version }
        if let version = object.word("max-version", as: TLSVersion.self) { plan.maximumVersion = version }
        if plan.minimumVersion > plan.maximumVersion {
            self.reading.report("the client's smallest version is above its largest", at: node)
        }
        plan.alpn = object.texts("alpn")
        if let node = object.node("tickets"), let usesTickets = self.reading.bool(node) {
            plan.usesTickets = usesTickets
            if !usesTickets { self.needs(.resumption, "tickets: false", of: engine, at: node) }
            if !usesTickets, plan.maximumVersion > .tls12 {
                self.reading.report("TLS 1.3 knows sessions by tickets only; say max-version: 1.2 too", at: node)
            }
        }
        plan.groups = object.texts("groups")
        if let node = object.node("groups") { self.needs(.groups, "groups", of: engine, at: node) }
        plan.ciphers = self.offered(object, "ciphers", "cipher suite", OfferedNames.ciphers, of: engine)
        self.checkVersions(of: plan, at: object.node("ciphers"))
        plan.signatureAlgorithms = self.offered(
            object,
            "signature-algorithms",
            "signature algorithm",
            OfferedNames.signatureAlgorithms,
            of: engine
        )
        if let node = object.node("sni-after-retry") {
            plan.serverNameAfterRetry = self.reading.text(node)
            self.needs(.groups, "sni-after-retry", of: engine, at: node)
        }
        if let node = object.node("preface"), let object = ObjectReader(node, Grammar.preface, self.reading) {
            plan.preface = self.bytes(object, "preface") ?? ByteString()
            plan.prefaceSize = object.integer("size", in: 1...65_535)
            plan.announced = self.announcement(object)
        }
        plan.certificate = object.text("certificate").flatMap { $0 == "none" ? nil : $0 }
        plan.source = object.word("source", as: ClientPlan.Source.self) ?? .loopback
        plan.close = object.word("close", as: ClientPlan.Close.self)
        if plan.close == .reset, engine != .bytes {
            self.reading.report(
                "'close: reset' is for engines: bytes; others reset by exchange: client-resets, or the step 'reset'",
                at: object.node("close")
            )
        }
        plan.opening = self.opening(object, engine: engine)
        if engine == .program {
            for key in ["preface", "close", "source", "min-version", "max-version"] {
                guard let node = object.node(key) else { continue }
                self.reading.report("'\(key)' is for engines of our own; a program cannot be told", at: node)
            }
        }
        plan.secondFlight = object.node("second-flight").flatMap { self.secondFlight($0, of: plan) }
        return plan
    }

    private func secondFlight(_ node: YAMLNode, of plan: ClientPlan) -> ClientPlan.SecondFlight? {
        guard let object = ObjectReader(node, Grammar.secondFlight, self.reading),
            let cue = object.required("after", in: "second-flight")
                .flatMap({ self.reading.word($0, "cue", as: ClientPlan.SecondFlight.Cue.self) })
        else { return nil }
        if plan.engine != .bytes {
            self.reading.report("'second-flight' needs engines: bytes; others go on by themselves", at: node)
        }
        if plan.close != nil { self.reading.report("who closes behind the first flight sends no second", at: node) }
        let reader = HelloReader(reading: self.reading)
        switch (object.node("hello"), object.node("records")) {
        case (let hello?, nil):
            var serverName = plan.serverName
            if let sni = object.text("sni") { serverName = sni == "none" ? nil : sni }
            return reader.hello(hello).map { ClientPlan.SecondFlight(after: cue, .hello($0, serverName: serverName)) }
        case (nil, let records?):
            if let sni = object.node("sni") { self.reading.report("'sni' is the hello's", at: sni) }
            let read = self.reading.elements(records).compactMap { reader.record($0) }
            if read.isEmpty { self.reading.report("a second flight of no records says nothing", at: records) }
            return ClientPlan.SecondFlight(after: cue, .records(read))
        default:
            self.reading.report("a second flight is either a hello or records", at: node)
            return nil
        }
    }

    /// Whose connection a preface tells, where it is a PROXY header that does.
    private func announcement(_ object: ObjectReader) -> ClientPlan.Announcement? {
        switch (object.node("client"), object.node("server")) {
        case (nil, nil): return nil
        case (let client?, let server?):
            guard let client = self.address(client), let server = self.address(server) else { return nil }
            return ClientPlan.Announcement(client: client, server: server)
        case (let node?, nil), (nil, let node?):
            self.reading.report("a header that names one end of a connection names both: client and server", at: node)
            return nil
        }
    }

    private func address(_ node: YAMLNode) -> TransportAddress? {
        guard let text = self.reading.text(node) else { return nil }
        guard let address = TransportAddress(text) else {
            self.reading.report("'\(text)' is no IP address and port such as 192.0.2.1:4660", at: node)
            return nil
        }
        return address
    }

    /// Names of a registry, in the order in which they are offered.
    private func offered(
        _ object: ObjectReader,
        _ key: String,
        _ what: String,
        _ known: [String],
        of engine: ClientPlan.Engine
    ) -> [String] {
        guard let node = object.node(key) else { return [] }
        self.needs(.ciphers, key, of: engine, at: node)
        return self.reading.elements(node).compactMap { element in
            guard let name = self.reading.text(element) else { return nil }
            if known.contains(name) { return name }
            let hint = Suggestion.clause(for: name, among: known)
            self.reading.report("'\(name)' is no \(what) that a client can be told to offer\(hint)", at: element)
            return nil
        }
    }

    /// A client that speaks a version has a suite for it, and suites of versions that it does not speak are never seen.
    private func checkVersions(of plan: ClientPlan, at node: YAMLNode?) {
        guard let node, !plan.ciphers.isEmpty else { return }
        let hasModern = plan.ciphers.contains { OfferedNames.ciphersOfTLS13.contains($0) }
        let hasOlder = plan.ciphers.contains { OfferedNames.ciphersOfTLS12.contains($0) }
        if hasModern != (plan.maximumVersion >= .tls13) {
            let trouble = hasModern ? "which is not offered" : "which is offered; say max-version: 1.2 too"
            self.reading.report("'ciphers' has \(hasModern ? "some" : "none") of TLS 1.3, \(trouble)", at: node)
        }
        if hasOlder != (plan.minimumVersion < .tls13) {
            let trouble = hasOlder ? "which is not offered" : "which is offered; say version: 1.3 too"
            self.reading.report("'ciphers' has \(hasOlder ? "some" : "none") of TLS 1.2, \(trouble)", at: node)
        }
    }

    /// What only some engines can do is an error where another is asked for it.
    func needs(
        _ ability: ClientPlan.Ability,
        _ what: String,
        of engine: ClientPlan.Engine,
        at node: YAMLNode
    ) {
        guard !engine.can(ability) else { return }
        let able = ClientPlan.Engine.allCases.filter { $0.can(ability) }.map(\.rawValue)
        self.reading.report("'\(what)' needs engines: \(able.joined(separator: " or "))", at: node)
    }

    private func opening(_ object: ObjectReader, engine: ClientPlan.Engine) -> Opening {
        let given = ["hello", "raw", "silent"].filter { object.node($0) != nil }
        switch (engine, given.count) {
        case (.bytes, 1): break
        case (.bytes, _):
            self.reading.report("a client of the bytes engine needs one of hello, raw and silent", at: object.node)
            return .nothing
        case (_, 0): return .engineHello
        default:
            self.reading.report(
                "'\(given[0])' needs engines: bytes; \(engine.rawValue) makes its own hello",
                at: object.node
            )
            return .engineHello
        }
        if let node = object.node("hello") {
            return .builtHello(HelloReader(reading: self.reading).hello(node) ?? HelloPlan())
        }
        if let node = object.node("raw") { return self.raw(node) }
        if object.bool("silent") == false {
            self.reading.report("'silent: false' says nothing; leave it out", at: object.node)
        }
        return .nothing
    }

    private func raw(_ node: YAMLNode) -> Opening {
        guard let object = ObjectReader(node, Grammar.raw, self.reading) else { return .nothing }
        let name = object.required("name", in: "raw").flatMap { self.reading.text($0) } ?? ""
        return .raw(name: name, bytes: self.bytes(object, "raw") ?? ByteString())
    }

    /// The bytes of an object that has `text` or `hex`.
    private func bytes(_ object: ObjectReader, _ what: String) -> ByteString? {
        HelloReader(reading: self.reading).bytes(object, what)
    }

    func delivery(_ node: YAMLNode) -> Delivery? {
        guard let object = ObjectReader(node, Grammar.delivery, self.reading) else { return nil }
        var delivery = Delivery()
        if let node = object.node("records"),
            let records = ObjectReader(node, Grammar.recordDelivery, self.reading)
        {
            delivery.recordCuts = self.cuts(records, inSegments: false)
            delivery.recordSize = records.integer("size", in: 1...16_384)
        }
        if let node = object.node("segments"),
            let segments = ObjectReader(node, Grammar.segmentDelivery, self.reading)
        {
            delivery.segmentCuts = self.cuts(segments, inSegments: true)
            delivery.segmentSize = segments.integer("size", in: 1...65_535)
            delivery.gapMilliseconds = segments.node("gap").flatMap { self.reading.milliseconds($0) } ?? 0
        }
        return delivery
    }

    static let cutNames = [
        "inside-record-header", "inside-handshake-header", "before-server-name", "inside-server-name",
        "after-server-name", "middle", "before-last-byte",
    ]

    private func cuts(_ object: ObjectReader, inSegments: Bool) -> [Delivery.CutPoint] {
        guard let node = object.node("cuts") else { return [] }
        return self.reading.elements(node).compactMap { element -> Delivery.CutPoint? in
            guard let text = self.reading.text(element) else { return nil }
            switch text {
            case "inside-record-header":
                if inSegments { return .insideRecordHeader }
                self.reading.report("only a segment can be cut inside a record header", at: element)
                return nil
            case "inside-handshake-header": return .insideHandshakeHeader
            case "before-server-name": return .beforeServerName
            case "inside-server-name": return .insideServerName
            case "after-server-name": return .afterServerName
            case "middle": return .middle
            case "before-last-byte": return .beforeLastByte
            default:
                if let offset = Int(text), offset > 0 { return .offset(offset) }
                let hint = Suggestion.clause(for: text, among: Self.cutNames)
                let known = Self.cutNames.joined(separator: ", ")
                self.reading.report("'\(text)' is no place to cut: \(known) or an offset\(hint)", at: element)
                return nil
            }
        }
    }
}
