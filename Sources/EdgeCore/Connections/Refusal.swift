package import TLSWire

/// Why a connection is ended before an endpoint serves it, and what its client is told.
package struct Refusal: Error, Hashable, Sendable {
    package let reason: Reason
    /// The fatal alert to send; `nil` closes without a byte.
    package let alert: AlertDescription?
    /// The name the client asked for, as it sent it.
    package let serverName: String?
    /// What was wrong in detail: the malformed field, the recognised protocol.
    package let detail: String?

    package init(
        _ reason: Reason,
        alert: AlertDescription? = nil,
        serverName: String? = nil,
        detail: String? = nil
    ) {
        self.reason = reason
        self.alert = alert
        self.serverName = serverName
        self.detail = detail
    }

    package enum Reason: Int, CaseIterable, Hashable, Sendable {
        case unknownName
        /// ERR_NGROK_3003
        case noServerName
        case malformedHello
        case notTLS
        /// The hello was not complete at its deadline.
        case helloTimeout
        /// The client went away before its hello was complete.
        case helloAbandoned
        /// ERR_NGROK_3200: a reserved name that no agent serves.
        case offline
        /// ERR_NGROK_724: a TLS edge none of whose tunnels is there.
        case noBackend
        case ipDenied
        case noCertificate
        case badProxyHeader
        case tooManyConnections
        case tooManyOfSource
        case tooManyOfEndpoint
        /// ERR_NGROK_714
        case tooManyOfAccount
        /// ERR_NGROK_703: the account's connections come faster than they may.
        case tooManyPerMinute
        case internalError

        /// The label of the metric and the value of the log's `connection.reason`.
        package var label: String {
            switch self {
            case .unknownName: "unknown_name"
            case .noServerName: "no_server_name"
            case .malformedHello: "malformed_hello"
            case .notTLS: "not_tls"
            case .helloTimeout: "hello_timeout"
            case .helloAbandoned: "hello_abandoned"
            case .offline: "offline"
            case .noBackend: "no_backend"
            case .ipDenied: "ip_denied"
            case .noCertificate: "no_certificate"
            case .badProxyHeader: "bad_proxy_header"
            case .tooManyConnections: "too_many_connections"
            case .tooManyOfSource: "too_many_of_source"
            case .tooManyOfEndpoint: "too_many_of_endpoint"
            case .tooManyOfAccount: "too_many_of_account"
            case .tooManyPerMinute: "too_many_per_minute"
            case .internalError: "internal"
            }
        }

        /// The error code that ngrok's observability shows for the same case.
        package var errorCode: String? {
            switch self {
            case .noServerName: "ERR_NGROK_3003"
            case .offline: "ERR_NGROK_3200"
            case .noBackend: "ERR_NGROK_724"
            case .ipDenied: "ERR_NGROK_3205"
            case .tooManyOfAccount: "ERR_NGROK_714"
            case .tooManyPerMinute: "ERR_NGROK_703"
            case .unknownName, .malformedHello, .notTLS, .helloTimeout, .helloAbandoned, .noCertificate,
                .badProxyHeader, .tooManyConnections, .tooManyOfSource, .tooManyOfEndpoint, .internalError:
                nil
            }
        }
    }
}
