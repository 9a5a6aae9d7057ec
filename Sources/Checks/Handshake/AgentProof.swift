/// Who answered hellos to the agents' endpoints while every agent stood still.
///
/// The certificate does not tell who ends TLS: an agent can have handed its pair to the edge. But an agent that stands still
/// answers nobody.
package struct AgentProof: Hashable, Sendable {
    /// The domains that were asked for, and whether a ServerHello came all the same.
    package var answers: [String: Bool]
    /// Why nothing is known of the other domains, in words that follow "not proven: ".
    package var obstacle: String
    /// It was begun, and what kept it from its end is our trouble or the machine's, and not what kind of target it is.
    package var isCutShort: Bool

    package init(answers: [String: Bool] = [:], obstacle: String = "nobody tried", isCutShort: Bool = false) {
        self.answers = answers
        self.obstacle = obstacle
        self.isCutShort = isCutShort
    }
}
