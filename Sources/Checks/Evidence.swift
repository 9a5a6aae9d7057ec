import ScenarioModel
import Verdicts

/// What one case saw, and the questions the checks ask of it.
struct Evidence {
    let testCase: Case
    let observation: Observation
    /// The last client: after a restart it is the one that counts.
    let client: ClientObservation
    let context: JudgeContext
    /// Every connection that an upstream saw, in the order of the case's endpoints.
    let contacts: [Contact]

    init(testCase: Case, observation: Observation, client: ClientObservation, context: JudgeContext) {
        self.testCase = testCase
        self.observation = observation
        self.client = client
        self.context = context
        self.contacts = observation.upstreams.flatMap { upstream in
            let plan = testCase.endpoints.first { $0.key == upstream.endpoint }
            return upstream.connections.map {
                Contact($0, on: upstream.endpoint, plan: plan, clients: observation.clients)
            }
        }
    }

    /// Every check that an alternative makes, in a fixed order.
    func checks(of expectation: Expectation) throws(HarnessProblem) -> [CheckResult] {
        guard self.context.seesUpstreams else { return try self.clientChecks(of: expectation) }
        var results: [CheckResult] = []
        if let route = expectation.route { results.append(self.check(route)) }
        if let dialled = expectation.dialled { results.append(try self.check(dialled, expectation)) }
        if let handshake = expectation.handshake { results.append(self.check(handshake)) }
        if expectation.handshake == .completed || expectation.bytes != nil, let result = self.checkExchange() {
            results.append(result)
        }
        if let end = self.checkUpstreamEnd() { results.append(end) }
        if let party = expectation.terminatedBy {
            results += try self.check(terminatedBy: party, expectation)
        } else if let recipe = expectation.certificate {
            results.append(try self.check(certificate: recipe, of: self.presenter(of: expectation)))
        } else if let own = try self.checkOwnCertificate(expectation) {
            results.append(own)
        }
        if let impostor = self.checkAgent() { results.append(impostor) }
        results += self.checksOfHandshake(expectation)
        if expectation.bytes == .identical { results.append(self.checkBytes(expectation)) }
        if !expectation.alerts.isEmpty { results.append(self.check(alerts: expectation.alerts)) }
        if !expectation.endings.isEmpty { results.append(self.check(endings: expectation.endings)) }
        if !expectation.upstreamEndings.isEmpty { results.append(self.check(upstreamEndings: expectation)) }
        results += try self.checksOfTime(expectation)
        if let proxy = expectation.proxy { results += self.check(proxy, expectation) }
        if let event = expectation.event { results += try self.check(event, expectation) }
        if let name = expectation.upstreamServerName {
            results.append(self.check(upstreamServerName: name, expectation))
        }
        if let shown = expectation.upstreamClientCertificate {
            results.append(try self.check(upstreamClientCertificate: shown, expectation))
        }
        return results
    }

    /// Those of its checks that need nothing but what the client saw.
    private func clientChecks(of expectation: Expectation) throws(HarnessProblem) -> [CheckResult] {
        var results: [CheckResult] = []
        if let handshake = expectation.handshake { results.append(self.check(handshake)) }
        results += self.checksOfHandshake(expectation)
        if !expectation.alerts.isEmpty { results.append(self.check(alerts: expectation.alerts)) }
        if !expectation.endings.isEmpty { results.append(self.check(endings: expectation.endings)) }
        return try results + self.checksOfTime(expectation)
    }

    private func checksOfHandshake(_ expectation: Expectation) -> [CheckResult] {
        var results: [CheckResult] = []
        if let version = expectation.version { results.append(self.check(version)) }
        if let isResumed = expectation.isResumed { results.append(self.check(isResumed: isResumed)) }
        if !expectation.earlyData.isEmpty { results.append(self.check(earlyData: expectation.earlyData)) }
        if let isRetried = expectation.isRetried { results.append(self.check(isRetried: isRetried)) }
        if let alpn = expectation.alpn { results.append(self.check(alpn)) }
        return results
    }

    private func checksOfTime(_ expectation: Expectation) throws(HarnessProblem) -> [CheckResult] {
        var results: [CheckResult] = []
        if let within = expectation.within { results.append(try self.check(within, expectation)) }
        if let within = expectation.firstByteWithin { results.append(try self.check(firstByteWithin: within)) }
        if let within = expectation.handshakeWithin { results.append(try self.check(handshakeWithin: within)) }
        return results
    }

    /// The connections that carried something of a client.
    var reached: [Contact] { self.contacts.filter { $0.reach >= .bytes } }

    /// The endpoint an expectation is about: the one it routes to, of several the first, else the case's first.
    func endpoint(of expectation: Expectation) throws(HarnessProblem) -> EndpointPlan {
        if let key = expectation.route?.keys.first {
            guard let endpoint = self.testCase.endpoints.first(where: { $0.key == key }) else {
                throw HarnessProblem(sentence: "the case has no endpoint called \(key)")
            }
            return endpoint
        }
        guard let first = self.testCase.endpoints.first else {
            throw HarnessProblem(sentence: "the case has no endpoint")
        }
        return first
    }

    /// The endpoint whose certificate is presented: a labelled tunnel has no name, so it is the one that was asked for.
    func presenter(of expectation: Expectation) throws(HarnessProblem) -> EndpointPlan {
        let endpoint = try self.endpoint(of: expectation)
        guard endpoint.isLabelled, let name = self.testCase.client.serverName?.lowercased() else { return endpoint }
        return self.testCase.endpoints.first { $0.domain == name } ?? endpoint
    }

    /// The last connection on the expectation's upstream: after a restart it is the one of the last client. One that
    /// carried nothing of a client stands for the others only where there is no other.
    func connection(of expectation: Expectation) -> UpstreamConnection? {
        var contacts = self.contacts
        if let keys = expectation.route?.keys, !keys.isEmpty {
            contacts = contacts.filter { keys.contains($0.endpoint) }
        }
        return (contacts.last { $0.reach >= .bytes } ?? contacts.last)?.connection
    }

    /// The fatal alerts that the client received, in order.
    var fatalAlerts: [HandshakeObservation.Alert] {
        self.client.handshake.alertsReceived.filter { $0.level == 2 }
    }

    static func either(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
