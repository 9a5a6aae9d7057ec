import CredentialTesting
import Foundation

extension TestAuthority {
    /// A certificate that servers and clients may present.
    ///
    /// - Parameter days: When it is valid, counted from today.
    func leaf(_ name: String, days: ClosedRange<Int> = -1...30) throws -> Issued {
        let day: TimeInterval = 86_400
        return try self.issue(
            [name],
            usage: [.server, .client],
            from: day * Double(days.lowerBound),
            to: day * Double(days.upperBound)
        )
    }
}
