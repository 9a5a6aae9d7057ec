package import Addresses
package import ScenarioModel

/// What a judge must know besides the case and what was seen.
package struct JudgeContext: Hashable, Sendable {
    /// The target's limits, in seconds.
    package var deadlines: [Deadline: Double]
    /// What servers present.
    package var certificates: ServerCertificates
    /// Where the edge listens, as clients dial it.
    package var edgeAddresses: [TransportAddress]
    /// Whether the target writes events at all.
    package var hasEvents: Bool
    /// The target promises the strict answer, so a lenient or a tolerated one fails.
    package var promisesStrict: Bool
    /// The target says that its port speaks TLS and nothing else, so an answer in clear breaks an invariant.
    package var isTLSOnly: Bool
    /// Whether the upstreams are the harness's own: of others it is only known what a client sees.
    package var seesUpstreams: Bool
    /// What is known of who ends TLS where an agent should.
    package var agentProof: AgentProof

    package init(
        deadlines: [Deadline: Double],
        certificates: ServerCertificates,
        edgeAddresses: [TransportAddress],
        hasEvents: Bool,
        promisesStrict: Bool = false,
        isTLSOnly: Bool = false,
        seesUpstreams: Bool = true,
        agentProof: AgentProof = AgentProof()
    ) {
        self.deadlines = deadlines
        self.certificates = certificates
        self.edgeAddresses = edgeAddresses
        self.hasEvents = hasEvents
        self.promisesStrict = promisesStrict
        self.isTLSOnly = isTLSOnly
        self.seesUpstreams = seesUpstreams
        self.agentProof = agentProof
    }
}

/// The judge cannot tell, for want of something the harness should have given: never the target's fault.
struct HarnessProblem: Error, Hashable {
    let sentence: String
}
