import ScenarioModel

/// Alternatives that no connection can show, and alternatives that can decide nothing because another holds whenever they do.
///
/// Either is a slip of the pen: what was meant is not checked.
struct Contradictions {
    let testCase: Case
    /// Its client offers a session.
    let isToResume: Bool

    struct Problem: Hashable {
        var grade: AlternativePlaces.Grade
        /// In the grade.
        var index: Int
        var sentence: String
    }

    var problems: [Problem] {
        let alternatives = self.alternatives
        var problems: [Problem] = []
        for (number, later) in alternatives.enumerated() {
            for sentence in self.contradictions(in: later.expectation) {
                problems.append(Problem(grade: later.grade, index: later.index, sentence: sentence))
            }
            let others = alternatives.enumerated().filter { $0.offset != number }
            let cover = others.first { offset, earlier in
                guard earlier.grade <= later.grade, earlier.expectation.covers(later.expectation) else { return false }
                // Of two equal ones the second is one too many.
                return earlier.grade < later.grade || offset < number || earlier.expectation != later.expectation
            }
            if let cover = cover?.element {
                let sentence =
                    cover.expectation == later.expectation
                    ? "this alternative stands in '\(cover.grade)' already"
                    : "this alternative decides nothing: one of '\(cover.grade)' holds whenever it does"
                problems.append(Problem(grade: later.grade, index: later.index, sentence: sentence))
            }
        }
        return problems
    }

    private var alternatives: [(grade: AlternativePlaces.Grade, index: Int, expectation: Expectation)] {
        let graded = self.testCase.expectation
        return [
            (AlternativePlaces.Grade.strict, graded.strict), (.lenient, graded.lenient), (.tolerated, graded.tolerated),
        ]
        .flatMap { grade, expectations in
            expectations.enumerated().map { (grade, $0.offset, $0.element) }
        }
    }

    private func contradictions(in expectation: Expectation) -> [String] {
        self.ending(of: expectation) + self.refusal(in: expectation) + self.way(of: expectation)
            + self.offer(behind: expectation) + self.sight(of: expectation) + self.invariants(against: expectation)
    }

    // MARK: What contradicts what

    private func ending(of expectation: Expectation) -> [String] {
        var sentences: [String] = []
        if !expectation.alerts.isEmpty, let other = expectation.endings.first(where: { $0 != .alert }) {
            sentences.append("a connection on which one of these alerts came does not end with '\(other.rawValue)'")
        }
        let hasAnswer = expectation.handshake == .completed || expectation.handshake == .answered
        if self.testCase.client.close == .reset {
            let unseen = [
                ("handshake", expectation.handshake != nil), ("alerts", !expectation.alerts.isEmpty),
                ("endings", !expectation.endings.isEmpty), ("within", expectation.within != nil),
                ("first-byte-within", expectation.firstByteWithin != nil),
            ]
            sentences += unseen.filter(\.1).map { "a client that resets at once does not wait to see '\($0.0)'" }
        }
        if expectation.endings == [.silentClose], expectation.firstByteWithin != nil {
            sentences.append("'silent-close' is an end without a byte, and 'first-byte-within' waits for one")
        }
        if expectation.endings.contains(.silentClose), hasAnswer {
            sentences.append("'silent-close' is an end without a byte, and a handshake that was answered has some")
        }
        return sentences
    }

    private func refusal(in expectation: Expectation) -> [String] {
        var sentences: [String] = []
        if expectation.handshake == .refused, expectation.terminatedBy != nil {
            sentences.append("a refused handshake is terminated by nobody; 'certificate' is what it can show")
        }
        if expectation.handshake == .refused, expectation.bytes != nil,
            self.endpoint(of: expectation)?.role != .passthrough
        {
            sentences.append("where the handshake is refused no bytes come through that could be identical")
        }
        // To a TLS engine, refused means that nothing came back, and completed that something did; whoever only waits
        // gets nothing either way.
        if self.testCase.client.engine != .bytes, self.testCase.exchange == .wait,
            let handshake = expectation.handshake,
            handshake != .answered
        {
            sentences.append(
                "a TLS client that only waits cannot tell whether it was '\(handshake.rawValue)'; its exchange should be echo"
            )
        }
        return sentences
    }

