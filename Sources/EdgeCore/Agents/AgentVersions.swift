package import AgentProtocol

/// Which versions of agents are let in, and which will not be for long.
package struct AgentVersions: Hashable, Sendable {
    /// What holds for one kind of agent.
    package struct Rule: Hashable, Sendable {
        /// What the agent says it is, such as `agent/official/go`; `nil` for all that no other rule is about.
        package var client: String?
        package var minimum: SemanticVersion?
        package var next: Announcement?

        package init(client: String? = nil, minimum: SemanticVersion? = nil, next: Announcement? = nil) {
            self.client = client
            self.minimum = minimum
            self.next = next
        }
    }

    /// A minimum to come. That it has come is the operator's to say.
    package struct Announcement: Hashable, Sendable {
        package let minimum: SemanticVersion
        package let from: CalendarDate
        package let message: String

        package init(minimum: SemanticVersion, from: CalendarDate, message: String) {
            self.minimum = minimum
            self.from = from
            self.message = message
        }
    }

    package var rules: [Rule]

    package init(_ rules: [Rule] = []) {
        self.rules = rules
    }

    /// What an agent is to be told of its version.
    ///
    /// - Throws: ERR_NGROK_119 for what is no version, 121 for one below the minimum. One that an agent does not tell is missed only
    ///   where it counts.
    package func announcement(toClient client: String, version text: String) throws(NgrokError) -> Announcement? {
        let rule = self.rules.first { $0.client == client } ?? self.rules.first { $0.client == nil }
        if text.isEmpty, rule == nil { return nil }
        guard let version = SemanticVersion(text) else { throw .agentVersionInvalid(text) }
        if let minimum = rule?.minimum, version < minimum {
            throw .agentVersionTooOld(client, version: version.description, minimum: minimum.description)
        }
        guard let next = rule?.next, version < next.minimum else { return nil }
        return next
    }

    /// ngrok's agents of these versions do not ask clients for the certificates of mutual TLS.
    private static let vulnerable = SemanticVersion("3.19.0")
    private static let mended = SemanticVersion("3.24.0")

    /// Whether an agent may have TLS endpoints. Libraries have other versions, and had no such defect.
    ///
    /// - Throws: ERR_NGROK_9042.
    package static func checkTLSEndpoints(ofClient client: String, version text: String) throws(NgrokError) {
        guard client.isEmpty || client.hasPrefix("agent/"), let version = SemanticVersion(text),
            let vulnerable = Self.vulnerable, let mended = Self.mended
        else { return }
        guard version < vulnerable || version >= mended else { throw .agentVulnerable(version.description) }
    }
}
