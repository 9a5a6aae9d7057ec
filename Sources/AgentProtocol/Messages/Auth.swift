package import JSONText

/// The first request of a session: which agent this is and what it may do.
package struct Auth: AgentMessage {
    /// Protocol versions in order of preference.
    package var versions: [String]
    /// Empty in a first session; afterwards the id that the edge gave.
    package var clientID: String
    package var extra: Extra

    /// The versions that we speak.
    package static let supportedVersions = ["3", "2"]

    package init(versions: [String] = Auth.supportedVersions, clientID: String = "", extra: Extra = Extra()) {
        self.versions = versions
        self.clientID = clientID
        self.extra = extra
    }

    package struct Extra: Hashable, Sendable {
        package var os = ""
        package var arch = ""
        /// A secret: never log it.
        package var authtoken = ""
        package var version = ""
        package var hostname = ""
        package var userAgent = ""
        package var metadata = ""
        /// What the edge gave in the last session.
        package var cookie = ""
        /// Nanoseconds.
        package var heartbeatInterval: Int64 = 0
        /// Nanoseconds.
        package var heartbeatTolerance: Int64 = 0
        package var fingerprint = ""
        /// `nil`: the agent is too old to know; empty: it can; else the reason why it cannot.
        package var updateUnsupportedError: String?
        package var stopUnsupportedError: String?
        package var restartUnsupportedError: String?
        package var proxyType = ""
        package var mutualTLS = false
        package var serviceRun = false
        package var configVersion = ""
        package var customInterface = false
        package var customCAs = false
        package var clientType = ""
        /// What our own agent says there.
        package static let ownClientType = "shakedown-agent"
        package var legNumber: Int64 = 0

        package init() {}
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.versions = try fields.strings("Version")
        self.clientID = try fields.string("ClientId")
        self.extra = try Extra(try fields.fields("Extra"))
    }

    package var json: JSONValue {
        .fields([
            "Version": .strings(self.versions),
            "ClientId": .string(self.clientID),
            "Extra": self.extra.json,
        ])
    }
}

extension Auth.Extra {
    init(_ fields: MessageFields) throws(MessageError) {
        self.os = try fields.string("OS")
        self.arch = try fields.string("Arch")
        self.authtoken = try fields.string("Authtoken")
        self.version = try fields.string("Version")
        self.hostname = try fields.string("Hostname")
        self.userAgent = try fields.string("UserAgent")
        self.metadata = try fields.string("Metadata")
        self.cookie = try fields.string("Cookie")
        self.heartbeatInterval = try fields.integer("HeartbeatInterval")
        self.heartbeatTolerance = try fields.integer("HeartbeatTolerance")
        self.fingerprint = try fields.string("Fingerprint")
        self.updateUnsupportedError = try fields.optionalString("UpdateUnsupportedError")
        self.stopUnsupportedError = try fields.optionalString("StopUnsupportedError")
        self.restartUnsupportedError = try fields.optionalString("RestartUnsupportedError")
        self.proxyType = try fields.string("ProxyType")
        self.mutualTLS = try fields.bool("MutualTLS")
        self.serviceRun = try fields.bool("ServiceRun")
        self.configVersion = try fields.string("ConfigVersion")
        self.customInterface = try fields.bool("CustomInterface")
        self.customCAs = try fields.bool("CustomCAs")
        self.clientType = try fields.string("ClientType")
        self.legNumber = try fields.integer("LegNumber")
    }

    var json: JSONValue {
        .fields([
            "OS": .string(self.os),
            "Arch": .string(self.arch),
            "Authtoken": .string(self.authtoken),
            "Version": .string(self.version),
            "Hostname": .string(self.hostname),
            "UserAgent": .string(self.userAgent),
            "Metadata": .string(self.metadata),
            "Cookie": .string(self.cookie),
            "HeartbeatInterval": .integer(self.heartbeatInterval),
            "HeartbeatTolerance": .integer(self.heartbeatTolerance),
            "Fingerprint": .string(self.fingerprint),
            "UpdateUnsupportedError": .optional(self.updateUnsupportedError),
            "StopUnsupportedError": .optional(self.stopUnsupportedError),
            "RestartUnsupportedError": .optional(self.restartUnsupportedError),
            "ProxyType": .string(self.proxyType),
            "MutualTLS": .bool(self.mutualTLS),
            "ServiceRun": .bool(self.serviceRun),
            "ConfigVersion": .string(self.configVersion),
            "CustomInterface": .bool(self.customInterface),
            "CustomCAs": .bool(self.customCAs),
            "ClientType": .string(self.clientType),
            "LegNumber": .integer(self.legNumber),
        ])
    }
}

