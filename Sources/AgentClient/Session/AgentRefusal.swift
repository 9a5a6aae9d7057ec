package import AgentProtocol
package import ProgramKit

/// The edge said no.
package struct AgentRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Subject: Hashable, Sendable {
        case session
        case tunnel(name: String)
    }

    package let subject: Subject
    /// The edge's own words and code.
    package let error: NgrokError

    /// - Throws: When the reply refuses.
    static func check(_ reply: some AgentReply, of subject: Subject) throws(AgentRefusal) {
        guard reply.error.isEmpty else { throw Self(subject: subject, error: NgrokError(text: reply.error)) }
    }

    package var description: String {
        switch self.subject {
        case .session: "the edge refused the session: \(self.error)"
        case .tunnel(let name): "the edge refused tunnel '\(name)': \(self.error)"
        }
    }

    /// Trying again later may help: the edge was busy, draining or broken (349, 351, 742, 802, 803).
    var isTemporary: Bool {
        [349, 351, 742, 802, 803].contains(self.error.code)
    }
}

extension AgentRefusal: ExplainedError {
    package var complaint: Complaint { Complaint(self.description) }
}
