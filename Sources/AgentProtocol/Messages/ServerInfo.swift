package import JSONText

/// Asks which region this is; allowed before ``Auth``.
package struct SrvInfo: AgentMessage {
    package init() {}
    package init(json: JSONValue) throws(MessageError) { _ = try MessageFields(json) }
    package var json: JSONValue { .object([]) }
}

/// The answer to ``SrvInfo``.
package struct SrvInfoResp: AgentReply {
    package var region: String
    package var error: String

    package init(region: String = "", error: String = "") {
        self.region = region
        self.error = error
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.region = try fields.string("Region")
        self.error = try fields.string("Error")
    }

    package var json: JSONValue { .fields(["Region": .string(self.region), "Error": .string(self.error)]) }
}
