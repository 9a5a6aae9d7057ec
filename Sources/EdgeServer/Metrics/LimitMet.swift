/// A limit that somebody has met, as the label of the metric `limits_met_total`.
enum LimitMet: String, CaseIterable {
    case connections
    case connectionsOfSource = "connections_of_source"
    case connectionsOfEndpoint = "connections_of_endpoint"
    case connectionsOfAccount = "connections_of_account"
    case agents
    case unknownAgents = "unknown_agents"
    case unknownAgentsOfSource = "unknown_agents_of_source"
    case unfinishedRequests = "unfinished_requests"
    case metricsReaders = "metrics_readers"
    /// Files and sockets of this process or of the machine: no connection can be accepted until one is free.
    case openFiles = "open_files"
}
