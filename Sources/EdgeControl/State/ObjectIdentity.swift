package import EdgeCore

/// What an object is known by, for as long as it lives.
package struct ObjectIdentity: Hashable, Codable, Sendable {
    /// Such as `rd_…`.
    package let id: String
    package let accountID: String
    package let createdAt: Timestamp
    /// Counts what is created, because two objects of one moment have an order too.
    package let number: UInt64

    package init(id: String, accountID: String, createdAt: Timestamp, number: UInt64) {
        self.id = id
        self.accountID = accountID
        self.createdAt = createdAt
        self.number = number
    }

    private enum CodingKeys: String, CodingKey {
        case id, number
        case accountID = "account_id"
        case createdAt = "created_at"
    }
}
