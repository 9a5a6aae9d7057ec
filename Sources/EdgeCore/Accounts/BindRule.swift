/// One rule of an authtoken's access list: which names its agents may bind, and with which labels.
///
/// `bind:app.example.com` allows that name, `bind:*.example.com` the wildcard and everything below, `bind:team=web` that label,
/// where the key or the value may be `*`, and `bind:*` (or `*`) everything. A token without rules may bind everything its account
/// may.
package enum BindRule: Hashable, Sendable {
    case everything
    case name(DomainName)
    /// A label; `nil` stands for every key or value.
    case label(key: String?, value: String?)

    /// `nil` when the text is no rule.
    package init?(_ text: String) {
        if text == "*" || text == "bind:*" {
            self = .everything
            return
        }
        guard text.hasPrefix("bind:") else { return nil }
        let rest = text.dropFirst(5)
        if let sign = rest.firstIndex(of: "=") {
            let key = String(rest[..<sign])
            let value = String(rest[rest.index(after: sign)...])
            guard !key.isEmpty else { return nil }
            self = .label(key: key == "*" ? nil : key, value: value == "*" ? nil : value)
            return
        }
        guard let name = try? DomainName(String(rest)) else { return nil }
        self = .name(name)
    }

    package func permits(_ name: DomainName) -> Bool {
        switch self {
        case .everything: true
        case .name(let rule): rule.covers(name)
        case .label: false
        }
    }

    package func permits(label key: String, _ value: String) -> Bool {
        switch self {
        case .everything: true
        case .name: false
        case .label(let ruleKey, let ruleValue): (ruleKey ?? key) == key && (ruleValue ?? value) == value
        }
    }
}
