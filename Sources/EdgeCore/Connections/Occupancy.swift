/// How many of something are there at once, in sum and for each key: connections of a source address, of an endpoint.
package struct Occupancy<Key: Hashable & Sendable>: Sendable {
    private var counts: [Key: Int] = [:]
    package private(set) var total = 0

    package init() {}

    /// How many keys have any.
    package var keyCount: Int { self.counts.count }

    package func count(of key: Key) -> Int { self.counts[key] ?? 0 }

    /// One more; `false`, and no more, where as many are there as may be.
    package mutating func enter(_ key: Key, limit: Int) -> Bool {
        guard self.count(of: key) < limit else { return false }
        self.counts[key, default: 0] += 1
        self.total += 1
        return true
    }

    /// One of those that entered is gone.
    package mutating func leave(_ key: Key) {
        guard let count = self.counts[key] else { return }
        // Whoever has none costs nothing: addresses come and go without end.
        self.counts[key] = count > 1 ? count - 1 : nil
        self.total -= 1
    }
}
