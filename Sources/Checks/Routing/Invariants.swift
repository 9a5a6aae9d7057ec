import ScenarioModel
import Verdicts

extension Evidence {
    func check(_ invariant: Invariant) -> CheckResult {
        switch invariant {
        case .otherContacted:
            let allowed = self.allowedEndpoints
            let others = self.reached.filter { !allowed.contains($0.endpoint) }
            let names = allowed.isEmpty ? "any upstream" : "any upstream but \(Self.either(allowed.sorted()))"
            return CheckResult(
                check: "never other-contacted",
                expected: "never bytes of the client at \(names)",
                observed: others.isEmpty ? "none" : Contact.words(others),
                holds: others.isEmpty
            )
        case .anyContacted:
            return CheckResult(
                check: "never any-contacted",
                expected: "never bytes of the client at any upstream",
                observed: Contact.words(self.contacts),
                holds: self.reached.isEmpty
            )
        case .upstreamGotData:
            let data = self.contacts.filter { $0.reach == .data }
            return CheckResult(
                check: "never upstream-got-data",
                expected: "never application data at an upstream",
                observed: data.isEmpty ? "none" : Contact.words(data),
                holds: data.isEmpty
            )
        case .clientCertificateSkipped: return self.checkClientCertificate()
        case .plaintextReply:
            let reply = self.observation.clients.map(\.leg.received.bytes).first { !TLSOpening.begins($0) }
            return CheckResult(
                check: "never plaintext-reply",
                expected: "never an answer that is not TLS",
                observed: reply.map { "the bytes \(ByteString($0).dump(limit: 16))" } ?? "none",
                holds: reply == nil
            )
        }
    }

    /// Every endpoint that any grade allows. An alternative that says nothing about the route is about the case's
    /// first endpoint.
    private var allowedEndpoints: Set<String> {
        var keys: Set<String> = []
        for expectation in self.testCase.expectation.alternatives {
            if let route = expectation.route {
                keys.formUnion(route.keys)
            } else {
                keys.formUnion(self.testCase.endpoints.first.map { [$0.key] } ?? [])
            }
        }
        return keys
    }
}
