import ScenarioModel

/// The keys of a scenario file: what the reader knows, and what `Docs/schema/scenario.schema.json` must say too.
enum Grammar {
    struct Object {
        /// As messages and the schema's `$defs` call it.
        let name: String
        let keys: [String]
    }

    static let file = Object(name: "file", keys: ["definitions", "defaults", "scenarios"])
    static let scenario = Object(
        name: "scenario",
        keys: [
            "id", "title", "rule", "references", "importance", "tags", "rationale", "roles", "engines", "requires",
            "parameters", "except", "endpoints", "limits", "client", "deliver", "exchange", "expect", "clients",
            "steps",
            "never",
        ]
    )
    static let limits = Object(name: "limits", keys: ConnectionLimit.allCases.map(\.rawValue))
    static let rule = Object(name: "rule", keys: ["document", "section", "level"])
    static let endpoint = Object(
        name: "endpoint",
        keys: [
            "domain", "wildcard", "role", "online", "own-agent", "agent-of", "rival-of", "pool-of", "labels",
            "account", "policy", "terminated-by-policy", "internal", "certificate", "mutual-tls",
            "allow", "deny",
            "proxy-protocol", "verify-upstream", "upstream-client-certificate", "upstream",
        ]
    )
    /// What can change behind a name; the rest of an endpoint is its upstream's, or the name itself.
    static let change = Object(name: "change", keys: ["certificate", "mutual-tls", "allow", "deny"])
    static let upstream = Object(
        name: "upstream",
        keys: ["listening", "certificate", "min-version", "max-version", "alpn", "mutual-tls", "early-data"]
    )
    static let client = Object(
        name: "client",
        keys: [
            "sni", "version", "min-version", "max-version", "alpn", "tickets", "groups", "ciphers",
            "signature-algorithms", "sni-after-retry", "certificate", "source", "close", "preface", "hello", "raw",
            "second-flight",
            "silent", "engine", "count", "resume", "early-data",
        ]
    )
    static let preface = Object(name: "preface", keys: ["text", "hex", "size", "client", "server"])
    static let secondFlight = Object(name: "second-flight", keys: ["after", "hello", "sni", "records"])
    static let raw = Object(name: "raw", keys: ["name", "text", "hex"])
    static let hello = Object(
        name: "hello",
        keys: [
            "legacy-version", "session-id-length", "cipher-suites", "compression-methods", "no-extensions",
            "supported-versions", "server-names", "server-name-data", "extensions", "length-errors", "padded-size",
            "handshake-type", "trailing-bytes", "record-version", "record-type", "records-before", "records-after",
            "truncated-to",
        ]
    )
    static let serverName = Object(name: "server-name", keys: ["type", "text", "hex"])
    static let extensionEdit = Object(
        name: "extension-edit",
        keys: ["remove", "duplicate", "move-to-end", "prepend", "append", "append-unknown", "replace"]
    )
    static let extensionData = Object(name: "extension-data", keys: ["type", "data", "server-name"])
    static let lengthError = Object(name: "length-error", keys: ["field", "delta"])
    static let record = Object(name: "record", keys: ["type", "version", "payload"])
    static let delivery = Object(name: "delivery", keys: ["name", "records", "segments"])
    static let recordDelivery = Object(name: "record-delivery", keys: ["cuts", "size"])
    static let segmentDelivery = Object(name: "segment-delivery", keys: ["cuts", "size", "gap"])
    static let step = Object(
        name: "step",
        keys: [
            "connect", "open", "say", "hear", "end", "reset", "together", "wait", "agent", "target", "counters", "api",
            "told",
            "with", "exchange", "spread", "up", "down", "until", "expect",
        ]
    )
    static let apiCall = Object(
        name: "api-call",
        keys: ["method", "path", "account", "body", "status", "save", "expect"]
    )
    /// What only a client among several says.
    static let ofSeveral = ["engine", "count", "resume", "early-data"]
    static let exchange = Object(name: "exchange", keys: ["transfer"])
    static let transfer = Object(name: "transfer", keys: ["up", "down"])
    static let grades = ["strict", "lenient", "tolerated", "never"]
    static let expect = Object(
        name: "expect",
        keys: Self.grades + Self.roleNames + ["overrides"]
    )
    static let roleGrades = Object(name: "grades", keys: Self.grades)
    static let override = Object(name: "override", keys: ["when"] + Self.grades)
    static let expectation = Object(
        name: "expectation",
        keys: [
            "route", "dialled", "handshake", "terminated-by", "certificate", "version", "resumed", "early-data",
            "retried",
            "alpn", "bytes",
            "alerts", "endings", "upstream-ending", "within", "first-byte-within", "handshake-within", "proxy", "event",
            "upstream-server-name",
            "upstream-client-certificate",
        ]
    )
    static let within = Object(name: "within", keys: ["deadline", "from", "to"])
    static let event = Object(name: "event", keys: ["ip-policy", "logs"])

    private static let roleNames = ["passthrough", "edge", "agent", "re-encrypt", "agent-re-encrypt"]

    static let all: [Object] = [
        Self.file, Self.scenario, Self.limits, Self.rule, Self.endpoint, Self.change, Self.upstream, Self.client,
        Self.preface,
        Self.raw, Self.secondFlight,
        Self.hello,
        Self.serverName, Self.extensionEdit, Self.extensionData, Self.lengthError, Self.record, Self.delivery,
        Self.recordDelivery,
        Self.segmentDelivery, Self.step, Self.apiCall, Self.exchange, Self.transfer, Self.expect, Self.roleGrades,
        Self.override,
        Self.expectation, Self.within, Self.event,
    ]
}
