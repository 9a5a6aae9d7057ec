import JSONText

/// Who did what an event tells of.
package struct Principal: Hashable, Sendable {
    /// Where it was done, in ngrok's words.
    package enum Source: String, Hashable, Sendable {
        case api = "API"
        case dashboard = "Dashboard"
    }

    /// `usr_…` or `bot_…`
    package var id: String
    /// For people: an email address, or the name of a service user.
    package var subject: String
    package var source: Source
    /// What it was proved with; `nil` where that was no API key.
    package var credential: ResourceReference?

    package init(id: String, subject: String, source: Source, credential: ResourceReference?) {
        self.id = id
        self.subject = subject
        self.source = source
        self.credential = credential
    }

    var json: JSONValue {
        .object([
            .init("id", .string(self.id)),
            .init("subject", .string(self.subject)),
            .init("source", .string(self.source.rawValue)),
            .init("credential", self.credential?.json ?? .null),
        ])
    }
}

/// Another object, as the API refers to one.
package struct ResourceReference: Hashable, Sendable {
    package var id: String
    /// `nil` where the object has no address, because the edge has no API.
    package var uri: String?

    package init(id: String, uri: String?) {
        self.id = id
        self.uri = uri
    }

    var json: JSONValue {
        .object([.init("id", .string(self.id)), .init("uri", self.uri.map { .string($0) } ?? .null)])
    }
}
