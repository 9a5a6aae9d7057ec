internal import Addresses
internal import AgentProtocol

/// What expressions see of one connection, from its arrival to its last action.
struct RunVariables: ExpressionVariables {
    let connection: ConnectionVariables
    var termination: TerminationVariables?
    var restriction: RestrictionResult?
    var logMetadata: ExpressionValue?
    /// The later of two with one name counts.
    private(set) var variables = ValueMap(entries: [])

    init(_ connection: ConnectionVariables) {
        self.connection = connection
    }

    mutating func set(_ name: String, to value: ExpressionValue) {
        let others = self.variables.entries.filter { entry in
            if case .string(let key) = entry.key { key != name } else { true }
        }
        self.variables = ValueMap(entries: others + [ValueMap.Entry(key: .string(name), value: value)])
    }

    func address(of slot: Int) -> IPAddress? {
        slot == PolicyScope.Slot.clientIP.rawValue ? self.connection.client : nil
    }

    func value(of slot: Int) -> ExpressionValue? {
        switch PolicyScope.meaning(of: slot) {
        case .slot(let slot): self.value(of: slot)
        case .client(let field): self.termination?.client.map(field.value)
        case .server(let field): self.termination?.server.map(field.value)
        }
    }

    private func value(of slot: PolicyScope.Slot) -> ExpressionValue? {
        switch slot {
        // Nothing has been relayed when a policy runs.
        case .bytesIn, .bytesOut: .int(0)
        case .clientIP: .string(self.connection.clientText)
        case .clientPort: .int(Int64(self.connection.clientPort))
        case .serverIP: .string(self.connection.server.ip.description)
        case .serverPort: .int(Int64(self.connection.server.port))
        case .serverRegion: .string(self.connection.region)
        case .start: .timestamp(self.connection.start)
        case .now: .string(self.connection.now.description)
        case .serverName: .string(self.connection.serverName)
        case .ja4: self.connection.ja4.map { .string($0) }
        case .endpointAddress, .endpointHost, .endpointID, .endpointPort, .endpointProtocol, .endpointURL:
            self.connection.endpoint.value(of: slot)
        case .version, .cipherSuite, .negotiatedALPN, .isResumed, .terminatedServerName, .errorCode, .errorMessage,
            .warnings:
            self.termination?.value(of: slot, serverName: self.connection.serverName)
        case .restriction, .matchedBlock, .restrictionErrorCode, .restrictionErrorMessage:
            self.restriction?.value(of: slot)
        case .logMetadata: self.logMetadata
        case .variables: .map(self.variables)
        }
    }
}

extension EndpointVariables {
    fileprivate func value(of slot: PolicyScope.Slot) -> ExpressionValue? {
        switch slot {
        case .endpointAddress: .string("\(self.host):\(self.port)")
        case .endpointHost: .string(self.host)
        case .endpointID: .string(self.id)
        case .endpointPort: .int(Int64(self.port))
        case .endpointProtocol: .string("tls")
        case .endpointURL: .string(self.port == 443 ? "tls://\(self.host)" : "tls://\(self.host):\(self.port)")
        default: nil
        }
    }
}

extension TerminationVariables {
    fileprivate func value(of slot: PolicyScope.Slot, serverName: String) -> ExpressionValue? {
        switch slot {
        case .version: .string(self.version)
        case .cipherSuite: .string(self.cipherSuite)
        case .negotiatedALPN: .string(self.negotiatedALPN)
        // "Currently always false", as ngrok's documentation has it.
        case .isResumed: .bool(false)
        case .terminatedServerName: .string(serverName)
        case .errorCode: .string(self.errorCode)
        case .errorMessage: .string(self.errorMessage)
        case .warnings: .strings(self.warnings)
        default: nil
        }
    }
}

extension RestrictionResult {
    fileprivate func value(of slot: PolicyScope.Slot) -> ExpressionValue? {
        switch slot {
        case .restriction: .string(self.isAllowed ? "allow" : "deny")
        case .matchedBlock: .string(self.matchedBlock?.description ?? "")
        case .restrictionErrorCode: .string(self.error?.name ?? "")
        case .restrictionErrorMessage: .string(self.error?.message ?? "")
        default: nil
        }
    }
}
