package import AgentProtocol

/// A name an endpoint may be bound under, in lower case: `app.example.com` or `*.example.com`.
package struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, with the `*.` of a wildcard.
    package let text: String

    /// - Throws: the ERR_NGROK code of the first rule that the text breaks.
    package init(_ text: String) throws(NgrokError) {
        let lowered = text.lowercased()
        try Self.check(lowered, original: text)
        self.text = lowered
    }

    package var isWildcard: Bool { self.text.hasPrefix("*.") }

    /// The name without the wildcard label: what a wildcard covers everything below of.
    package var base: Substring { self.isWildcard ? self.text.dropFirst(2) : self.text[...] }

    package var description: String { self.text }

    /// Whether this name is `domain`, is below it, or is a wildcard over it.
    package func isWithin(_ domain: DomainName) -> Bool {
        self.base == domain.base || self.base.hasSuffix("." + domain.base)
    }

    /// Whether a wildcard of this name would serve `other`: below its base at any depth, never the base itself.
    package func covers(_ other: DomainName) -> Bool {
        guard self.isWildcard else { return self == other }
        return self == other || other.base.hasSuffix("." + self.base)
    }

    /// RFC 1035 section 2.3.4: 253 characters of text, 63 of a label.
    private static func check(_ name: String, original: String) throws(NgrokError) {
        if name.utf8.contains(UInt8(ascii: "_")) { throw .nameUnderscore(original) }
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isAllowed) else { throw .nameCharacters(original) }
        if name.utf8.count > 253 { throw .nameTooLong(original) }
        if name.contains("..") { throw .nameEmptyLabel(original) }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            if label.contains("*") {
                guard index == 0, label == "*", labels.count > 1 else { throw .wildcardPlacement(original) }
                continue
            }
            guard let first = label.utf8.first, first != UInt8(ascii: "-") else { throw .labelStart(String(label)) }
            if label.utf8.last == UInt8(ascii: "-") { throw .labelEnd(String(label)) }
            if label.utf8.count > 63 { throw .labelTooLong(String(label)) }
            if label.dropFirst(2).hasPrefix("--") {
                guard label.hasPrefix("xn--") else { throw .labelHyphens(String(label)) }
                guard Punycode.isValid(label.dropFirst(4)) else { throw .punycodeInvalid(String(label)) }
            }
        }
        // A single label has no public suffix, and a numeric last label is an IP address, not a name.
        guard let last = labels.last, labels.count(where: { $0 != "*" }) > 1, !last.utf8.allSatisfy(Self.isDigit) else {
            throw .nameWithoutSuffix(original)
        }
    }

    private static func isAllowed(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "*"):
            true
        default: false
        }
    }

    private static func isDigit(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }
}
