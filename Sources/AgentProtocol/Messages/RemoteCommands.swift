package import JSONText

/// Tells the agent to end. It answers, then closes the session and stays away.
package struct Stop: AgentMessage {
    package init() {}
    package init(json: JSONValue) throws(MessageError) { _ = try MessageFields(json) }
    package var json: JSONValue { .object([]) }
}

/// Tells the agent to start afresh.
package struct Restart: AgentMessage {
    package init() {}
    package init(json: JSONValue) throws(MessageError) { _ = try MessageFields(json) }
    package var json: JSONValue { .object([]) }
}

/// Tells the agent to replace its program.
package struct Update: AgentMessage {
    /// Empty: the latest.
    package var version: String
    package var permitMajorVersion: Bool

    package init(version: String = "", permitMajorVersion: Bool = false) {
        self.version = version
        self.permitMajorVersion = permitMajorVersion
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.version = try fields.string("Version")
        self.permitMajorVersion = try fields.bool("PermitMajorVersion")
    }

    package var json: JSONValue {
        .fields(["Version": .string(self.version), "PermitMajorVersion": .bool(self.permitMajorVersion)])
    }
}

/// The answer to ``Stop``, ``Restart`` and ``Update``, which have the same one.
package struct CommandResp: AgentReply {
    package var error: String

    package init(error: String = "") {
        self.error = error
    }

    package init(json: JSONValue) throws(MessageError) {
        self.error = try MessageFields(json).string("Error")
    }

    package var json: JSONValue { .fields(["Error": .string(self.error)]) }
}

/// Ends one endpoint for the agent's own reasons to know, and keeps the session. There is no answer.
package struct StopTunnel: AgentMessage {
    package var id: String
    package var message: String
    package var errorCode: String

    package init(id: String, message: String, errorCode: String = "") {
        self.id = id
        self.message = message
        self.errorCode = errorCode
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.id = try fields.string("Id")
        self.message = try fields.string("Message")
        self.errorCode = try fields.string("ErrorCode")
    }

    package var json: JSONValue {
        .fields([
            "Id": .string(self.id), "Message": .string(self.message), "ErrorCode": .string(self.errorCode),
        ])
    }
}
