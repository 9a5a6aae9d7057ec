package import Addresses

/// Which clients may come in beside those that are there: no source, endpoint or account takes the places of all, and no account has
/// more of them a minute than it may.
package struct ClientAdmission: Sendable {
    /// Connections at once.
    package struct Limits: Hashable, Sendable {
        package var ofSource: Int
        package var ofEndpoint: Int
        package var ofAccount: Int

        package init(ofSource: Int, ofEndpoint: Int, ofAccount: Int) {
            self.ofSource = ofSource
            self.ofEndpoint = ofEndpoint
            self.ofAccount = ofAccount
        }
    }

    /// A limit that leaves no room for one more.
    package enum Limit: Hashable, Sendable {
        case ofSource, ofEndpoint, ofAccount, rateOfAccount

        /// What is said of a connection that meets it.
        package var refusal: Refusal.Reason {
            switch self {
            case .ofSource: .tooManyOfSource
            case .ofEndpoint: .tooManyOfEndpoint
            case .ofAccount: .tooManyOfAccount
            case .rateOfAccount: .tooManyPerMinute
            }
        }
    }

    /// What one connection is counted as. It is given back when the connection has closed.
    package struct Place: Hashable, Sendable {
        fileprivate var source: SourceNetwork?
        fileprivate var endpoint: UInt64?
        fileprivate var account: String?
        package init() {}
    }

    private let limits: Limits
    private var sources = Occupancy<SourceNetwork>()
    private var endpoints = Occupancy<UInt64>()
    private var accounts = Occupancy<String>()
    /// Of the accounts that have a rate.
    private var rates: [String: TokenBucket] = [:]

    package init(_ limits: Limits) {
        self.limits = limits
    }

    /// A connection of this client; the limit for which it may not come in.
    package mutating func enter(from client: IPAddress, as place: inout Place) -> Limit? {
        let source = SourceNetwork(client)
        guard self.sources.enter(source, limit: self.limits.ofSource) else { return .ofSource }
        place.source = source
        return nil
    }

    /// Has accounts come by so many connections a minute. One that goes on with its rate goes on with what it has used of it.
    package mutating func replace(rates: [String: Int]) {
        var buckets: [String: TokenBucket] = [:]
        for (account, rate) in rates {
            let former = self.rates[account]
            buckets[account] = former?.perMinute == rate ? former : TokenBucket(perMinute: rate)
        }
        self.rates = buckets
    }

    /// A connection that has found its endpoint; the limit for which it may not go on.
    ///
    /// - Parameter now: Nanoseconds of a clock that nobody sets.
    package mutating func enter(
        _ endpoint: EndpointConfiguration,
        as place: inout Place,
        at now: UInt64
    ) -> Limit? {
        guard self.endpoints.enter(endpoint.number, limit: self.limits.ofEndpoint) else { return .ofEndpoint }
        place.endpoint = endpoint.number
        guard self.accounts.enter(endpoint.accountID, limit: self.limits.ofAccount) else { return .ofAccount }
        place.account = endpoint.accountID
        // Last, so that who has no room takes nothing of the rate.
        guard self.rates[endpoint.accountID]?.take(at: now) != false else { return .rateOfAccount }
        return nil
    }

    package mutating func leave(_ place: Place) {
        if let source = place.source { self.sources.leave(source) }
        if let endpoint = place.endpoint { self.endpoints.leave(endpoint) }
        if let account = place.account { self.accounts.leave(account) }
    }
}
