import EdgeCore

/// Which outlets an event goes to, and what of it.
struct RouteTable: Sendable {
    private struct Route {
        let filter: (@Sendable (EdgeEvent) -> Bool)?
        let fields: FieldSelection
        let outlets: [any Outlet]
    }

    private struct Key: Hashable {
        let accountID: String
        let type: EventTypeName
    }

    /// Those of the operator, who gets everything of everybody.
    private let unconditional: [any Outlet]
    private var routes: [Key: [Route]] = [:]

    init(unconditional: [any Outlet]) {
        self.unconditional = unconditional
    }

    /// - Parameter outlets: Of the subscription's destinations.
    mutating func add(_ subscription: EventSubscription, outlets: [any Outlet]) {
        for source in subscription.sources {
            self.routes[Key(accountID: subscription.accountID, type: source.type), default: []].append(
                Route(filter: source.filter, fields: source.fields, outlets: outlets)
            )
        }
    }

    /// Gives an event to all who want it, each once for every subscription by which they do.
    func deliver(_ event: EdgeEvent) {
        var whole: [UInt8]?
        if !self.unconditional.isEmpty {
            let encoded = event.encoded
            for outlet in self.unconditional { outlet.take(encoded) }
            whole = encoded
        }
        for route in self.routes[Key(accountID: event.accountID, type: event.type)] ?? []
        where route.filter?(event) ?? true {
            let encoded = route.fields == .everything ? whole ?? event.encoded : event.encoded(route.fields)
            for outlet in route.outlets { outlet.take(encoded) }
        }
    }
}
