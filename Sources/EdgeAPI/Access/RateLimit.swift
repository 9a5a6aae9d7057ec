import EdgeCore

/// How many requests an API key may make.
package struct RateLimit: Hashable, Sendable {
    package var requests: Int
    package var seconds: Int64

    /// ngrok's: 120 in a rolling minute.
    package init(requests: Int = 120, seconds: Int64 = 60) {
        self.requests = requests
        self.seconds = seconds
    }
}

/// Counts the requests of each key in a window that rolls.
struct RateLimiter: Sendable {
    private let limit: RateLimit
    /// The moments of a key's last requests, oldest first: as many as are allowed, at most. Keys are those that exist, so
    /// that strangers make none.
    private var moments: [String: [Timestamp]] = [:]

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// Counts a request.
    ///
    /// - Returns: `nil` where it is allowed; otherwise the seconds until one is.
    mutating func admit(_ key: String, at now: Timestamp) -> Int64? {
        // A moment in the future was before the clock was put back.
        var recent = self.moments[key, default: []].filter { $0 <= now && Self.age($0, now) < self.limit.seconds }
        defer { self.moments[key] = recent }
        guard recent.count >= self.limit.requests else {
            recent.append(now)
            return nil
        }
        guard let oldest = recent.first else { return self.limit.seconds }
        return max(1, self.limit.seconds - Self.age(oldest, now))
    }

    /// Forgets the keys that are not among these.
    mutating func keep(_ keys: some Sequence<String>) {
        let keys = Set(keys)
        self.moments = self.moments.filter { keys.contains($0.key) }
    }

    var keyCount: Int { self.moments.count }

    /// In whole seconds: one that is not over does not count.
    private static func age(_ moment: Timestamp, _ now: Timestamp) -> Int64 {
        now.secondsSinceEpoch - moment.secondsSinceEpoch - (now.nanoseconds < moment.nanoseconds ? 1 : 0)
    }
}
