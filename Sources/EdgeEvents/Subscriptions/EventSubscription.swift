package import EdgeCore

/// Which events of an account go where.
package struct EventSubscription: Sendable {
    /// One type of event that is wanted, which of these, and what of them.
    package struct Source: Sendable {
        package var type: EventTypeName
        /// Asked off the event loops, of one event after the other, so that all that come later wait for its answer; `nil`
        /// wants them all.
        package var filter: (@Sendable (EdgeEvent) -> Bool)?
        package var fields: FieldSelection

        package init(
            _ type: EventTypeName,
            filter: (@Sendable (EdgeEvent) -> Bool)? = nil,
            fields: FieldSelection = .everything
        ) {
            self.type = type
            self.filter = filter
            self.fields = fields
        }
    }

    /// `esb_…`
    package var id: String
    package var accountID: String
    package var sources: [Source]
    package var destinations: [EventDestination]

    package init(id: String, accountID: String, sources: [Source], destinations: [EventDestination]) {
        self.id = id
        self.accountID = accountID
        self.sources = sources
        self.destinations = destinations
    }
}

/// Where events go, under the name that subscriptions share it by.
///
/// Two that are equal are one: they have one queue, and what a replacement of the subscriptions leaves as it is goes on.
package struct EventDestination: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case standardOutput
        /// JSON lines, appended.
        case file(path: String)
        case webhook(Webhook)
    }

    /// `ed_…`
    package var id: String
    package var target: Target

    package init(id: String, target: Target) {
        self.id = id
        self.target = target
    }
}

extension EventDestination {
    /// What its events are counted under.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case standardOutput = "stdout"
        case file
        case webhook
    }

    package var kind: Kind {
        switch self.target {
        case .standardOutput: .standardOutput
        case .file: .file
        case .webhook: .webhook
        }
    }
}
