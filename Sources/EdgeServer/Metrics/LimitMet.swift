import EdgeCore

/// A limit that somebody has met.
package enum LimitMet: Int, CaseIterable, Sendable {
    case connections
    case connectionsOfSource
    case connectionsOfEndpoint
    case connectionsOfAccount
    case connectionRateOfAccount
    case agentsOfAccount
    case endpointsOfAccount
    case agents
    case unknownAgents
    case unknownAgentsOfSource
    case unfinishedRequests
    case metricsReaders
    /// Files and sockets of this process or of the machine: no connection can be accepted until one is free.
    case openFiles

    /// The label of the metric `limits_met_total`.
    package var label: String {
        switch self {
        case .connections: "connections"
        case .connectionsOfSource: "connections_of_source"
        case .connectionsOfEndpoint: "connections_of_endpoint"
        case .connectionsOfAccount: "connections_of_account"
        case .connectionRateOfAccount: "connection_rate_of_account"
        case .agentsOfAccount: "agents_of_account"
        case .endpointsOfAccount: "endpoints_of_account"
        case .agents: "agents"
        case .unknownAgents: "unknown_agents"
        case .unknownAgentsOfSource: "unknown_agents_of_source"
        case .unfinishedRequests: "unfinished_requests"
        case .metricsReaders: "metrics_readers"
        case .openFiles: "open_files"
        }
    }
}

extension LimitMet {
    init(_ limit: ClientAdmission.Limit) {
        self =
            switch limit {
            case .ofSource: .connectionsOfSource
            case .ofEndpoint: .connectionsOfEndpoint
            case .ofAccount: .connectionsOfAccount
            case .rateOfAccount: .connectionRateOfAccount
            }
    }
}
