import ScenarioModel
import Verdicts

extension Evidence {
    /// Mutual TLS is skipped at the endpoint that demands it. Whoever gets to another one instead has gone astray, which is a
    /// matter of its own, and to what the edge itself says inside TLS nobody needs a certificate.
    func checkClientCertificate() -> CheckResult {
        let skipped = self.contacts.filter {
            self.isGuarded($0.endpoint) && ($0.reach == .data || self.isHeard($0.connection))
        }
        let bytes = skipped.map { max($0.connection.applicationReceived.count, $0.connection.leg.receivedCount) }
        let answer = self.observation.clients.map(\.applicationReceived.count).max() ?? 0
        let names = Self.either(Set(skipped.map(\.endpoint)).sorted())
        return CheckResult(
            check: "never client-certificate-skipped",
            expected: "never application data without an acceptable client certificate",
            observed: skipped.isEmpty
                ? "none"
                : "\(bytes.max() ?? 0) bytes reached the upstream of \(names), \(answer) came back to the client",
            holds: skipped.isEmpty
        )
    }

    /// Whether this client may not get to this endpoint as it is: the one it asks for, since this is about a client that has
    /// to be refused there, and without any certificate all that demand one.
    private func isGuarded(_ key: String) -> Bool {
        guard let plan = self.testCase.endpoints.first(where: { $0.key == key }) else { return false }
        if !plan.mutualTLS.isEmpty, self.testCase.client.certificate == nil { return true }
        let names = [self.testCase.client.serverName, self.testCase.client.serverNameAfterRetry].compactMap(\.self)
        return names.contains { self.testCase.domain(asking: $0) == plan.domain }
    }

    /// Whether a client has what this upstream said, which may speak first.
    private func isHeard(_ connection: UpstreamConnection) -> Bool {
        let said = connection.applicationSent.excerpt.bytes
        return self.observation.clients.contains { client in
            let heard = client.applicationReceived.excerpt.bytes
            return !heard.isEmpty && said.starts(with: heard)
        }
    }
}

extension Case {
    /// The domain of the endpoints that serve a name: the name's own, else the longest wildcard above it.
    fileprivate func domain(asking name: String) -> String? {
        let name = name.lowercased()
        let domains = self.endpoints.map(\.domain)
        if domains.contains(name) { return name }
        return domains.filter { $0.hasPrefix("*.") && name.hasSuffix($0.dropFirst()) }.max { $0.count < $1.count }
    }
}
