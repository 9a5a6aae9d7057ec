/// The sentence of a specification that a scenario checks.
package struct Rule: Hashable, Sendable, Codable {
    package var document: Document
    package var section: String
    package var level: Level
    package init(document: Document, section: String, level: Level) {
        self.document = document
        self.section = section
        self.level = level
    }

    /// Whose rule it is: what a target promises decides whether it is held to it.
    package var origin: Origin { self.document.origin }

    /// How binding the rule is, in the words of RFC 2119; `--level` selects by it.
    package enum Level: String, CaseIterable, Codable, Hashable, Sendable, Comparable {
        case must, should, may
        package static func < (lhs: Self, rhs: Self) -> Bool {
            Self.allCases.firstIndex(of: lhs)! < Self.allCases.firstIndex(of: rhs)!
        }
    }

    /// Whose rule it is; `--origin` selects by it.
    package enum Origin: String, CaseIterable, Codable, Hashable, Sendable {
        case rfc
        case proxyProtocol = "proxy-protocol"
        /// What a target says of itself by declaring a feature: that it does what it is configured to do.
        case features
        case ngrok
        /// Ours: nobody else has written it down.
        case house
    }
}
