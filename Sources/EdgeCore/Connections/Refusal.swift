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

    /// The label of the metric and the value of the log's `refusal.reason`.
    package enum Reason: String, CaseIterable, Hashable, Sendable {
        case unknownName = "unknown_name"
        /// ERR_NGROK_3003
        case noServerName = "no_server_name"
        case malformedHello = "malformed_hello"
        case notTLS = "not_tls"
        /// The hello was not complete at its deadline.
        case helloTimeout = "hello_timeout"
        /// The client went away before its hello was complete.
        case helloAbandoned = "hello_abandoned"
        /// ERR_NGROK_3200: a reserved name that no agent serves.
        case offline = "offline"
        /// ERR_NGROK_724: a TLS edge none of whose tunnels is there.
        case noBackend = "no_backend"
        case ipDenied = "ip_denied"
        case noCertificate = "no_certificate"
        case badProxyHeader = "bad_proxy_header"
        case tooManyConnections = "too_many_connections"
        case tooManyOfSource = "too_many_of_source"
        case tooManyOfEndpoint = "too_many_of_endpoint"
        case tooManyOfAccount = "too_many_of_account"
        case internalError = "internal"

        /// The error code that ngrok's observability shows for the same case.
        package var errorCode: String? {
            switch self {
            case .noServerName: "ERR_NGROK_3003"
            case .offline: "ERR_NGROK_3200"
            case .noBackend: "ERR_NGROK_724"
            case .ipDenied: "ERR_NGROK_3205"
            case .unknownName, .malformedHello, .notTLS, .helloTimeout, .helloAbandoned, .noCertificate,
                .badProxyHeader, .tooManyConnections, .tooManyOfSource, .tooManyOfEndpoint, .tooManyOfAccount,
                .internalError:
                nil
            }
        }
    }
}
