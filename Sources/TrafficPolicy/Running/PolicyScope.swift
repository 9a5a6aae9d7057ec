/// The variables of TLS endpoints' policies: names of ngrok's documentation, and those of 2024 for the same values.
enum PolicyScope {
    /// One value each. A certificate's fields have slots behind these.
    enum Slot: Int, CaseIterable {
        case bytesIn
        case bytesOut
        case clientIP
        case clientPort
        case serverIP
        case serverPort
        case serverRegion
        case start
        case serverName
        case ja4
        case version
        case cipherSuite
        case negotiatedALPN
        case isResumed
        case terminatedServerName
        case errorCode
        case errorMessage
        case warnings
        case endpointAddress
        case endpointHost
        case endpointID
        case endpointPort
        case endpointProtocol
        case endpointURL
        case now
        case restriction
        case matchedBlock
        case restrictionErrorCode
        case restrictionErrorMessage
        case logMetadata
        case variables
    }

    /// What a slot's number stands for.
    enum Meaning {
        case slot(Slot)
        case client(CertificateField)
        case server(CertificateField)
    }

    private static let meanings: [Meaning] =
        Slot.allCases.map { .slot($0) } + CertificateField.allCases.map { .client($0) }
        + CertificateField.allCases.map { .server($0) }

    static func meaning(of slot: Int) -> Meaning { self.meanings[slot] }

    private static let names: [(String, Slot, ValueType)] = [
        ("conn.bytes_in", .bytesIn, .int), ("conn.bytes_out", .bytesOut, .int), ("conn.client_ip", .clientIP, .string),
        ("conn.client_port", .clientPort, .int), ("conn.server_ip", .serverIP, .string),
        ("conn.server_port", .serverPort, .int), ("conn.server_region", .serverRegion, .string),
        ("conn.ts.start", .start, .timestamp), ("conn.tls.sni", .serverName, .string),
        ("conn.tls.ja4_fingerprint", .ja4, .string), ("conn.tls.version", .version, .string),
        ("conn.tls.cipher_suite", .cipherSuite, .string), ("conn.tls.negotiated_alpn", .negotiatedALPN, .string),
        ("conn.tls.session_resumed", .isResumed, .bool), ("endpoint.addr", .endpointAddress, .string),
        ("endpoint.host", .endpointHost, .string), ("endpoint.id", .endpointID, .string),
        ("endpoint.port", .endpointPort, .int), ("endpoint.protocol", .endpointProtocol, .string),
        ("endpoint.url", .endpointURL, .string), ("time.now", .now, .string),
        ("actions.ngrok.restrict_ips.action", .restriction, .string),
        ("actions.ngrok.restrict_ips.matched_cidr", .matchedBlock, .string),
        ("actions.ngrok.restrict_ips.error.code", .restrictionErrorCode, .string),
        ("actions.ngrok.restrict_ips.error.message", .restrictionErrorMessage, .string),
        ("actions.ngrok.log.metadata", .logMetadata, .map(.string, .dynamic)),
        ("actions.ngrok.terminate_tls.version", .version, .string),
        ("actions.ngrok.terminate_tls.cipher_suite", .cipherSuite, .string),
        ("actions.ngrok.terminate_tls.sni", .terminatedServerName, .string),
        ("actions.ngrok.terminate_tls.error_code", .errorCode, .string),
        ("actions.ngrok.terminate_tls.error_message", .errorMessage, .string),
        ("actions.ngrok.terminate_tls.warnings", .warnings, .list(.string)),
    ]

    /// Of January 2024.
    private static let oldNames: [(String, Slot)] = [
        ("conn.ClientIP", .clientIP), ("conn.TLS.SNI", .serverName), ("conn.TLS.Version", .version),
        ("conn.TLS.CipherSuite", .cipherSuite),
    ]

    /// Without `vars`, which depend on the document.
    static let connection: ExpressionScope = {
        var declarations = Self.names.map { ExpressionScope.Declaration($0, slot: $1.rawValue, type: $2) }
        declarations += Self.oldNames.map { .init($0, slot: $1.rawValue, type: .string, isOld: true) }
        let clientStart = Slot.allCases.count
        let serverStart = clientStart + CertificateField.allCases.count
        for prefix in ["conn.tls", "actions.ngrok.terminate_tls"] {
            for (index, field) in CertificateField.allCases.enumerated() {
                for (side, start) in [("client", clientStart), ("server", serverStart)] {
                    let name = "\(prefix).\(side).\(field.rawValue)"
                    declarations.append(.init(name, slot: start + index, type: field.type))
                }
            }
        }
        if let index = CertificateField.allCases.firstIndex(of: .subjectCommonName) {
            // "The subject common name of the leaf TLS certificate", which today's documentation calls the server's.
            declarations.append(.init("conn.TLS.CertCN", slot: serverStart + index, type: .string, isOld: true))
        }
        let noPlaces = "this edge does not know where addresses are"
        return ExpressionScope(
            declarations,
            absent: [
                "conn.geo": noPlaces, "conn.Geo": noPlaces, "req": "TLS endpoints see no requests",
                "res": "TLS endpoints see no responses",
            ]
        )
    }()

    /// - Parameter names: What a document's `set-vars` actions set, so that a misspelt variable is found when the document is
    ///   read.
    static func connection(settingVariables names: Set<String>) -> ExpressionScope {
        var fields: [String: ValueType] = [:]
        for name in names { fields[name] = .dynamic }
        return self.connection.declaring(
            .init("vars", slot: Slot.variables.rawValue, type: .record(RecordType(fields: fields)))
        )
    }
}
