package import JSONText

/// Asks for an endpoint on this session.
package struct Bind: AgentMessage {
    /// The agent's id for the endpoint; empty lets the edge choose. Proxied streams name it.
    package var id: String
    /// `tls` for all that this project serves.
    package var proto: String
    /// Where the agent forwards to, for display.
    package var forwardsTo: String
    package var forwardsProto: String
    package var options: TLSOptions
    package var extra: Extra

    package init(
        id: String = "",
        proto: String = "tls",
        forwardsTo: String = "",
        forwardsProto: String = "",
        options: TLSOptions = TLSOptions(),
        extra: Extra = Extra()
    ) {
        self.id = id
        self.proto = proto
        self.forwardsTo = forwardsTo
        self.forwardsProto = forwardsProto
        self.options = options
        self.extra = extra
    }

    package struct Extra: Hashable, Sendable {
        package var name = ""
        /// What the edge gave in an earlier ``BindResp``; keeps a random host name across reconnects.
        package var token = ""
        package var ipPolicyRef = ""
        package var metadata = ""
        package var description = ""
        package var bindings: [String] = []
        package var poolingEnabled = false

        package init() {}
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.id = try fields.string("Id")
        self.proto = try fields.string("Proto")
        self.forwardsTo = try fields.string("ForwardsTo")
        self.forwardsProto = try fields.string("ForwardsProto")
        self.options = try TLSOptions(json: fields.value("Opts") ?? .null)
        let extra = try fields.fields("Extra")
        self.extra = Extra()
        self.extra.name = try extra.string("Name")
        self.extra.token = try extra.string("Token")
        self.extra.ipPolicyRef = try extra.string("IPPolicyRef")
        self.extra.metadata = try extra.string("Metadata")
        self.extra.description = try extra.string("Description")
        self.extra.bindings = try extra.strings("Bindings")
        self.extra.poolingEnabled = try extra.bool("PoolingEnabled")
    }

    package var json: JSONValue {
        .fields([
            "Id": .string(self.id),
            "Proto": .string(self.proto),
            "ForwardsTo": .string(self.forwardsTo),
            "ForwardsProto": .string(self.forwardsProto),
            "Opts": self.options.json,
            "Extra": .fields([
                "Name": .string(self.extra.name),
                "Token": .string(self.extra.token),
                "IPPolicyRef": .string(self.extra.ipPolicyRef),
                "Metadata": .string(self.extra.metadata),
                "Description": .string(self.extra.description),
                "Bindings": .strings(self.extra.bindings),
                "PoolingEnabled": .bool(self.extra.poolingEnabled),
            ]),
        ])
    }
}

/// The answer to ``Bind``: the endpoint as it is now online, or an ``error``.
package struct BindResp: AgentReply {
    package var id: String
    /// `tls://host`.
    package var url: String
    package var proto: String
    /// The options as chosen, whole; a rebind sends them again.
    package var options: TLSOptions
    package var error: String
    package var extra: Extra

    package init(
        id: String = "",
        url: String = "",
        proto: String = "",
        options: TLSOptions = TLSOptions(),
        error: String = "",
        extra: Extra = Extra()
    ) {
        self.id = id
        self.url = url
        self.proto = proto
        self.options = options
        self.error = error
        self.extra = extra
    }

    package struct Extra: Hashable, Sendable {
        package var token = ""
        package var tunnelID = ""
        /// What the owner should know of an endpoint that is online. A field of ours: agents skip those they do not know.
        package var warning = ""

        package init() {}
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.id = try fields.string("Id")
        self.url = try fields.string("URL")
        self.proto = try fields.string("Proto")
        self.options = try TLSOptions(json: fields.value("Opts") ?? .null)
        self.error = try fields.string("Error")
        let extra = try fields.fields("Extra")
        self.extra = Extra()
        self.extra.token = try extra.string("Token")
        self.extra.tunnelID = try extra.string("TunnelID")
        self.extra.warning = try extra.string("Warning")
    }

    package var json: JSONValue {
        .fields([
            "Id": .string(self.id),
            "URL": .string(self.url),
            "Proto": .string(self.proto),
            "Opts": self.options.json,
            "Error": .string(self.error),
            "Extra": self.extra.json,
        ])
    }
}

extension BindResp.Extra {
    fileprivate var json: JSONValue {
        guard !self.warning.isEmpty else {
            return .fields(["Token": .string(self.token), "TunnelID": .string(self.tunnelID)])
        }
        return .fields([
            "Token": .string(self.token), "TunnelID": .string(self.tunnelID), "Warning": .string(self.warning),
        ])
    }
}

/// Takes an endpoint offline.
package struct Unbind: AgentMessage {
    package var id: String

    package init(id: String) {
        self.id = id
    }

    package init(json: JSONValue) throws(MessageError) {
        self.id = try MessageFields(json).string("Id")
    }

    package var json: JSONValue { .fields(["Id": .string(self.id), "Extra": .null]) }
}

/// The answer to ``Unbind``.
package struct UnbindResp: AgentReply {
    package var error: String

    package init(error: String = "") {
        self.error = error
    }

    package init(json: JSONValue) throws(MessageError) {
        self.error = try MessageFields(json).string("Error")
    }

    package var json: JSONValue { .fields(["Error": .string(self.error), "Extra": .null]) }
}
