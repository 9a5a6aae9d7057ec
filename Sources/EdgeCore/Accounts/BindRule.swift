/// One rule of an authtoken's access list: which names its agents may bind.
///
/// `bind:app.example.com` allows that name, `bind:*.example.com` the wildcard and everything below, `bind:*` (or `*`)
/// everything. A token without rules may bind everything its account may.
package enum BindRule: Hashable, Sendable {
    case everything
    case name(DomainName)

    /// `nil` when the text is no rule for names.
    package init?(_ text: String) {
        if text == "*" || text == "bind:*" {
            self = .everything
            return
        }
        guard text.hasPrefix("bind:"), let name = try? DomainName(String(text.dropFirst(5))) else { return nil }
        self = .name(name)
    }

    package func permits(_ name: DomainName) -> Bool {
        switch self {
        case .everything: true
        case .name(let rule): rule.covers(name)
        }
    }
}
