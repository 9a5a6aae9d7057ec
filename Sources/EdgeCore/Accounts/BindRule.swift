/// One rule of an authtoken's access list: which names and labels its agents may bind.
///
/// `bind:app.example.com` allows that name, `bind:*.example.com` the wildcard and everything below, `bind:role=web` tunnels
/// with that label, `bind:*` (or `*`) everything. A token without rules may bind everything its account may.
package enum BindRule: Hashable, Sendable {
    case everything
    case name(DomainName)
    /// `nil` stands for any key, or any value: `bind:*=web`, `bind:role=*`.
    case label(key: String?, value: String?)

    /// `nil` when the text is no rule for names or labels.
    package init?(_ text: String) {
        if text == "*" || text == "bind:*" {
            self = .everything
            return
        }
        guard text.hasPrefix("bind:") else { return nil }
        let subject = text.dropFirst(5)
        if let equals = subject.firstIndex(of: "=") {
            let (key, value) = (subject[..<equals], subject[subject.index(after: equals)...])
            guard !key.isEmpty, !value.isEmpty else { return nil }
            self = .label(key: key == "*" ? nil : String(key), value: value == "*" ? nil : String(value))
        } else if let name = try? DomainName(String(subject)) {
            self = .name(name)
        } else {
            return nil
        }
    }

    /// As it is written.
    package var text: String {
        switch self {
        case .everything: "bind:*"
        case .name(let name): "bind:\(name)"
        case .label(let key, let value): "bind:\(key ?? "*")=\(value ?? "*")"
        }
    }

    package func permits(_ name: DomainName) -> Bool {
        switch self {
        case .everything: true
        case .name(let rule): rule.covers(name)
        case .label: false
        }
    }

    package func permits(labelKey key: String, value: String) -> Bool {
        switch self {
        case .everything: true
        case .name: false
        case .label(let ruleKey, let ruleValue): (ruleKey ?? key) == key && (ruleValue ?? value) == value
        }
    }
}
