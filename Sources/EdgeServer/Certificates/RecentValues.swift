/// Values by what clients ask for, and only so many: they think of names below a wildcard as they like. Of too many goes the one
/// that was asked for longest ago, so that what nobody asks for a second time does not displace those in use.
package struct RecentValues<Key: Hashable, Value> {
    fileprivate struct Entry {
        let value: Value
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    /// Counts uses.
    private var clock: UInt64 = 0

    /// - Parameter limit: at least one.
    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func value(for key: Key) -> Value? {
        self.clock += 1
        self.entries[key]?.lastUse = self.clock
        return self.entries[key]?.value
    }

    package mutating func insert(_ value: Value, for key: Key) {
        self.clock += 1
        // Looks at all, which are few, and only for a key that is new.
        if self.entries[key] == nil, self.entries.count >= self.limit,
            let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            self.entries[oldest.key] = nil
        }
        self.entries[key] = Entry(value: value, lastUse: self.clock)
    }

    package mutating func removeAll() { self.entries = [:] }
}

extension RecentValues: Sendable where Key: Sendable, Value: Sendable {}
extension RecentValues.Entry: Sendable where Key: Sendable, Value: Sendable {}