    private func way(of expectation: Expectation) -> [String] {
        switch expectation.route {
        case nil: return []
        case .some(.none):
            var impossible: [String] = []
            if expectation.bytes != nil { impossible.append("bytes") }
            if expectation.proxy != nil { impossible.append("proxy") }
            if expectation.upstreamServerName != nil { impossible.append("upstream-server-name") }
            if case .recipe? = expectation.upstreamClientCertificate {
                impossible.append("upstream-client-certificate")
            }
            if !expectation.upstreamEndings.isEmpty { impossible.append("upstream-ending") }
            if expectation.terminatedBy == .upstream { impossible.append("terminated-by: upstream") }
            if expectation.handshake == .completed { impossible.append("handshake: completed") }
            return impossible.map { "'\($0)' needs an upstream, and the route is none" }
        case .endpoints(let keys):
            return self.testCase.endpoints.filter { keys.contains($0.key) }
                .flatMap { self.way(to: $0, of: expectation) }
        }
    }

    private func way(to endpoint: EndpointPlan, of expectation: Expectation) -> [String] {
        var sentences: [String] = []
        if !endpoint.isOnline { sentences.append("nothing reaches '\(endpoint.key)', which is offline") }
        if !endpoint.upstream.isListening {
            sentences.append("nothing reaches '\(endpoint.key)', whose upstream does not listen")
        }
        if case .one(ipPolicyDecision: "block", _)? = expectation.event {
            sentences.append("a client that the IP policy blocked reaches nobody")
        }
        if expectation.upstreamEndings.contains(.truncated), !endpoint.role.upstreamIsTLS {
            sentences.append("the upstream of '\(endpoint.key)' gets no TLS, and so nothing that could be 'truncated'")
        }
        if expectation.upstreamServerName != nil, !endpoint.role.upstreamIsTLS {
            sentences.append("the upstream of '\(endpoint.key)' gets no TLS, and so no server name")
        }
        if expectation.upstreamClientCertificate != nil, endpoint.upstream.mutualTLS.isEmpty {
            sentences.append("the upstream of '\(endpoint.key)' asks for no certificate")
        }
        switch expectation.proxy {
        case .version(let version) where version != endpoint.proxyProtocol:
            sentences.append("'\(endpoint.key)' asks for no PROXY header of version \(version)")
        case .absent where endpoint.proxyProtocol != 0:
            sentences.append("'\(endpoint.key)' asks for a PROXY header")
        default: break
        }
        return sentences
    }

    /// What the client must have offered first. Of built hellos only ALPN is known here.
    private func offer(behind expectation: Expectation) -> [String] {
        let client = self.testCase.client
        var sentences: [String] = []
        if case .selected(let name)? = expectation.alpn, !client.alpn.contains(name) {
            sentences.append("the client does not offer the protocol '\(name)'")
        }
        if expectation.isResumed != nil, !self.isToResume {
            sentences.append("the client has no 'resume', and so no session that could be 'resumed'")
        }
        if !expectation.earlyData.isEmpty, !client.sendsEarlyData {
            sentences.append("the client has no 'early-data' that could be accepted or rejected")
        }
        if client.engine != .bytes, let version = expectation.version,
            !(client.minimumVersion...client.maximumVersion).contains(version)
        {
            sentences.append("the client does not offer TLS \(version.rawValue)")
        }
        return sentences
    }

    /// Whose certificate it was: a silent default must not pass for the endpoint's.
    private func sight(of expectation: Expectation) -> [String] {
        let client = self.testCase.client
        guard client.engine == .bytes else { return [] }
        let asks = expectation.terminatedBy != nil || expectation.certificate != nil
        if asks, client.offersTLS13 {
            return ["TLS 1.3 hides the certificate from a byte client; with 'max-version: \"1.2\"' it is seen"]
        }
        let answers = self.endpoint(of: expectation)?.role.terminatingParty != .upstream
        if !asks, answers, expectation.handshake == .answered {
            return ["a ServerHello does not tell who sent it: it needs 'terminated-by', and a client of TLS 1.2"]
        }
        return []
    }

    private func invariants(against expectation: Expectation) -> [String] {
        let never = self.testCase.expectation.never
        var sentences: [String] = []
        if never.contains(.anyContacted), let key = expectation.route?.keys.first {
            sentences.append("'any-contacted' must never be, and this alternative routes to '\(key)'")
        }
        if never.contains(.clientCertificateSkipped), expectation.handshake == .completed {
            sentences.append("'client-certificate-skipped' must never be, and a completed handshake is that")
        }
        return sentences
    }

