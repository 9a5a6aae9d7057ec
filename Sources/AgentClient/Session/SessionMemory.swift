import AgentProtocol

/// What a session leaves to the next one, so that the edge takes the agent for the same and random names survive.
struct SessionMemory: Sendable {
    var clientID = ""
    var cookie = ""
    /// By tunnel name: what the edge answered to the last bind.
    var binds: [String: BindResp] = [:]
}
