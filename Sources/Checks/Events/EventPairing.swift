import Verdicts

/// Which event is about which client, where there are several: they are written in the order in which connections end,
/// and that is nobody's promise.
struct EventPairing {
    /// What is to be said of the pairing: the checks of one pair when all pairs hold, else those of a client to whose
    /// connection no event is true, made of the one that comes nearest.
    let checks: [CheckResult]

    /// - Parameter checks: of an event, about a client; both by their place.
    init(clients: Int, events: Int, checks: (_ client: Int, _ event: Int) -> [CheckResult]) {
        let table = (0..<clients).map { client in (0..<events).map { checks(client, $0) } }
        var owners: [Int?] = Array(repeating: nil, count: events)
        let unpaired = (0..<clients).filter { client in
            var tried: Set<Int> = []
            return !Self.pair(client, table, &owners, &tried)
        }
        guard let client = unpaired.first else {
            self.checks = owners.indices.last { owners[$0] != nil }.map { table[owners[$0] ?? 0][$0] } ?? []
            return
        }
        let free = owners.indices.filter { owners[$0] == nil }
        self.checks =
            (free.isEmpty ? Array(owners.indices) : free).map { table[client][$0] }
            .min { $0.count { !$0.holds } < $1.count { !$0.holds } } ?? []
    }

    /// Gives the client an event that is true of it; another client that had it takes another one (Kuhn's algorithm).
    private static func pair(
        _ client: Int,
        _ table: [[[CheckResult]]],
        _ owners: inout [Int?],
        _ tried: inout Set<Int>
    )
        -> Bool
    {
        for event in owners.indices where !tried.contains(event) && table[client][event].allSatisfy(\.holds) {
            tried.insert(event)
            guard let owner = owners[event] else {
                owners[event] = client
                return true
            }
            if Self.pair(owner, table, &owners, &tried) {
                owners[event] = client
                return true
            }
        }
        return false
    }
}
