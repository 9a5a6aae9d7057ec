import ScenarioModel

/// Why a case cannot be asked of an edge by a client alone: what somebody would have to have set up, or to look at.
package enum BeyondClients: CaseIterable, Hashable, Sendable {
    case upstream, steps, endpoint, names, client, configuration, version

    /// `what reaches an upstream: …`
    package var sentence: String {
        switch self {
        case .upstream: "what an upstream gets and says: bytes, PROXY headers, where TLS ends, half-closes"
        case .steps: "what happens over several connections, or to agents, configurations and the API"
        case .endpoint: "an endpoint that is set up for it: mutual TLS, IP rules, policies, wildcards"
        case .names: "a second name of the edge: give --name once more"
        case .client: "a client with a certificate, or one that comes from another address"
        case .configuration: "the edge's deadlines and its protocols (ALPN), which its configuration tells"
        case .version: "a version of TLS that it does not speak"
        }
    }
}

extension Case {
    /// - Parameters:
    ///   - given: the names that the edge is known to serve.
    ///   - versions: those of TLS that it speaks.
    func obstacle(toClientsAlone given: [String], versions: [TLSVersion]) -> BeyondClients? {
        if self.play != nil || self.hasOwnTarget || !self.limits.isEmpty { return .steps }
        if self.exchange != .echo && self.exchange != .wait { return .upstream }
        let needed = Set(self.requires).subtracting([.role(.edge), .tlsOnly])
        guard needed.isEmpty, self.endpoints.allSatisfy(\.isPlain) else { return .endpoint }
        if self.client.certificate != nil || self.client.source != .loopback || !self.client.preface.bytes.isEmpty {
            return .client
        }
        let others = self.endpoints.map(\.domain).filter { !given.contains($0) }
        if others.contains(where: self.client.mentions) { return .names }
        let alternatives = self.expectation.alternatives
        let waitsForDeadline = alternatives.flatMap(\.times).contains { if case .deadline = $0 { true } else { false } }
        if waitsForDeadline || alternatives.contains(where: { $0.alpn != nil }) { return .configuration }
        if !versions.contains(where: self.client.offers) || !versions.contains(.tls13) && self.needsTLS13 {
            return .version
        }
        // Of a grade that says nothing of the client's handshake nobody outside could tell that it is not the one.
        return alternatives.allSatisfy { $0.handshake != nil } ? nil : .upstream
    }
}

extension Case {
    /// Whether it is about the request for a second hello, which is TLS 1.3's.
    private var needsTLS13: Bool {
        self.client.secondFlight?.cue == .retryRequest
            || self.expectation.alternatives.contains { $0.isRetried == true }
    }
}

extension EndpointPlan {
    /// Whether nothing was set up but its name.
    fileprivate var isPlain: Bool {
        !self.domain.hasPrefix("*.") && self == EndpointPlan(key: self.key, domain: self.domain, role: .edge)
    }
}

extension ClientPlan {
    /// What bytes offer is the scenario's own matter, and of versions that nobody may speak it is asked whether the edge does.
    fileprivate func offers(_ version: TLSVersion) -> Bool {
        self.engine == .bytes || self.maximumVersion < .tls12
            || self.minimumVersion <= version && version <= self.maximumVersion
    }

    /// Whether a name, or the first label of it, is in anything that the client says.
    fileprivate func mentions(_ name: String) -> Bool {
        let label = Array(name.lowercased().prefix { $0 != "." }.utf8)
        func has(_ bytes: [UInt8]) -> Bool {
            let small = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
            guard small.count >= label.count else { return false }
            return (0...(small.count - label.count)).contains { small[$0...].starts(with: label) }
        }
        func has(_ hello: HelloPlan) -> Bool {
            hello.serverNames?.contains { has($0.name.bytes) } == true
                || hello.serverNameData.map { has($0.bytes) } == true
                || hello.extensionEdits.contains(where: hasEdit)
        }
        func hasEdit(_ edit: HelloPlan.ExtensionEdit) -> Bool {
            switch edit {
            case .prepend(_, let data), .append(_, let data), .replace(_, let data): has(data.bytes)
            case .remove, .duplicate, .moveToEnd, .appendUnknown: false
            }
        }
        if [self.serverName, self.serverNameAfterRetry].contains(where: { has(Array(($0 ?? "").utf8)) }) {
            return true
        }
        switch self.secondFlight?.content {
        case .hello(let hello, let serverName)?:
            if has(hello) || has(Array((serverName ?? "").utf8)) { return true }
        case .records(let records)?:
            if records.contains(where: { has($0.payload.bytes) }) { return true }
        case nil: break
        }
        switch self.opening {
        case .builtHello(let hello): return has(hello)
        case .raw(_, let bytes): return has(bytes.bytes)
        case .engineHello, .nothing: return false
        }
    }
}
