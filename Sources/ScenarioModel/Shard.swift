/// One of several equal parts of a selection, which machines run apart: `2/5`.
///
/// A case is in the same part wherever it is asked, and stays there when the catalogue grows.
package struct Shard: Hashable, Sendable, Codable {
    /// From 1 to ``count``.
    package let number: Int
    package let count: Int

    /// - Parameter text: `NUMBER/COUNT`; `nil` is anything else, and a number outside of the count.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], (1...Self.limit).contains(count),
            (1...count).contains(number)
        else { return nil }
        self.number = number
        self.count = count
    }

    /// More parts than that would have nothing to do.
    package static let limit = 1_000

    package func contains(_ caseID: String) -> Bool {
        Int(StableHash.value(of: caseID) % UInt64(self.count)) == self.number - 1
    }
}

extension Shard: CustomStringConvertible {
    package var description: String { "\(self.number)/\(self.count)" }
}
