package import AgentProtocol
package import TrafficPolicy

/// An endpoint's traffic policy, which was read once. Two are equal when they came as one text.
package struct EndpointPolicy: Sendable {
    package let text: String
    package let document: PolicyDocument
    /// The ways to end TLS that are the same for every connection: without those whose CAs the account has as objects, which it may
    /// change or delete at any time.
    package let terminations: [TLSTermination]

    /// - Parameter former: A policy that need not be read again if it is the same.
    /// - Throws: ERR_NGROK_9026 with what is wrong, and where.
    package init(_ text: String, former: EndpointPolicy? = nil) throws(NgrokError) {
        self.text = text
        if let former, former.text == text {
            self.document = former.document
        } else {
            do throws(PolicyError) {
                self.document = try PolicyDocument(text, file: "TrafficPolicy")
            } catch {
                throw .policyInvalid(error.located)
            }
        }
        self.terminations = self.document.terminations.filter { $0.authorityIDs.isEmpty }
    }
}

extension EndpointPolicy: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text == rhs.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
}

/// It may hold private keys, and does not print.
extension EndpointPolicy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "EndpointPolicy of \(self.text.utf8.count) bytes" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension TLSTermination {
    /// Of the CAs that are not in the policy itself.
    package var authorityIDs: [String] {
        self.authorities.compactMap { if case .id(let id) = $0 { id } else { nil } }
    }
}
