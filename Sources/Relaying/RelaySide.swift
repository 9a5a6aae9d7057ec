/// The two ends of a relay, named by who is behind them.
///
/// At the edge the upstream is an agent's stream; at the agent the client is the edge's stream.
package enum RelaySide: Hashable, Sendable, CaseIterable {
    case client
    case upstream

    package var other: RelaySide { self == .client ? .upstream : .client }
}

/// One value for each side.
struct BothSides<Value> {
    private var client: Value
    private var upstream: Value

    init(_ value: Value) {
        self.client = value
        self.upstream = value
    }

    subscript(side: RelaySide) -> Value {
        get { side == .client ? self.client : self.upstream }
        set {
            switch side {
            case .client: self.client = newValue
            case .upstream: self.upstream = newValue
            }
        }
    }
}

extension BothSides: Sendable where Value: Sendable {}
