/// Who answered hellos to the agents' endpoints while every agent stood still.
///
/// The certificate does not tell who ends TLS: an agent can have handed its pair to the edge. But an agent that stands still
/// answers nobody.
package struct AgentProof: Hashable, Sendable {
    /// The domains that were asked for, and whether a ServerHello came all the same.
    package var answers: [String: Bool]
    /// Why nothing is known of the other domains, in words that follow "not proven: ".
    package var obstacle: String

    package init(answers: [String: Bool] = [:], obstacle: String = "nobody tried") {
        self.answers = answers
        self.obstacle = obstacle
    }
}
