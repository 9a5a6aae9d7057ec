package import ScenarioModel

/// What was seen of a case, in words that stay the same as long as the edge does the same: outcomes, alerts, endings, versions,
/// ways and classes of time. No times, ports, addresses, sizes of encrypted data or random values.
package struct ObservedFacts: Hashable, Sendable {
    package let text: String

    /// What a target is known to do now and then: which of both it was says nothing.
    package static let nowAndThen = "now-and-then"

    /// - Parameters:
    ///   - deadlines: the target's, in seconds: a connection that ended at one of them has its number for a time.
    ///   - waivers: those of the target; cases of one that is flaky come out now so and now otherwise.
    ///
    /// `nil` where nothing can be told: the case was not played, or the harness could not tell.
    package init?(_ result: CaseResult, deadlines: [Deadline: Double], waivers: Waivers = .none) {
        switch result.verdict.outcome {
        case .unsupported, .skipped, .error: return nil
        case .pass, .passLenient, .informational, .fail, .failShould, .expectedFail, .unexpectedPass, .hang, .flaky:
            break
        }
        guard !waivers.matching(result.testCase.id).contains(where: \.isFlaky) else {
            self.text = Self.nowAndThen
            return
        }
        var words: [String] = []
        if let observation = result.observation {
            words += Self.clients(observation, of: result.testCase, deadlines)
            words += Self.upstreams(observation, of: result.testCase)
            words += Self.steps(observation.steps ?? [])
            if let events = observation.events { words.append("events=\(events.count)") }
        } else {
            words.append("not-played")
        }
        let unmet = Set(result.verdict.failedChecks.map { $0.check.replacing(" ", with: "-") }).sorted()
        if !unmet.isEmpty { words.append("unmet=\(unmet.joined(separator: ","))") }
        self.text = words.joined(separator: " ")
    }

    // MARK: Clients

    /// Those that are alike are counted, since which of a crowd comes first is chance.
    private static func clients(
        _ observation: Observation,
        of testCase: Case,
        _ deadlines: [Deadline: Double]
    ) -> [String] {
        guard testCase.play != nil else {
            return observation.clients.last.map { Self.words(of: $0, in: testCase, deadlines) } ?? []
        }
        var counts: [String: Int] = [:]
        for client in observation.clients {
            let words = Self.words(of: client, in: testCase, deadlines).joined(separator: ",")
            counts["\(client.name ?? "client")(\(words))", default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { $1 == 1 ? $0 : "\($0)×\($1)" }
    }

    private static func words(
        of client: ClientObservation,
        in testCase: Case,
        _ deadlines: [Deadline: Double]
    ) -> [String] {
        if client.leg.ending == .refused { return ["no-connection"] }
        let handshake = client.handshake
        var words = [handshake.isCompleted ? "completed" : handshake.isAnswered ? "answered" : "refused"]
        if handshake.isAnswered || handshake.isCompleted {
            if let version = handshake.version { words.append("tls=\(version.rawValue)") }
            if let suite = handshake.cipherSuite { words.append("suite=\(suite.replacing(" ", with: "-"))") }
            if let alpn = handshake.alpn { words.append("alpn=\(alpn.replacing(" ", with: "-"))") }
            if handshake.isResumed == true { words.append("resumed") }
            if handshake.certificateWasRequested { words.append("certificate-requested") }
        }
        if let early = handshake.earlyData { words.append("early-data=\(early.rawValue)") }
        if let retry = handshake.retryRequest { words.append("retry=\(retry.group ?? "yes")") }
        let alerts = handshake.alertsReceived.filter { $0.level == 2 }.map(\.name)
        if !alerts.isEmpty { words.append("alert=\(alerts.joined(separator: "+"))") }
        if !handshake.isCompleted, !handshake.isAnswered, client.leg.receivedCount > 0, handshake.alertsReceived.isEmpty
        {
            words.append("said-something-else")
        }
        // Whoever has said and heard all leaves: what the other side does then is nobody's answer.
        if client.exchangeCompleted, testCase.exchange.isOverWhenSaid, alerts.isEmpty { return words }
        // A byte client leaves a moment after the ServerHello, whether the other side has ended by then or not.
        let hasLeft = testCase.client.engine == .bytes && handshake.isAnswered && testCase.exchange == .wait
        if hasLeft, testCase.client.close == nil, alerts.isEmpty { return words }
        words.append("end=\(Self.ending(client, hasAlert: !alerts.isEmpty))")
        if [.fin, .reset].contains(client.leg.ending), testCase.exchange.isWaiting {
            words.append("after=\(Self.time(client.leg.endedAfter / 1_000, deadlines))")
        }
        return words
    }

    private static func ending(_ client: ClientObservation, hasAlert: Bool) -> String {
        // FIN or a reset behind an alert or a close_notify hangs on what the edge had not read by then.
        if hasAlert { return "alert" }
        if client.handshake.closeNotifyReceived { return "close-notify" }
        switch client.leg.ending {
        case .fin, .reset:
            if client.leg.receivedCount == 0 { return "silent-close" }
            return client.leg.ending == .reset ? "reset" : "fin"
        case .closedByUs: return "ours"
        case .stillOpen: return "open"
        case .refused: return "none"
        }
    }

    /// The class of a time: a declared deadline, `at-once`, or whole seconds. Deadlines come late and not early, so it is the last
    /// that may have come.
    private static func time(_ seconds: Double, _ deadlines: [Deadline: Double]) -> String {
        let declared = Set(deadlines.values).filter { Self.early($0)...Deadline.window(of: $0).upperBound ~= seconds }
            .max()
        if let declared { return declared == declared.rounded() ? "\(Int(declared))s" : "\(declared)s" }
        return ProbeFinding.timeClass(seconds).replacing(" ", with: "-")
    }

    /// An edge counts from when it accepted, which may be a moment before its client knew.
    private static func early(_ deadline: Double) -> Double { max(0, deadline - 0.25) }

    // MARK: Upstreams

    private static func upstreams(_ observation: Observation, of testCase: Case) -> [String] {
        var words: [String] = []
        var reached: Set<String> = []
        var dialled: Set<String> = []
        for upstream in observation.upstreams where !upstream.connections.isEmpty {
            // Of a stranger's endpoint the name has the case's number in it.
            let isKnown =
                upstream.endpoint == Behaviour.decoy || testCase.endpoints.contains { $0.key == upstream.endpoint }
            let name = isKnown ? upstream.endpoint : "a-strangers"
            let hasBytes = upstream.connections.contains { $0.leg.firstReadCount > 0 || $0.leg.receivedCount > 0 }
            if hasBytes { reached.insert(name) } else { dialled.insert(name) }
        }
        words.append("reached=\(reached.isEmpty ? "nobody" : reached.sorted().joined(separator: "+"))")
        if !dialled.isEmpty { words.append("dialled=\(dialled.sorted().joined(separator: "+"))") }
        let connections = observation.upstreams.flatMap(\.connections)
        let headers = Set(
            connections.compactMap { connection -> String? in
                switch connection.proxyHeader {
                case .absent: nil
                case .valid(let version, let source, _, _, _, _): "\(version)\(source == nil ? "-nobody" : "")"
                case .invalid: "invalid"
                }
            }
        )
        if !headers.isEmpty { words.append("proxy=\(headers.sorted().joined(separator: "+"))") }
        let versions = Set(connections.compactMap { $0.handshake?.version?.rawValue })
        if testCase.role.isReEncrypted, !versions.isEmpty {
            words.append("upstream-tls=\(versions.sorted().joined(separator: "+"))")
        }
        return words
    }

    private static func steps(_ steps: [StepObservation]) -> [String] {
        steps.compactMap { step in
            var words: [String] = []
            if let answer = step.answer { words.append("\(answer.status)") }
            if !step.troubles.isEmpty { words.append("trouble") }
            guard !words.isEmpty else { return nil }
            return "step-\(step.number)=\(words.joined(separator: "+"))"
        }
    }
}

extension Exchange {
    /// Whether the client leaves by itself when it has said and heard all.
    fileprivate var isOverWhenSaid: Bool {
        switch self {
        case .echo, .transfer, .clientHalfClose, .upstreamHalfClose, .upstreamFirst, .dialogue, .clientResets: true
        case .wait, .clientCloses, .upstreamCloses, .upstreamResets, .upstreamTruncates, .breach, .idle,
            .clientHalfOpen, .upstreamHalfOpen, .request:
            false
        }
    }

    /// Whether nothing is left to be said, so that how long it takes is the edge's doing, and not that of a busy machine.
    fileprivate var isWaiting: Bool {
        switch self {
        case .wait, .idle, .clientHalfOpen, .upstreamHalfOpen: true
        case .echo, .transfer, .clientHalfClose, .upstreamHalfClose, .upstreamFirst, .clientCloses, .upstreamCloses,
            .upstreamResets, .upstreamTruncates, .clientResets, .breach, .dialogue, .request:
            false
        }
    }
}
