import AgentProtocol
import EdgeCore

/// Whether a name can be one account's.
enum ReservableName {
    /// - Throws: what is wrong with it as a name, by the numbers that ngrok has for reservations.
    static func read(_ text: String) throws(ControlError) -> DomainName {
        guard !text.isEmpty else { throw .required("domain") }
        do throws(NgrokError) {
            return try DomainName(text)
        } catch {
            let first = text.prefix { $0 != "." }
            let code = error.code == 402 && first.contains("*") && first != "*" ? 403 : Self.codes[error.code]
            throw ControlError(code: code ?? error.code, error.message, field: "domain")
        }
    }

    /// A bind and a reservation are refused for the same reasons under different numbers.
    private static let codes = [
        326: 406, 327: 409, 328: 407, 329: 408, 330: 410, 331: 448, 347: 429, 355: 438, 397: 423,
    ]

    /// A domain and everything below it belong to one account.
    static func check(
        _ name: DomainName,
        of identity: ObjectIdentity,
        in state: ControlState,
        isOperator: Bool
    ) throws(ControlError) {
        if !isOperator, let base = state.settings.baseDomains.first(where: { $0.base == name.base }) {
            throw name.isWildcard ? .wildcardOfEverybody(name, base) : .baseDomain(name)
        }
        for domain in state.reservedDomains.all where domain.id != identity.id {
            let isOwn = domain.accountID == identity.accountID
            if domain.name == name { throw isOwn ? .alreadyOwn(name) : .ofAnother(name) }
            guard !isOwn, name.isWithin(domain.name) || domain.name.isWithin(name) else { continue }
            throw name.isWildcard ? .wildcardConflict(name) : .ofAnother(name)
        }
    }

    /// Names below the edge's own domains may be served by whoever comes first: nobody may reserve one away from under them.
    static func checkUnserved(
        _ name: DomainName,
        of account: String,
        _ context: ChangeContext
    ) throws(ControlError) {
        for (served, owner) in context.agentNames where owner != account && served.isWithin(name) {
            throw .served(name)
        }
    }
}

extension ControlError {
    fileprivate static func baseDomain(_ name: DomainName) -> ControlError {
        ControlError(code: 404, "'\(name)' is the edge's own. Reserve a name below it.", field: "domain")
    }
    fileprivate static func wildcardOfEverybody(_ name: DomainName, _ base: DomainName) -> ControlError {
        ControlError(
            code: 416,
            "'\(name)' would be everybody's names below '\(base)'. Reserve a single name, or a wildcard below one.",
            field: "domain"
        )
    }
    fileprivate static func alreadyOwn(_ name: DomainName) -> ControlError {
        ControlError(code: 413, "The domain '\(name)' is reserved for this account already.", field: "domain")
    }
    fileprivate static func ofAnother(_ name: DomainName) -> ControlError {
        ControlError(
            code: 414,
            "The domain '\(name)', one above or one below it is reserved for another account.",
            field: "domain"
        )
    }
    fileprivate static func served(_ name: DomainName) -> ControlError {
        ControlError(
            code: 430,
            "An agent of another account serves '\(name)', or a name below it. What is in use cannot be reserved.",
            field: "domain"
        )
    }
    fileprivate static func wildcardConflict(_ name: DomainName) -> ControlError {
        ControlError(
            code: 417,
            "The wildcard '\(name)' would conflict with a domain of another account.",
            field: "domain"
        )
    }
}