    private func endpoint(of expectation: Expectation) -> EndpointPlan? {
        guard let key = expectation.route?.keys.first else { return self.testCase.endpoints.first }
        return self.testCase.endpoints.first { $0.key == key }
    }
}

extension ClientPlan {
    /// Whether a byte client's hello can be answered in TLS 1.3.
    fileprivate var offersTLS13: Bool {
        if case .builtHello(let hello) = self.opening, let versions = hello.supportedVersions {
            return versions.contains(TLSVersion.tls13.wireValue)
        }
        return self.maximumVersion == .tls13
    }
}

extension AlternativePlaces.Grade: Comparable {
    /// The order in which the judge looks at them.
    static func < (lhs: Self, rhs: Self) -> Bool {
        Self.allCases.firstIndex(of: lhs)! < Self.allCases.firstIndex(of: rhs)!
    }
}

extension Expectation {
    /// Whether this one holds whenever `other` does: it asks for nothing that `other` does not ask for as strictly.
    func covers(_ other: Expectation) -> Bool {
        var wider = self
        var narrower = other
        // Sets and ranges first; what is left then must be equal where it is said at all.
        guard Self.covers(self.earlyData, other.earlyData), Self.covers(self.alerts, other.alerts),
            Self.covers(self.endings, other.endings),
            Self.covers(self.upstreamEndings, other.upstreamEndings), Self.covers(self.within, other.within),
            Self.covers(self.firstByteWithin, other.firstByteWithin),
            Self.covers(self.handshakeWithin, other.handshakeWithin),
            Self.covers(self.event, other.event), Self.covers(self.route, other.route)
        else { return false }
        if wider.dialled == nil { narrower.dialled = nil }
        if wider.handshake == nil { narrower.handshake = nil }
        if wider.terminatedBy == nil { narrower.terminatedBy = nil }
        if wider.certificate == nil { narrower.certificate = nil }
        if wider.version == nil { narrower.version = nil }
        if wider.isResumed == nil { narrower.isResumed = nil }
        if wider.isRetried == nil { narrower.isRetried = nil }
        if wider.alpn == nil { narrower.alpn = nil }
        if wider.bytes == nil { narrower.bytes = nil }
        if wider.proxy == nil { narrower.proxy = nil }
        if wider.upstreamServerName == nil { narrower.upstreamServerName = nil }
        if wider.upstreamClientCertificate == nil { narrower.upstreamClientCertificate = nil }
        (wider.route, narrower.route) = (nil, nil)
        (wider.earlyData, narrower.earlyData) = ([], [])
        (wider.alerts, narrower.alerts) = ([], [])
        (wider.endings, narrower.endings) = ([], [])
        (wider.upstreamEndings, narrower.upstreamEndings) = ([], [])
        (wider.within, narrower.within) = (nil, nil)
        (wider.firstByteWithin, narrower.firstByteWithin) = (nil, nil)
        (wider.handshakeWithin, narrower.handshakeWithin) = (nil, nil)
        (wider.event, narrower.event) = (nil, nil)
        return wider == narrower
    }

    /// One of several may be seen; none said allows all.
    private static func covers<Word: Equatable>(_ wider: [Word], _ narrower: [Word]) -> Bool {
        wider.isEmpty || (!narrower.isEmpty && narrower.allSatisfy { wider.contains($0) })
    }

    private static func covers(_ wider: Route?, _ narrower: Route?) -> Bool {
        switch (wider, narrower) {
        case (nil, _): true
        case (.endpoints(let wide)?, .endpoints(let narrow)?): narrow.allSatisfy { wide.contains($0) }
        default: wider == narrower
        }
    }

    private static func covers(_ wider: Within?, _ narrower: Within?) -> Bool {
        switch (wider, narrower) {
        case (nil, _): true
        case (.milliseconds(let wide)?, .milliseconds(let narrow)?): wide.contains(narrow)
        default: wider == narrower
        }
    }

    private static func covers(_ wider: Event?, _ narrower: Event?) -> Bool {
        switch (wider, narrower) {
        case (nil, _): true
        case (.one(let decision, let logs)?, .one(let narrowDecision, let narrowLogs)?):
            (decision == nil || decision == narrowDecision) && (logs == nil || logs == narrowLogs)
        default: wider == narrower
        }
    }
}
