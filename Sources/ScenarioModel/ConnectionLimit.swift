/// What a target may limit the connections of: whoever meets the limit is turned away, and nobody else notices.
package enum ConnectionLimit: String, CaseIterable, Codable, Hashable, Sendable {
    /// Of one client address.
    case source
    case endpoint
    /// Of all endpoints of an account.
    case account
    /// Of all endpoints of an account, so many a minute.
    case accountRate = "account-rate"
}
