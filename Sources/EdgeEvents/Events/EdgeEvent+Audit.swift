package import EdgeCore
package import JSONText

extension EdgeEvent {
    /// A change of an object: `domain_created.v0`.
    ///
    /// - Parameters:
    ///   - id: `ev_…`
    ///   - principal: `nil` for the operator, whose file is nobody's credential.
    ///   - object: The object as the API shows it at that time, and before it is gone where it was deleted. The answer to the
    ///     creation of a credential has its token, once; the event never has it.
    package static func audit(
        _ subject: AuditSubject,
        _ change: AuditChange,
        id: String,
        at timestamp: Timestamp,
        accountID: String,
        by principal: Principal?,
        object: JSONValue
    ) -> EdgeEvent {
        EdgeEvent(
            id: id,
            type: .audit(subject, change),
            timestamp: timestamp,
            accountID: accountID,
            principal: principal,
            object: object.withoutToken
        )
    }
}

extension JSONValue {
    fileprivate var withoutToken: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == "token" ? Member("token", .null) : $0 })
    }
}
