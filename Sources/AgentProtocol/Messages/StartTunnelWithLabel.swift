package import JSONText

/// Joins the backend of an edge by labels, without a name of its own.
package struct StartTunnelWithLabel: AgentMessage {
    package var labels: [String: String]
    package var forwardsTo: String
    package var forwardsProto: String
    package var metadata: String

    package init(labels: [String: String], forwardsTo: String = "", forwardsProto: String = "", metadata: String = "") {
        self.labels = labels
        self.forwardsTo = forwardsTo
        self.forwardsProto = forwardsProto
        self.metadata = metadata
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.labels = try fields.dictionary("Labels")
        self.forwardsTo = try fields.string("ForwardsTo")
        self.forwardsProto = try fields.string("ForwardsProto")
        self.metadata = try fields.string("Metadata")
    }

    package var json: JSONValue {
        .fields([
            "Labels": .object(
                self.labels.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
            ),
            "ForwardsTo": .string(self.forwardsTo),
            "ForwardsProto": .string(self.forwardsProto),
            "Metadata": .string(self.metadata),
        ])
    }
}

/// The answer to ``StartTunnelWithLabel``.
package struct StartTunnelWithLabelResp: AgentReply {
    package var id: String
    package var error: String

    package init(id: String = "", error: String = "") {
        self.id = id
        self.error = error
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.id = try fields.string("Id")
        self.error = try fields.string("Error")
    }

    package var json: JSONValue { .fields(["Id": .string(self.id), "Error": .string(self.error)]) }
}
