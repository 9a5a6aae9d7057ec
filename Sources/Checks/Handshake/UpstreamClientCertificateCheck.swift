import ScenarioModel
import Verdicts

extension Evidence {
    /// Whose certificate the upstream was shown by whoever re-encrypts. Each connection counts: one that was refused may be
    /// followed by another try.
    func check(
        upstreamClientCertificate shown: Expectation.ShownCertificate,
        _ expectation: Expectation
    ) throws(HarnessProblem) -> CheckResult {
        let endpoint = try self.endpoint(of: expectation)
        // Only who has sent a hello can have been asked for a certificate.
        let handshakes = self.contacts.filter { $0.endpoint == endpoint.key }
            .compactMap(\.connection.handshake).filter(\.isAnswered)
        let seen = handshakes.map(\.peerCertificates.first)
        let expected: String
        let holds: Bool
        switch shown {
        case .recipe(let recipe):
            guard let wanted = self.context.certificates.leaf(recipe, of: endpoint) else {
                throw HarnessProblem(sentence: "the harness has no certificate called \(recipe)")
            }
            expected = "the upstream is shown \(self.context.certificates.words(for: wanted))"
            let shown = handshakes.filter(\.hasAnsweredForItself).map(\.peerCertificates.first)
            holds = !shown.isEmpty && shown.allSatisfy { $0 == wanted }
        case .none:
            expected = "the upstream is shown no certificate"
            holds = !seen.isEmpty && seen.allSatisfy { $0 == nil }
        }
        let words = seen.map { $0.map { self.context.certificates.words(for: $0) } ?? "no certificate" }
        return CheckResult(
            check: "upstream-client-certificate",
            expected: expected,
            observed: words.isEmpty ? "no TLS at the upstream" : words.joined(separator: ", "),
            holds: holds
        )
    }
}

extension HandshakeObservation {
    /// At a server: whether its client came so far as to show a certificate, or none. A session that is resumed shows the
    /// one that it began with, and none before it is resumed; of who leaves before that nothing is known.
    fileprivate var hasAnsweredForItself: Bool {
        self.isCompleted || !self.peerCertificates.isEmpty || !self.alertsSent.isEmpty
    }
}
