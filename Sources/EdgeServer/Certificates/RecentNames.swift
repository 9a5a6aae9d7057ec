/// Values by name, and only so many: clients think of names below a wildcard as they like. Of too many goes the one that was
/// asked for longest ago, so that names nobody asks for a second time do not displace those in use.
package struct RecentNames<Value> {
    fileprivate struct Entry {
        let value: Value
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]
    /// Counts uses.
    private var clock: UInt64 = 0

    /// - Parameter limit: at least one.
    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func value(for name: String) -> Value? {
        self.clock += 1
        self.entries[name]?.lastUse = self.clock
        return self.entries[name]?.value
    }

    package mutating func insert(_ value: Value, for name: String) {
        self.clock += 1
        // Looks at all, which are few, and only for a name that is new.
        if self.entries[name] == nil, self.entries.count >= self.limit,
            let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            self.entries[oldest.key] = nil
        }
        self.entries[name] = Entry(value: value, lastUse: self.clock)
    }

    package mutating func removeAll() { self.entries = [:] }
}

extension RecentNames: Sendable where Value: Sendable {}
extension RecentNames.Entry: Sendable where Value: Sendable {}
