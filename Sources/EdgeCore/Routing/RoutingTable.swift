/// Which entry a server name belongs to: the exact name, otherwise the longest wildcard above it.
///
/// `*.example.com` covers every depth below `example.com` and never `example.com` itself. One lookup gives the whole
/// entry (certificate, policy and backend together), so that these can never come from different endpoints.
package struct RoutingTable<Entry> {
    private var exact: [String: Entry] = [:]
    /// By the name below which they cover everything.
    private var wildcards: [String: Entry] = [:]

    package init() {}

    package var count: Int { self.exact.count + self.wildcards.count }

    package var entries: [Entry] { Array(self.exact.values) + Array(self.wildcards.values) }

    /// The entry bound under exactly this name, without looking at wildcards above it.
    package subscript(name name: DomainName) -> Entry? {
        get { name.isWildcard ? self.wildcards[String(name.base)] : self.exact[name.text] }
        set {
            if name.isWildcard {
                self.wildcards[String(name.base)] = newValue
            } else {
                self.exact[name.text] = newValue
            }
        }
    }

    /// O(labels): one probe for the name and one for each name above it.
    package func match(forServerName serverName: String) -> (entry: Entry, closeness: NameCloseness)? {
        let name = serverName.lowercased()
        if let entry = self.exact[name] { return (entry, .exact) }
        return self.wildcard(above: name).map { ($0.entry, .wildcard(length: $0.length)) }
    }

    package func entry(forServerName serverName: String) -> Entry? { self.match(forServerName: serverName)?.entry }

    /// Whether every name that this one stands for has an entry: a wildcard needs one that is as wide.
    package func covers(_ name: DomainName) -> Bool {
        name.isWildcard ? self.wildcard(above: name.text) != nil : self.entry(forServerName: name.text) != nil
    }

    private func wildcard(above name: String) -> (entry: Entry, length: Int)? {
        guard !self.wildcards.isEmpty else { return nil }
        var rest = name[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            if let entry = self.wildcards[String(rest)] { return (entry, rest.utf8.count) }
        }
        return nil
    }
}

extension RoutingTable: Sendable where Entry: Sendable {}

/// How closely an entry names what was asked for: the name itself before any wildcard, and of wildcards the longest.
package enum NameCloseness: Comparable {
    case wildcard(length: Int)
    case exact
}
