import ScenarioModel
import Verdicts

extension Evidence {
    /// Whether an upstream was so much as dialled, which is no matter of whose bytes came where.
    func check(_ dialled: Expectation.Dialled, _ expectation: Expectation) throws(HarnessProblem) -> CheckResult {
        let expected: String
        let holds: Bool
        switch dialled {
        case .never:
            expected = "no upstream is dialled"
            holds = self.contacts.isEmpty
        case .silently:
            expected = "no upstream gets a byte, not even a PROXY header"
            holds = self.contacts.allSatisfy { $0.reach == .dialled }
        case .once:
            let named = expectation.route?.keys ?? []
            let keys = named.isEmpty ? [try self.endpoint(of: expectation).key] : named
            expected = "\(Self.either(keys)) is dialled once for each client, and no other upstream"
            holds =
                self.contacts.allSatisfy { keys.contains($0.endpoint) }
                && self.contacts.count == self.observation.clients.count
        }
        return CheckResult(
            check: "dialled",
            expected: expected,
            observed: Contact.words(self.contacts),
            holds: holds
        )
    }
}
