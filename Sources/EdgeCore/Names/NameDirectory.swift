package import AgentProtocol

/// Which names belong to whom, whether or not anybody serves them.
package struct NameDirectory: Sendable {
    private var reserved = RoutingTable<String>()
    /// Account ids by the base of each reserved name: everything below belongs to that account too.
    private var owners: [String: String] = [:]
    private let baseDomains: [DomainName]

    /// - Parameter baseDomains: any account may bind names below these.
    package init(accounts: [Account], baseDomains: [DomainName]) {
        self.baseDomains = baseDomains
        for account in accounts {
            for domain in account.domains {
                self.reserved[name: domain] = account.id
                self.owners[String(domain.base)] = account.id
            }
        }
    }

    /// How closely a reserved name is what a client asks for; `nil` where it asks for nothing that is known.
    package func closeness(ofServerName serverName: String) -> NameCloseness? {
        self.reserved.match(forServerName: serverName)?.closeness
    }

    /// Where names are made for endpoints that asked for none.
    package var firstBaseDomain: DomainName? { self.baseDomains.first }

    /// - Throws: ERR_NGROK_320 for a name of another account, 318 and 319 for one that nobody has reserved.
    package func check(_ name: DomainName, for account: Account) throws(NgrokError) {
        if self.reserved[name: name] == account.id { return }
        // A wildcard needs exactly itself reserved, since it takes the clients of every name below it that nobody serves;
        // other names may be below a reserved wildcard.
        if !name.isWildcard, self.reserved.entry(forServerName: name.text) == account.id { return }
        if let owner = self.owner(of: name), owner != account.id { throw .nameOfAnotherAccount(name.text) }
        if name.isWildcard { throw .wildcardNotReserved(name.text) }
        if self.baseDomains.contains(where: { name.isWithin($0) && name != $0 }) { return }
        throw .nameNotReserved(name.text, baseDomains: self.baseDomains.map(\.text))
    }

    private func owner(of name: DomainName) -> String? {
        var rest = name.base
        while true {
            if let owner = self.owners[String(rest)] { return owner }
            guard let dot = rest.firstIndex(of: ".") else { return nil }
            rest = rest[rest.index(after: dot)...]
        }
    }
}