extension Auth.Extra: CustomStringConvertible, CustomDebugStringConvertible {
    /// Everything but the secrets, so that printing a message by accident gives none away.
    package var description: String { "\(self.userAgent) on \(self.os)/\(self.arch)" }
    package var debugDescription: String { self.description }
}

extension Auth.Extra: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: ["description": self.description]) }
}

/// The answer to ``Auth``. With an ``error`` the session is refused and closed.
package struct AuthResp: AgentReply {
    /// The protocol version that the edge chose.
    package var version: String
    package var clientID: String
    package var error: String
    package var extra: Extra

    package init(version: String = "", clientID: String = "", error: String = "", extra: Extra = Extra()) {
        self.version = version
        self.clientID = clientID
        self.error = error
        self.extra = extra
    }

    package struct Extra: Hashable, Sendable {
        package var version = ""
        package var region = ""
        package var cookie = ""
        package var accountName = ""
        /// Seconds; 0 is without end.
        package var sessionDuration: Int64 = 0
        package var planName = ""
        package var banner = ""
        package var deprecationWarning: DeprecationWarning?
        package var connectAddresses: [ConnectAddress] = []
        package var agentSessionID = ""

        package init() {}
    }

    package struct DeprecationWarning: Hashable, Sendable {
        package var nextMinimum = ""
        package var nextDate = ""
        package var message = ""

        package init() {}
    }

    /// Where further sessions of the same agent may connect.
    package struct ConnectAddress: Hashable, Sendable {
        package var region: String
        package var serverAddress: String

        package init(region: String, serverAddress: String) {
            self.region = region
            self.serverAddress = serverAddress
        }
    }

    package init(json: JSONValue) throws(MessageError) {
        let fields = try MessageFields(json)
        self.version = try fields.string("Version")
        self.clientID = try fields.string("ClientId")
        self.error = try fields.string("Error")
        self.extra = try Extra(try fields.fields("Extra"))
    }

    package var json: JSONValue {
        .fields([
            "Version": .string(self.version),
            "ClientId": .string(self.clientID),
            "Error": .string(self.error),
            "Extra": self.extra.json,
        ])
    }
}

extension AuthResp.Extra {
    init(_ fields: MessageFields) throws(MessageError) {
        self.version = try fields.string("Version")
        self.region = try fields.string("Region")
        self.cookie = try fields.string("Cookie")
        self.accountName = try fields.string("AccountName")
        self.sessionDuration = try fields.integer("SessionDuration")
        self.planName = try fields.string("PlanName")
        self.banner = try fields.string("Banner")
        if let warning = try fields.optionalFields("DeprecationWarning") {
            var value = AuthResp.DeprecationWarning()
            value.nextMinimum = try warning.string("NextMin")
            value.nextDate = try warning.string("NextDate")
            value.message = try warning.string("Msg")
            self.deprecationWarning = value
        }
        if case .array(let addresses) = fields.value("ConnectAddresses") {
            for address in addresses {
                let inner = try MessageFields(address, field: "ConnectAddresses")
                self.connectAddresses.append(
                    AuthResp.ConnectAddress(
                        region: try inner.string("Region"),
                        serverAddress: try inner.string("ServerAddr")
                    )
                )
            }
        }
        self.agentSessionID = try fields.string("AgentSessionID")
    }

    var json: JSONValue {
        .fields([
            "Version": .string(self.version),
            "Region": .string(self.region),
            "Cookie": .string(self.cookie),
            "AccountName": .string(self.accountName),
            "SessionDuration": .integer(self.sessionDuration),
            "PlanName": .string(self.planName),
            "Banner": .string(self.banner),
            "DeprecationWarning": self.deprecationWarning.map { warning in
                .fields([
                    "NextMin": .string(warning.nextMinimum),
                    "NextDate": .string(warning.nextDate),
                    "Msg": .string(warning.message),
                ])
            } ?? .null,
            "ConnectAddresses": .array(
                self.connectAddresses.map {
                    .fields(["Region": .string($0.region), "ServerAddr": .string($0.serverAddress)])
                }
            ),
            "AgentSessionID": .string(self.agentSessionID),
        ])
    }
}
