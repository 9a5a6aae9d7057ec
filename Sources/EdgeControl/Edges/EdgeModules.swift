/// A part of an edge that can be put on and taken off by itself.
package protocol EdgeModule: Hashable, Codable, Sendable {
    /// `nil` where a request left it out, which is on.
    var enabled: Bool? { get }
    static var shape: FieldShape { get }
    /// What the edge calls it.
    static var field: String { get }
}

extension EdgeModule {
    package var isEnabled: Bool { self.enabled ?? true }
}

/// Where an edge's connections go.
package struct BackendModule: EdgeModule {
    package var enabled: Bool?
    package var backendID: String

    package init(enabled: Bool? = nil, backendID: String) {
        self.enabled = enabled
        self.backendID = backendID
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled
        case backendID = "backend_id"
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    package static var field: String { "backend" }
}

/// Which clients an edge lets in: the rules of all these policies together.
package struct IPRestrictionModule: EdgeModule {
    package var enabled: Bool?
    package var ipPolicyIDs: [String]

    package init(enabled: Bool? = nil, ipPolicyIDs: [String]) {
        self.enabled = enabled
        self.ipPolicyIDs = ipPolicyIDs
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled
        case ipPolicyIDs = "ip_policy_ids"
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    package static var field: String { "ip_restriction" }
}

/// Whose client certificates an edge lets in.
package struct MutualTLSModule: EdgeModule {
    package var enabled: Bool?
    package var certificateAuthorityIDs: [String]

    package init(enabled: Bool? = nil, certificateAuthorityIDs: [String]) {
        self.enabled = enabled
        self.certificateAuthorityIDs = certificateAuthorityIDs
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled
        case certificateAuthorityIDs = "certificate_authority_ids"
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    package static var field: String { "mutual_tls" }
}

/// Who ends the clients' TLS. An edge without it passes TLS on.
package struct TLSTerminationModule: EdgeModule {
    package var enabled: Bool?
    package var terminateAt: String
    package var minVersion: String?

    package init(enabled: Bool? = nil, terminateAt: String, minVersion: String? = nil) {
        self.enabled = enabled
        self.terminateAt = terminateAt
        self.minVersion = minVersion
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled
        case terminateAt = "terminate_at"
        case minVersion = "min_version"
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    package static var field: String { "tls_termination" }
}

/// Rules for connections, in a language of their own.
package struct TrafficPolicyModule: EdgeModule {
    package var enabled: Bool?
    package var value: String

    package init(enabled: Bool? = nil, value: String) {
        self.enabled = enabled
        self.value = value
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled, value
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    package static var field: String { "traffic_policy" }
}
