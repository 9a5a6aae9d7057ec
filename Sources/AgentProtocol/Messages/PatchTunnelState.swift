package import JSONText

/// Changes what is said of an endpoint that is online. What is absent stays as it is.
package struct PatchTunnelState: AgentMessage {
    package var tunnelID: String
    package var name: String?
    package var description: String?
    package var metadata: String?
    package var poolingEnabled: Bool?
    package var trafficPolicy: String?

    package init(tunnelID: String) {
        self.tunnelID = tunnelID
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.tunnelID = try fields.string("TunnelId")
        self.name = try fields.optionalString("Name")
        self.description = try fields.optionalString("Description")
        self.metadata = try fields.optionalString("Metadata")
        self.poolingEnabled = fields.value("PoolingEnabled") == nil ? nil : try fields.bool("PoolingEnabled")
        self.trafficPolicy = try fields.optionalString("TrafficPolicy")
    }

    package var json: JSONValue {
        .fields([
            "TunnelId": .string(self.tunnelID),
            "Name": .optional(self.name),
            "Description": .optional(self.description),
            "Metadata": .optional(self.metadata),
            "PoolingEnabled": self.poolingEnabled.map { .bool($0) } ?? .null,
            "TrafficPolicy": .optional(self.trafficPolicy),
        ])
    }
}

/// The answer to ``PatchTunnelState``.
package struct PatchTunnelStateResp: AgentReply {
    package var error: String

    package init(error: String = "") {
        self.error = error
    }

    package init(json: JSONValue) throws(MessageError) {
        self.error = try MessageFields(json).string("Error")
    }

    package var json: JSONValue { .fields(["Error": .string(self.error)]) }
}
