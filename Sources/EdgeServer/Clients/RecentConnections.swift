import Addresses
package import EdgeAPI
import EdgeCore
import NIOCore
import Synchronization

/// The connections of each account that ended last, as many as one looks at. From any thread; a lock is taken once for a connection,
/// at its end.
package final class RecentConnections: Sendable {
    /// Of an account, some 30 KB.
    package static let limit = 100

    /// When it is full the next takes the place of the oldest.
    private struct Ring {
        var entries: [ConnectionStatus] = []
        var oldest = 0

        mutating func add(_ entry: ConnectionStatus) {
            guard self.entries.count == RecentConnections.limit else {
                self.entries.append(entry)
                return
            }
            self.entries[self.oldest] = entry
            self.oldest = (self.oldest + 1) % RecentConnections.limit
        }

        var newestFirst: [ConnectionStatus] { (self.entries[self.oldest...] + self.entries[..<self.oldest]).reversed() }
    }

    private let rings = Mutex<[String: Ring]>([:])

    package init() {}

    package func add(_ connection: ConnectionStatus, of accountID: String) {
        self.rings.withLock { $0[accountID, default: Ring()].add(connection) }
    }

    /// The newest first.
    package func all(of accountID: String) -> [ConnectionStatus] {
        self.rings.withLock { $0[accountID]?.newestFirst ?? [] }
    }

    /// Forgets those of accounts that are there no longer.
    package func keep(accounts: some Sequence<String>) {
        let accounts = Set(accounts)
        self.rings.withLock { rings in rings = rings.filter { accounts.contains($0.key) } }
    }
}

extension ClientConnection {
    /// `nil` for a connection that found no endpoint, and so is no account's.
    func status(at now: NIODeadline) -> ConnectionStatus? {
        guard let endpoint = self.endpoint else { return nil }
        let nanoseconds = (now - self.acceptedAtTick).nanoseconds
        let outcome = self.finalOutcome
        return ConnectionStatus(
            id: self.id,
            endedAt: self.acceptedAt.advanced(byNanoseconds: nanoseconds),
            endpoint: endpoint.url,
            clientAddress: self.client.description,
            nanoseconds: nanoseconds,
            bytesIn: self.bytesIn,
            bytesOut: self.bytesOut,
            outcome: outcome.label,
            reason: outcome.reason
        )
    }
}
