/// One thing that the edge's API can be asked, as a command: `reserved-domains create --domain app.example.com`.
package struct APICommand: Hashable, Sendable {
    /// `["reserved-domains", "create"]`
    package let words: [String]
    /// What it does, as a sentence.
    package let summary: String
    package let method: String
    /// `/reserved_domains/{id}`
    package let path: String
    /// What stands in braces there, in order: the command's arguments.
    package let parameters: [String]
    /// What its address may have behind the question mark.
    package let query: [APIField]
    /// What its body may have; empty for one without.
    package let body: [APIField]
}

/// Something that a request may say, and the flag that says it.
package struct APIField: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case text
        case number
        case truth
        /// Texts; the flag is repeated.
        case list
        /// Values by names, each as `name=value`; the flag is repeated.
        case map(isNumber: Bool)
        /// What no flag can say in parts.
        case json
    }

    /// The members that lead to it: `["target", "webhook", "url"]`.
    package let path: [String]
    package let kind: Kind
    package let isRequired: Bool
    package let description: String

    /// `--target.webhook.url`
    package var flag: String { "--" + self.path.joined(separator: ".").replacing("_", with: "-") }
}
