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
    package func entry(forServerName serverName: String) -> Entry? {
        let name = serverName.lowercased()
        return self.exact[name] ?? self.wildcard(above: name)
    }

    /// Whether every name that this one stands for has an entry: a wildcard needs one that is as wide.
    package func covers(_ name: DomainName) -> Bool {
        name.isWildcard ? self.wildcard(above: name.text) != nil : self.entry(forServerName: name.text) != nil
    }

    private func wildcard(above name: String) -> Entry? {
        guard !self.wildcards.isEmpty else { return nil }
        var rest = name[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            if let entry = self.wildcards[String(rest)] { return entry }
        }
        return nil
    }
}

extension RoutingTable: Sendable where Entry: Sendable {}
