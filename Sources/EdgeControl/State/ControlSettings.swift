package import EdgeCore

/// What the operator has decided for all accounts, and what the edge can do.
package struct ControlSettings: Sendable {
    /// Any account may have names below these, and their certificates are the edge's own.
    package let baseDomains: [DomainName]
    /// - Parameters:
    ///   - text: The policy.
    ///   - lowestVersion: Of TLS, at the TLS edge that it is for; `nil` where that says none.
    package typealias PolicyCheck =
        @Sendable (_ text: String, _ lowestVersion: String?) throws(ControlError) -> Void

    /// Refuses a traffic policy that this edge cannot keep; `nil` where it keeps none.
    package let checkTrafficPolicy: PolicyCheck?
    /// Refuses a filter of events that this edge cannot apply; `nil` where it applies none.
    package let checkEventFilter: (@Sendable (String) throws(ControlError) -> Void)?

    /// Refuses a place that this edge cannot send events to; `nil` where it sends none.
    package let checkEventEndpoint: (@Sendable (EventEndpoint) throws(ControlError) -> Void)?

    /// Whether the edge knows a CA of which it gets certificates by itself.
    package let getsCertificates: Bool

    package init(
        baseDomains: [DomainName] = [],
        checkTrafficPolicy: PolicyCheck? = nil,
        checkEventFilter: (@Sendable (String) throws(ControlError) -> Void)? = nil,
        checkEventEndpoint: (@Sendable (EventEndpoint) throws(ControlError) -> Void)? = nil,
        getsCertificates: Bool = false
    ) {
        self.baseDomains = baseDomains
        self.checkTrafficPolicy = checkTrafficPolicy
        self.checkEventFilter = checkEventFilter
        self.checkEventEndpoint = checkEventEndpoint
        self.getsCertificates = getsCertificates
    }

    /// Whether the name is one of the edge's own domains or below one.
    func isManaged(_ name: DomainName) -> Bool { self.baseDomains.contains { name.isWithin($0) } }
}
