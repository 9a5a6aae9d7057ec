/// What an event destination comes to, whichever target it has: a URL that events are sent to, with a header.
package struct EventEndpoint: Hashable, Sendable {
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: EventDestination.SecretKey
    }

    package let url: String
    /// `nil` where nobody asks who sends.
    package let header: Header?
}

extension EventEndpoint {
    /// - Throws: ERR_NGROK_5100 for a target that this edge delivers nothing to, 5133 and 240 for one that lacks its secret.
    init(_ target: EventTarget, secret: EventDestination.SecretKey?) throws(ControlError) {
        if let webhook = target.webhook {
            self.url = webhook.url
            switch (webhook.header, secret) {
            case (nil, nil): self.header = nil
            case (nil, let secret?):
                self.header = Header(name: "Authorization", value: .init(text: "Bearer \(secret.text)"))
            case (let header?, let secret?): self.header = Header(name: header.name, value: secret)
            case (.some, nil): throw .headerEmpty
            }
        } else if let datadog = target.datadog {
            guard let secret else { throw .apiKeyMissing }
            guard let url = datadog.url else { throw .siteInvalid }
            self.url = url
            self.header = Header(name: "DD-API-KEY", value: secret)
        } else {
            throw .undeliverable(target.fields.first?.stringValue ?? "")
        }
    }
}

extension EventDestination {
    /// Where its events go.
    ///
    /// - Throws: where it was kept by an edge that could deliver there, and this one cannot.
    package var endpoint: EventEndpoint {
        get throws(ControlError) {
            guard let target = self.draft.target else { throw .targetMissing }
            return try EventEndpoint(target, secret: self.secretKey)
        }
    }
}

extension ControlError {
    fileprivate static let targets = "Valid targets are webhook and datadog."
    static let targetMissing = ControlError(
        code: 5100,
        "A destination needs a target. \(Self.targets)",
        field: "target"
    )
    fileprivate static func undeliverable(_ target: String) -> ControlError {
        ControlError(
            code: 5100,
            "This edge delivers no events to the target '\(target)'. \(Self.targets)",
            field: "target.\(target)"
        )
    }
    fileprivate static let headerEmpty = ControlError(
        code: 240,
        "The webhook's header has no value.",
        field: "target.webhook.header.value"
    )
    fileprivate static let apiKeyMissing = ControlError(
        code: 5133,
        "Datadog asks for an API key.",
        field: "target.datadog.api_key"
    )
    fileprivate static let siteInvalid = ControlError(
        code: nil,
        "The site of Datadog must be a name such as datadoghq.eu.",
        field: "target.datadog.ddsite"
    )
}
